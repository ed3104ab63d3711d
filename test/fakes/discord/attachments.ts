import { extname } from 'node:path';
import type { UploadedFile } from './check-message.ts';
import { discordError, formError } from './errors.ts';
import { toId, toObjects, toText, type Json } from './json.ts';
import type { World } from './world.ts';
import type { FakeAttachment } from './world-types.ts';

const contentTypes: Record<string, string> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json',
  '.csv': 'text/csv; charset=utf-8',
};

export interface AttachmentPlace {
  channelId: string;
  isEphemeral: boolean;
}

/** Keeps a file's bytes and gives it its id, type and, for a PNG, its size in pixels. */
export function storeFile(
  world: World,
  place: AttachmentPlace,
  file: Omit<UploadedFile, 'key'>,
  description: string | null,
): FakeAttachment {
  // Discord writes only letters, digits, dots, dashes and underscores into a stored name.
  const filename = file.filename.replaceAll(/[^\p{L}\p{N}._-]+/gu, '_');
  const size = readPngSize(file.bytes);
  const attachment: FakeAttachment = {
    ...place,
    id: world.nextId(),
    filename,
    description,
    contentType: contentTypes[extname(filename).toLowerCase()] ?? file.contentType,
    bytes: file.bytes,
    widthPx: size?.widthPx ?? null,
    heightPx: size?.heightPx ?? null,
  };
  world.files.set(attachment.id, attachment);
  return attachment;
}

function readPngSize(bytes: Buffer): { widthPx: number; heightPx: number } | null {
  if (bytes.length < 24 || bytes.toString('latin1', 1, 4) !== 'PNG') return null;
  return { widthPx: bytes.readUInt32BE(16), heightPx: bytes.readUInt32BE(20) };
}

/**
 * The files of a message after a post or an edit.
 *
 * Without a list the old files stay and new ones are appended; with a list only what it names is
 * there afterwards: an old file by its id, a new one by the number of its `files[n]` part.
 */
export function resolveAttachments(
  world: World,
  place: AttachmentPlace,
  current: FakeAttachment[],
  body: Json,
  files: UploadedFile[],
  prefix: '' | 'data.' = '',
): FakeAttachment[] {
  const hasList = Array.isArray(body['attachments']);
  const listed = toObjects(body['attachments']);
  const unused = new Set(files);
  const plan = listed.map((entry, index) => {
    const id = toId(entry['id']);
    const kept = current.find((attachment) => attachment.id === id);
    const fresh = files.find((file) => file.key === id);
    if (fresh !== undefined) unused.delete(fresh);
    if (kept === undefined && fresh === undefined) {
      throw formError([
        {
          path: `${prefix}attachments.${index}.id`,
          code: 'ATTACHMENT_NOT_FOUND',
          message: `Neither a file of this request nor of the message: "${id}".`,
        },
      ]);
    }
    return { entry, kept, fresh };
  });
  if (hasList && unused.size > 0) {
    const keys = [...unused].map((file) => `files[${file.key}]`).join(', ');
    throw formError([
      {
        path: `${prefix}attachments`,
        code: 'ATTACHMENT_NOT_LISTED',
        message: `Not listed: ${keys}.`,
      },
    ]);
  }
  const total = hasList ? plan.length : current.length + files.length;
  if (total > 10) throw discordError('tooManyAttachments');
  const resolved = plan.map(({ entry, kept, fresh }) => {
    const description = typeof entry['description'] === 'string' ? entry['description'] : null;
    if (fresh === undefined) {
      const old = kept as FakeAttachment;
      return 'description' in entry ? { ...old, description } : old;
    }
    const filename = toText(entry['filename']) || fresh.filename;
    return storeFile(world, place, { ...fresh, filename }, description);
  });
  if (hasList) return resolved;
  return [...current, ...files.map((file) => storeFile(world, place, file, null))];
}

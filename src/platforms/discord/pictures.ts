import { Routes, type APIMessage, type Client } from 'discord.js';
import { AppError } from '#src/errors.ts';
import type { CandidateView, Locale, ResultsView } from '#src/types/chat.ts';
import { codeOf, codes, isTooLarge } from './failures.ts';
import { limits } from './limits.ts';
import { resultsBody, type Body } from './messages.ts';
import type { Post, SentFile } from './own-messages.ts';
import { RecentMap } from './recent-map.ts';
import { say } from './texts.ts';
import { cutText } from './wording.ts';

export interface PicturesParts {
  client: () => Client;
  /** Posts the results message of a request, or finds that of an earlier attempt. */
  post(channelId: string, requestId: string, post: Omit<Post, 'key'>): Promise<APIMessage>;
}

export interface PublishRequest {
  channelId: string;
  /** The message, or its id; null: it is not posted yet. */
  known: APIMessage | string | null;
  view: ResultsView;
  /** Largest file that is taken. Unit: bytes. */
  fileBytes: number;
}

export interface Pictures {
  /** Posts or edits the message so that every candidate is in it. Gives its id. */
  publish(request: PublishRequest): Promise<string>;
}

/** Attachments by file name: what is there is never sent again. */
type Shown = Map<string, string>;

interface Standing {
  messageId: string;
  files: Shown;
}

export function createPictures({ client, post }: PicturesParts): Pictures {
  const shownByMessage = new RecentMap<Shown>(500);

  function take(message: APIMessage): Standing {
    const files: Shown = new Map(message.attachments.map(({ filename, id }) => [filename, id]));
    shownByMessage.set(message.id, files);
    return { messageId: message.id, files };
  }

  async function read(channelId: string, messageId: string): Promise<Standing> {
    const message = await client().rest.get(Routes.channelMessage(channelId, messageId));
    return take(message as APIMessage);
  }

  async function standingOf({ channelId, known }: PublishRequest): Promise<Standing | null> {
    if (known === null) return null;
    if (typeof known !== 'string') return take(known);
    const files = shownByMessage.get(known);
    return files === undefined ? read(channelId, known) : { messageId: known, files };
  }

  async function publish(request: PublishRequest): Promise<string> {
    const { channelId, view, fileBytes } = request;
    const notes = new Map<number, string>();
    let standing = await standingOf(request);
    let mostFiles: number = view.candidates.length;
    let wasRead = false;
    for (;;) {
      const batch = await nextBatch(view, standing, notes, fileBytes, mostFiles);
      const link = notes.size > 0 && view.link ? [view.link] : [];
      const body = resultsBody(view, [...notes.values(), ...link]);
      try {
        const before = missing(view.candidates, standing, notes).length;
        standing = await send(request, standing, body, batch);
        const left = missing(view.candidates, standing, notes).length;
        if (left === 0) return standing.messageId;
        if (left === before) throw unlisted();
      } catch (error) {
        if (isTooLarge(error) && batch.length > 1) mostFiles = 1;
        else if (isTooLarge(error) && batch.length === 1) {
          const [candidate, file] = batch[0]!;
          notes.set(candidate.number, refusedNote(candidate.number, file, view.locale));
        } else if (codeOf(error) === codes.invalidForm && standing !== null && !wasRead) {
          // What is remembered of the message no longer holds.
          wasRead = true;
          standing = await read(channelId, standing.messageId);
        } else throw error;
      }
    }
  }

  async function send(
    { channelId, view }: PublishRequest,
    standing: Standing | null,
    body: Body,
    batch: Batch,
  ): Promise<Standing> {
    const files = batch.map(([, file]) => file);
    if (standing === null) {
      return take(await post(channelId, view.requestId, { body, files }));
    }
    // A list that leaves a file out takes it away: all that stay are named, in their order.
    const kept = [...standing.files].map(([name, id]) => ({ name, entry: { id } }));
    const added = files.map(({ name, description }, index) => ({
      name,
      entry: { id: String(index), filename: name, description },
    }));
    const attachments = [...kept, ...added]
      .sort((left, right) => left.name.localeCompare(right.name))
      .map(({ entry }) => entry);
    const message = await client().rest.patch(
      Routes.channelMessage(channelId, standing.messageId),
      {
        body: { ...body, attachments, allowed_mentions: { parse: [] } },
        files: files.map((file, index) => ({ ...file, key: `files[${index}]` })),
      },
    );
    return take(message as APIMessage);
  }

  return { publish };
}

/** Sending them again and again would never end. */
function unlisted(): AppError {
  return new AppError('PLATFORM_FAILED', 'Discord took the pictures, but its answer lists none.');
}

type Batch = [CandidateView, SentFile][];

function missing(
  candidates: readonly CandidateView[],
  standing: Standing | null,
  notes: ReadonlyMap<number, string>,
): CandidateView[] {
  return candidates.filter(
    ({ fileName, number }) => standing?.files.has(fileName) !== true && !notes.has(number),
  );
}

/** As many of the next pictures as one request takes. */
async function nextBatch(
  { candidates, locale }: ResultsView,
  standing: Standing | null,
  notes: Map<number, string>,
  fileBytes: number,
  mostFiles: number,
): Promise<Batch> {
  const batch: Batch = [];
  let total = 0;
  for (const candidate of missing(candidates, standing, notes)) {
    if (batch.length >= mostFiles) break;
    const data = await candidate.read();
    if (data.length > Math.min(fileBytes, limits.requestBytes)) {
      notes.set(candidate.number, tooLargeNote(candidate.number, data.length, fileBytes, locale));
      continue;
    }
    if (total + data.length > limits.requestBytes) break;
    total += data.length;
    const { fileName: name, altText } = candidate;
    const description = cutText(altText, limits.altText);
    batch.push([candidate, { name, data, contentType: 'image/png', description }]);
  }
  return batch;
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

function tooLargeNote(number: number, bytes: number, limitBytes: number, locale: Locale): string {
  const limit = mebibytes(Math.min(limitBytes, limits.requestBytes)).replace('.0', '');
  return say('pictureTooLarge', locale, { number, size: mebibytes(bytes), limit });
}

function refusedNote(number: number, { data }: SentFile, locale: Locale): string {
  return say('pictureRefused', locale, { number, size: mebibytes((data as Buffer).length) });
}

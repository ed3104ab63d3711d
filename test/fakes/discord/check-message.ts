import { checkMessageComponents } from './check-components.ts';
import { discordError, FormFaults } from './errors.ts';
import { isObject, toObject, toObjects, toText, type Json } from './json.ts';

export const messageFlags = {
  suppressEmbeds: 4,
  hasThread: 32,
  ephemeral: 64,
  loading: 128,
  suppressNotifications: 4096,
  componentsV2: 32_768,
} as const;

/** Largest request with files, in bytes. */
export const maxRequestBytes = 25 * 1024 * 1024;

/** One file of a multipart request: `files[3]` has the key `3`. */
export interface UploadedFile {
  key: string;
  filename: string;
  contentType: string;
  bytes: Buffer;
}

export interface MessageCheck {
  /** Where the message sits in the body: `data.` inside an interaction's answer. */
  prefix?: '' | 'data.';
  isV2: boolean;
  files: UploadedFile[];
  attachmentSizeLimitBytes: number;
  /** Flags that this route takes; others are refused. */
  allowedFlags: number;
}

/** Checks everything that a message may not be, whichever way it comes in. */
export function checkMessageForm(body: Json, check: MessageCheck): void {
  const faults = new FormFaults();
  const prefix = check.prefix ?? '';
  const inner = new FormFaults();
  inner.text('content', body['content'], 0, 2000);
  checkEmbeds(inner, body['embeds']);
  checkMessageComponents(inner, body['components'], check.isV2);
  checkAttachmentForms(inner, body['attachments']);
  checkMentions(inner, body['allowed_mentions']);
  const flags = Number(body['flags'] ?? 0);
  if (!Number.isInteger(flags) || (flags & ~check.allowedFlags) !== 0) {
    inner.add('flags', 'BASE_TYPE_CHOICES', `Flags ${flags} are not allowed here.`);
  }
  if (check.isV2) checkV2(inner, body);
  for (const fault of inner.list) faults.add(`${prefix}${fault.path}`, fault.code, fault.message);
  faults.throwIfAny();
  if (check.files.length > 10) throw discordError('tooManyAttachments');
  if (check.files.some((file) => file.bytes.length > check.attachmentSizeLimitBytes)) {
    throw discordError('entityTooLarge');
  }
}

function checkV2(faults: FormFaults, body: Json): void {
  for (const field of ['content', 'embeds', 'poll', 'sticker_ids']) {
    const value = body[field];
    const isSet = Array.isArray(value)
      ? value.length > 0
      : value !== undefined && value !== null && value !== '';
    if (isSet) {
      faults.add(
        field,
        'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
        `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
      );
    }
  }
}

function checkEmbeds(faults: FormFaults, value: unknown): void {
  const embeds = toObjects(value);
  if (embeds.length > 10)
    faults.add('embeds', 'BASE_TYPE_MAX_LENGTH', 'Must be 10 or fewer in length.');
  let total = 0;
  for (const [index, embed] of embeds.entries()) {
    const path = `embeds.${index}`;
    const footer = toObject(embed['footer']);
    const author = toObject(embed['author']);
    const fields = toObjects(embed['fields']);
    faults.text(`${path}.title`, embed['title'], 0, 256);
    faults.text(`${path}.description`, embed['description'], 0, 4096);
    faults.text(`${path}.footer.text`, footer['text'], 0, 2048);
    faults.text(`${path}.author.name`, author['name'], 0, 256);
    if (fields.length > 25)
      faults.add(`${path}.fields`, 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.');
    for (const [at, field] of fields.entries()) {
      faults.text(`${path}.fields.${at}.name`, field['name'], 1, 256, true);
      faults.text(`${path}.fields.${at}.value`, field['value'], 1, 1024, true);
      total += lengthOf(field['name']) + lengthOf(field['value']);
    }
    total += lengthOf(embed['title']) + lengthOf(embed['description']);
    total += lengthOf(footer['text']) + lengthOf(author['name']);
  }
  if (total > 6000) {
    faults.add('embeds', 'MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000');
  }
}

function lengthOf(value: unknown): number {
  return [...toText(value)].length;
}

function checkAttachmentForms(faults: FormFaults, value: unknown): void {
  const attachments = toObjects(value);
  if (attachments.length > 10)
    faults.add('attachments', 'BASE_TYPE_MAX_LENGTH', 'Must be 10 or fewer in length.');
  for (const [index, attachment] of attachments.entries()) {
    faults.text(`attachments.${index}.description`, attachment['description'], 0, 1024);
    faults.text(`attachments.${index}.filename`, attachment['filename'], 1, 1024);
    if (attachment['id'] === undefined) {
      faults.add(`attachments.${index}.id`, 'BASE_TYPE_REQUIRED', 'This field is required');
    }
  }
}

function checkMentions(faults: FormFaults, value: unknown): void {
  if (!isObject(value)) return;
  const parse = Array.isArray(value['parse']) ? value['parse'] : [];
  for (const kind of ['users', 'roles']) {
    const list = value[kind];
    if (!Array.isArray(list)) continue;
    if (list.length > 100)
      faults.add(
        `allowed_mentions.${kind}`,
        'BASE_TYPE_MAX_LENGTH',
        'Must be 100 or fewer in length.',
      );
    if (list.length > 0 && parse.includes(kind)) {
      faults.add(
        'allowed_mentions',
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      );
    }
  }
}

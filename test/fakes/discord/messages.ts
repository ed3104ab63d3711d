import { resolveAttachments } from './attachments.ts';
import { numberComponents } from './check-components.ts';
import { checkMessageForm, messageFlags, type UploadedFile } from './check-message.ts';
import type { Core } from './core.ts';
import { discordError, formError } from './errors.ts';
import { dropNulls, isObject, toObjects, toText, type Json } from './json.ts';
import { toChannelJson, toMemberJson, toMessageJson } from './serialize.ts';
import type { FakeChannel, FakeMessage } from './world-types.ts';

const { suppressEmbeds, suppressNotifications, componentsV2, ephemeral, loading } = messageFlags;
const postFlags = suppressEmbeds | suppressNotifications | componentsV2;

export interface MessageDraft {
  authorId: string;
  type: FakeMessage['type'];
  body: Json;
  files: UploadedFile[];
  prefix?: '' | 'data.';
  referencedMessageId?: string | null;
  ephemeralFor?: string | null;
  interactionMetadata?: Json | null;
}

/** Checks a new message's form, stores it and tells everyone who may see it. */
export function postMessage(core: Core, channel: FakeChannel, draft: MessageDraft): FakeMessage {
  const { world } = core;
  const { body, files } = draft;
  const isInteraction = draft.interactionMetadata !== undefined;
  const flags = Number(body['flags'] ?? 0);
  const isV2 = (flags & componentsV2) !== 0;
  checkMessageForm(body, {
    prefix: draft.prefix ?? '',
    isV2,
    files,
    attachmentSizeLimitBytes: channel.attachmentSizeLimitBytes,
    allowedFlags: isInteraction ? postFlags | ephemeral | loading : postFlags,
  });
  const ephemeralFor = draft.ephemeralFor ?? null;
  const place = { channelId: channel.id, isEphemeral: ephemeralFor !== null };
  const message: FakeMessage = {
    id: world.nextId(),
    channelId: channel.id,
    authorId: draft.authorId,
    type: draft.type,
    content: toText(body['content']).trim(),
    embeds: toEmbeds(body['embeds']),
    components: numberComponents(body['components']),
    attachments: resolveAttachments(world, place, [], body, files, draft.prefix),
    reactions: [],
    flags,
    nonce: toNonce(body['nonce']),
    createdAtMs: world.now(),
    editedAtMs: null,
    pings: [],
    referencedMessageId: draft.referencedMessageId ?? null,
    ephemeralFor,
    interactionMetadata: draft.interactionMetadata ?? null,
    threadId: null,
  };
  if (isEmpty(message) && (flags & loading) === 0) throw discordError('emptyMessage');
  message.pings = findPings(core, message, body['allowed_mentions']);
  return storeMessage(core, channel, message);
}

/** Puts a finished message into its channel and announces it. */
export function storeMessage(core: Core, channel: FakeChannel, message: FakeMessage): FakeMessage {
  const { world, gateway } = core;
  world.messages.set(message.id, message);
  if (message.ephemeralFor === null) {
    channel.lastMessageId = message.id;
    if (channel.thread !== null) {
      if (message.type !== 21) channel.thread.messageCount += 1;
      channel.thread.members.set(message.authorId, world.now());
    }
    gateway.dispatchIn(
      channel,
      'MESSAGE_CREATE',
      messageEvent(core, channel, message),
      'GUILD_MESSAGES',
      'DIRECT_MESSAGES',
    );
  }
  core.changed();
  return message;
}

/** Checks an edit's form and applies it; fields that were not sent stay as they are. */
export function editMessage(
  core: Core,
  message: FakeMessage,
  body: Json,
  files: UploadedFile[],
  prefix: '' | 'data.' = '',
): FakeMessage {
  const { world } = core;
  const channel = world.requireChannel(message.channelId);
  const wasV2 = (message.flags & componentsV2) !== 0;
  const isV2 = wasV2 || (Number(body['flags'] ?? 0) & componentsV2) !== 0;
  checkMessageForm(body, {
    prefix,
    isV2,
    files,
    attachmentSizeLimitBytes: channel.attachmentSizeLimitBytes,
    // Bits that an edit cannot change are ignored: libraries send back all that a message has.
    allowedFlags: -1,
  });
  const place = { channelId: channel.id, isEphemeral: message.ephemeralFor !== null };
  const next: FakeMessage = {
    ...message,
    content: 'content' in body ? toText(body['content']).trim() : message.content,
    embeds: 'embeds' in body ? toEmbeds(body['embeds']) : message.embeds,
    components: 'components' in body ? numberComponents(body['components']) : message.components,
    flags: (message.flags & ~loading) | (isV2 ? componentsV2 : 0),
  };
  if (isV2 && !wasV2 && (next.content !== '' || next.embeds.length > 0)) {
    const code = 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2';
    throw formError([
      { path: `${prefix}content`, code, message: 'Set content to null and embeds to [] first.' },
    ]);
  }
  next.attachments = resolveAttachments(world, place, message.attachments, body, files, prefix);
  if (isEmpty(next)) throw discordError('emptyMessage');
  const wasLoading = (message.flags & loading) !== 0;
  Object.assign(message, next, { editedAtMs: wasLoading ? message.editedAtMs : world.now() });
  if (wasLoading) message.pings = findPings(core, message, body['allowed_mentions']);
  announceEdit(core, message);
  return message;
}

export function announceEdit(core: Core, message: FakeMessage): void {
  const channel = core.world.requireChannel(message.channelId);
  if (message.ephemeralFor === null) {
    core.gateway.dispatchIn(
      channel,
      'MESSAGE_UPDATE',
      messageEvent(core, channel, message),
      'GUILD_MESSAGES',
      'DIRECT_MESSAGES',
    );
  }
  core.changed();
}

export function removeMessage(core: Core, message: FakeMessage): void {
  const channel = core.world.requireChannel(message.channelId);
  core.world.messages.delete(message.id);
  if (message.ephemeralFor === null) {
    const data: Json = { id: message.id, channel_id: channel.id };
    if (channel.guildId !== null) data['guild_id'] = channel.guildId;
    core.gateway.dispatchIn(channel, 'MESSAGE_DELETE', data, 'GUILD_MESSAGES', 'DIRECT_MESSAGES');
  }
  core.changed();
}

/** Refuses a message into a locked thread; one into an archived thread opens it again. */
export function openThreadForPost(core: Core, channel: FakeChannel): void {
  const { thread } = channel;
  if (thread === null) return;
  if (thread.isLocked) throw discordError(thread.isArchived ? 'archivedThread' : 'lockedThread');
  if (!thread.isArchived) return;
  thread.isArchived = false;
  thread.archiveChangedAtMs = core.world.now();
  core.gateway.dispatchIn(
    channel,
    'THREAD_UPDATE',
    toChannelJson(core.world, channel),
    'GUILDS',
    'GUILDS',
  );
}

function messageEvent(
  core: Core,
  channel: FakeChannel,
  message: FakeMessage,
): (intents: number) => Json {
  return (intents) => {
    const json = toMessageJson(core.world, message, { withNonce: true, intents });
    if (channel.guildId === null) return json;
    json['guild_id'] = channel.guildId;
    const member = core.world.requireGuild(channel.guildId).members.get(message.authorId);
    if (member !== undefined) json['member'] = toMemberJson(core.world, member, false);
    return json;
  };
}

function isEmpty(message: FakeMessage): boolean {
  const isV2 = (message.flags & componentsV2) !== 0;
  return (
    message.content === '' &&
    message.embeds.length === 0 &&
    message.attachments.length === 0 &&
    !(isV2 && message.components.length > 0)
  );
}

function toEmbeds(value: unknown): Json[] {
  return toObjects(value).map((embed) => {
    const shown: Json = { ...dropNulls(embed), type: 'rich' };
    const fields = toObjects(embed['fields']);
    if (fields.length > 0) shown['fields'] = fields.map((field) => ({ inline: false, ...field }));
    return shown;
  });
}

function toNonce(value: unknown): string | number | null {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

/** Whom a message notifies: those it mentions, as far as `allowed_mentions` lets it. */
function findPings(core: Core, message: FakeMessage, allowed: unknown): string[] {
  const { world } = core;
  const rule = isObject(allowed) ? allowed : null;
  const parse =
    rule === null ? ['users', 'everyone'] : Array.isArray(rule['parse']) ? rule['parse'] : [];
  const users = rule !== null && Array.isArray(rule['users']) ? rule['users'].map(String) : [];
  const mentioned = [...message.content.matchAll(/<@!?(\d+)>/g)].map((match) => match[1] ?? '');
  const pings = new Set(
    mentioned.filter(
      (id) => world.users.has(id) && (parse.includes('users') || users.includes(id)),
    ),
  );
  const isReplyPing = rule === null || rule['replied_user'] === true;
  const referenced = world.messages.get(message.referencedMessageId ?? '');
  if (message.type === 19 && referenced !== undefined && isReplyPing)
    pings.add(referenced.authorId);
  const channel = world.requireChannel(message.channelId);
  const canPingAll =
    world.can(message.authorId, channel, 'MENTION_EVERYONE') && channel.guildId !== null;
  if (/@(everyone|here)\b/.test(message.content) && parse.includes('everyone') && canPingAll)
    pings.add('everyone');
  return [...pings];
}

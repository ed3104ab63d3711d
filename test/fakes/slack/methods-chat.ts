import { checkBlocks, mostText, textLength } from './check-blocks.ts';
import { isObject, toText, type Json } from './json.ts';
import { refuse, scopeByKind, type Core, type Method } from './method.ts';
import { botId, botUserId, teamId, type FakeMessage, type World } from './world.ts';

const longestText = 40_000;
const mostEmoji = 23;

export function toMessageJson(message: FakeMessage, hasMetadata = false): Json {
  const { ts, threadTs, user, text, blocks, reactions, metadata, editedAtMs } = message;
  return {
    type: 'message',
    user,
    ts,
    text,
    ...(user === botUserId ? { bot_id: botId, app_id: 'A0001' } : {}),
    team: teamId,
    ...(threadTs === null ? {} : { thread_ts: threadTs }),
    blocks,
    ...(editedAtMs === null ? {} : { edited: { user, ts } }),
    ...(reactions.length === 0
      ? {}
      : { reactions: reactions.map(({ name, users }) => ({ name, users, count: users.length })) }),
    ...(hasMetadata && metadata !== null ? { metadata } : {}),
  };
}

/** Why the bot may not write there, or null. */
export function whyNotWritable(world: World, channelId: unknown): string | null {
  const channel = world.channels.get(toText(channelId));
  if (!channel) return 'channel_not_found';
  // A private channel that the bot is not in does not exist for it.
  if (!channel.members.has(botUserId))
    return channel.kind === 'private' ? 'channel_not_found' : 'not_in_channel';
  return channel.isArchived ? 'is_archived' : null;
}

export function whyNotBody(core: Core, args: Json): Json | null {
  const { blocks } = args;
  const hasBlocks = Array.isArray(blocks) && blocks.length > 0;
  const text = toText(args['text']);
  if (text === '' && !hasBlocks) return refuse('no_text');
  if (text.length > longestText) return refuse('msg_too_long');
  const faults = checkBlocks(blocks, 'message', core.world);
  if (faults.length > 0)
    return refuse('invalid_blocks', { errors: faults, response_metadata: { messages: faults } });
  if (textLength(blocks) > mostText * 2) return refuse('msg_blocks_too_long');
  return null;
}

function isThread(world: World, args: Json): boolean {
  const { thread_ts: ts } = args;
  return ts === undefined || world.find(args['channel'], ts) !== undefined;
}

function list(core: Core, found: FakeMessage[], args: Json): Json {
  const limit = Number(args['limit'] ?? 100);
  const start = Number(args['cursor'] ?? 0);
  const isInclusive = String(args['inclusive']) === 'true';
  const [oldest, latest] = [args['oldest'], args['latest']].map(toText);
  const fits = ({ ts }: FakeMessage) =>
    (!latest || ts < latest || (isInclusive && ts === latest)) &&
    (!oldest || ts > oldest || (isInclusive && ts === oldest));
  const shown = found.filter(fits);
  const page = shown.slice(start, start + limit);
  const hasMore = shown.length > start + limit;
  const withMetadata = String(args['include_all_metadata']) === 'true';
  return {
    ok: true,
    messages: page.map((message) => toMessageJson(message, withMetadata)),
    has_more: hasMore,
    response_metadata: { next_cursor: hasMore ? String(start + limit) : '' },
  };
}

function readable(world: World, channelId: unknown): string | null {
  const channel = world.channels.get(toText(channelId));
  if (!channel) return 'channel_not_found';
  if (channel.members.has(botUserId)) return null;
  return channel.kind === 'private' ? 'channel_not_found' : 'not_in_channel';
}

export const chatMethods: Record<string, Method> = {
  'chat.postMessage': {
    scopes: ['chat:write'],
    token: 'bot',
    tier: 'post',
    run(core, args) {
      const { world } = core;
      const reason = whyNotWritable(world, args['channel']);
      if (reason !== null) return refuse(reason);
      if (!isThread(world, args)) return refuse('thread_not_found');
      const fault = whyNotBody(core, args);
      if (fault) return fault;
      const { metadata } = args;
      if (metadata !== undefined && !isMetadata(metadata)) return refuse('invalid_metadata_format');
      const parent = world.find(args['channel'], args['thread_ts']);
      const message = world.post({
        channel: toText(args['channel']),
        // A reply to a reply hangs on the first message of its thread.
        threadTs: parent ? (parent.threadTs ?? parent.ts) : null,
        user: botUserId,
        text: toText(args['text']),
        blocks: (args['blocks'] ?? []) as Json[],
        metadata: (metadata as Json | undefined) ?? null,
      });
      core.changed();
      return {
        ok: true,
        channel: message.channel,
        ts: message.ts,
        message: toMessageJson(message),
      };
    },
  },
  'chat.update': {
    scopes: ['chat:write'],
    token: 'bot',
    tier: 3,
    run(core, args) {
      const { world } = core;
      const channel = world.channels.get(toText(args['channel']));
      const isHidden = channel?.kind === 'private' && !channel.members.has(botUserId);
      if (!channel || isHidden) return refuse('channel_not_found');
      const message = world.find(args['channel'], args['ts']);
      if (!message) return refuse('message_not_found');
      if (message.user !== botUserId) return refuse('cant_update_message');
      if (channel.isArchived) return refuse('is_inactive');
      const fault = whyNotBody(core, args);
      if (fault) return fault;
      message.text = toText(args['text']);
      // Text alone takes the blocks away.
      message.blocks = (args['blocks'] ?? []) as Json[];
      message.editedAtMs = world.now();
      core.changed();
      return {
        ok: true,
        channel: message.channel,
        ts: message.ts,
        text: message.text,
        message: toMessageJson(message),
      };
    },
  },
  'chat.delete': {
    scopes: ['chat:write'],
    token: 'bot',
    tier: 3,
    run({ world, changed }, args) {
      const message = world.find(args['channel'], args['ts']);
      if (!message) return refuse('message_not_found');
      if (message.user !== botUserId) return refuse('cant_delete_message');
      world.messages.splice(world.messages.indexOf(message), 1);
      changed();
      return { ok: true, channel: message.channel, ts: message.ts };
    },
  },
  'chat.postEphemeral': {
    scopes: ['chat:write'],
    token: 'bot',
    tier: 4,
    run(core, args) {
      const { world } = core;
      const reason = whyNotWritable(world, args['channel']);
      if (reason !== null) return refuse(reason);
      const channel = world.requireChannel(toText(args['channel']));
      if (!channel.members.has(toText(args['user']))) return refuse('user_not_in_channel');
      const fault = whyNotBody(core, args);
      if (fault) return fault;
      const message = world.post({
        channel: channel.id,
        threadTs: toText(args['thread_ts']) || null,
        user: botUserId,
        text: toText(args['text']),
        blocks: (args['blocks'] ?? []) as Json[],
        ephemeralFor: toText(args['user']),
      });
      core.changed();
      return { ok: true, message_ts: message.ts };
    },
  },
  'conversations.history': {
    scopes: scopeByKind('history'),
    token: 'bot',
    tier: 3,
    run(core, args) {
      const reason = readable(core.world, args['channel']);
      if (reason !== null) return refuse(reason);
      const found = core.world.messages.filter(
        (one) =>
          one.channel === args['channel'] && one.threadTs === null && one.ephemeralFor === null,
      );
      return list(core, found.toReversed(), args);
    },
  },
  'conversations.replies': {
    scopes: scopeByKind('history'),
    token: 'bot',
    tier: 3,
    run(core, args) {
      const reason = readable(core.world, args['channel']);
      if (reason !== null) return refuse(reason);
      const { channel, ts } = args;
      if (!core.world.find(channel, ts)) return refuse('thread_not_found');
      const found = core.world.messages.filter(
        (one) =>
          one.channel === channel &&
          one.ephemeralFor === null &&
          (one.ts === ts || one.threadTs === ts),
      );
      return list(core, found, args);
    },
  },
  'reactions.add': {
    scopes: ['reactions:write'],
    token: 'bot',
    tier: 3,
    run(core, { channel, timestamp, name }) {
      const reason = whyNotWritable(core.world, channel);
      if (reason !== null) return refuse(reason);
      const message = core.world.find(channel, timestamp);
      if (!message) return refuse('message_not_found');
      return react(core, message, toText(name), botUserId);
    },
  },
  'reactions.remove': {
    scopes: ['reactions:write'],
    token: 'bot',
    tier: 2,
    run(core, { channel, timestamp, name }) {
      const message = core.world.find(channel, timestamp);
      if (!message) return refuse('message_not_found');
      return unreact(core, message, toText(name), botUserId);
    },
  },
  'reactions.get': {
    scopes: ['reactions:read'],
    token: 'bot',
    tier: 3,
    run({ world }, { channel, timestamp }) {
      const message = world.find(channel, timestamp);
      if (!message) return refuse('message_not_found');
      return { ok: true, type: 'message', channel, message: toMessageJson(message) };
    },
  },
};

function isMetadata(metadata: unknown): boolean {
  return (
    isObject(metadata) &&
    toText(metadata['event_type']) !== '' &&
    isObject(metadata['event_payload'])
  );
}

export function react(core: Core, message: FakeMessage, name: string, userId: string): Json {
  if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name)) return refuse('invalid_name');
  const known = message.reactions.find((one) => one.name === name);
  if (known?.users.includes(userId)) return refuse('already_reacted');
  if (!known && message.reactions.length >= mostEmoji) return refuse('too_many_emoji');
  if (known) known.users.push(userId);
  else message.reactions.push({ name, users: [userId] });
  core.event(reactionEvent(core, 'reaction_added', message, name, userId));
  core.changed();
  return { ok: true };
}

export function unreact(core: Core, message: FakeMessage, name: string, userId: string): Json {
  const known = message.reactions.find((one) => one.name === name);
  if (!known?.users.includes(userId)) return refuse('no_reaction');
  known.users.splice(known.users.indexOf(userId), 1);
  if (known.users.length === 0) message.reactions.splice(message.reactions.indexOf(known), 1);
  core.event(reactionEvent(core, 'reaction_removed', message, name, userId));
  core.changed();
  return { ok: true };
}

function reactionEvent(
  { world }: Core,
  type: string,
  message: FakeMessage,
  reaction: string,
  user: string,
): Json {
  const { channel, ts } = message;
  return {
    type,
    user,
    reaction,
    item_user: message.user,
    item: { type: 'message', channel, ts },
    event_ts: world.nextTs(),
  };
}

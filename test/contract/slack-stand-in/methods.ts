export type Json = Record<string, unknown>;

export interface KeptMessage {
  channel: string;
  ts: string;
  thread_ts?: string;
  user: string;
  bot_id: string;
  text: string;
  blocks: Json[];
  metadata?: Json;
  reactions: { name: string; users: string[] }[];
}

export interface World {
  scopes: string[];
  messages: KeptMessage[];
  files: Map<string, { infos: number; isComplete: boolean; isShared: boolean; altText: string }>;
  /** So many `files.info` answers are without a type. */
  infosUntilReady: number;
  members: Set<string>;
  users: Map<string, Json>;
  clock: number;
  url(): string;
}

type Method = (args: Json) => Json;

/** The methods that the adapter uses, refusing what Slack refuses. */
export function createMethods(world: World): Record<string, Method> {
  const refuse = (error: string): Json => ({ ok: false, error });
  const find = (channel: unknown, ts: unknown) =>
    world.messages.find((one) => one.channel === channel && one.ts === ts);
  const nextTs = () => `1795447552.${String((world.clock += 1)).padStart(6, '0')}`;

  function checkBlocks(blocks: Json[]): string | null {
    for (const block of blocks) {
      const text = (block['text'] as Json | undefined)?.['text'];
      if (typeof text === 'string' && (text.length === 0 || text.length > 3000)) {
        return 'invalid_blocks';
      }
      if (block['type'] !== 'image') continue;
      const file = world.files.get(String((block['slack_file'] as Json)?.['id']));
      if (!block['alt_text'] || !file?.isComplete) return 'invalid_blocks';
      if (file.infos < world.infosUntilReady) return 'invalid_blocks';
    }
    return null;
  }

  function checkPost(args: Json): string | null {
    if (!/^[CD]/.test(String(args['channel']))) return 'channel_not_found';
    if (!world.members.has(String(args['channel']))) return 'not_in_channel';
    if (!args['text']) return 'no_text';
    return checkBlocks((args['blocks'] ?? []) as Json[]);
  }

  function list(messages: KeptMessage[], args: Json): Json {
    const shown = messages.filter(
      (one) =>
        (args['latest'] === undefined || one.ts <= String(args['latest'])) &&
        (args['oldest'] === undefined || one.ts >= String(args['oldest'])),
    );
    return {
      ok: true,
      messages: shown.map(({ metadata, ...rest }) =>
        args['include_all_metadata'] === 'true' ? { ...rest, metadata } : rest,
      ),
      has_more: false,
    };
  }

  return {
    'auth.test': () => ({
      ok: true,
      team: 'Studio',
      team_id: 'T0001',
      user: 'quartet',
      user_id: 'U0BOT',
      bot_id: 'B0001',
    }),
    'apps.connections.open': () => ({
      ok: true,
      url: `${world.url().replace('http', 'ws')}/link`,
    }),
    'users.info': ({ user }) => {
      const found = world.users.get(String(user));
      return found === undefined ? refuse('user_not_found') : { ok: true, user: found };
    },
    'conversations.info': ({ channel }) => {
      if (channel === 'C0009') return refuse('channel_not_found');
      const is_archived = channel === 'C0008';
      const is_member = world.members.has(String(channel));
      return { ok: true, channel: { id: channel, name: 'general', is_member, is_archived } };
    },
    'conversations.open': () => ({ ok: true, channel: { id: 'D0001' } }),
    'conversations.history': (args) => {
      if (!world.members.has(String(args['channel']))) return refuse('not_in_channel');
      const messages = world.messages.filter(
        (one) => one.channel === args['channel'] && one.thread_ts === undefined,
      );
      return list(messages.reverse(), args);
    },
    'conversations.replies': (args) =>
      list(
        world.messages.filter(
          (one) =>
            one.channel === args['channel'] &&
            (one.ts === args['ts'] || one.thread_ts === args['ts']),
        ),
        args,
      ),
    'chat.postMessage': (args) => {
      const error = checkPost(args);
      if (error !== null) return refuse(error);
      const message: KeptMessage = {
        channel: String(args['channel']),
        ts: nextTs(),
        ...(args['thread_ts'] === undefined ? {} : { thread_ts: String(args['thread_ts']) }),
        user: 'U0BOT',
        bot_id: 'B0001',
        text: String(args['text']),
        blocks: (args['blocks'] ?? []) as Json[],
        ...(args['metadata'] === undefined ? {} : { metadata: args['metadata'] as Json }),
        reactions: [],
      };
      world.messages.push(message);
      return { ok: true, channel: message.channel, ts: message.ts };
    },
    'chat.update': (args) => {
      const message = find(args['channel'], args['ts']);
      if (message === undefined) return refuse('message_not_found');
      const error = checkBlocks((args['blocks'] ?? []) as Json[]);
      if (error !== null) return refuse(error);
      message.text = String(args['text']);
      message.blocks = (args['blocks'] ?? []) as Json[];
      return { ok: true, channel: message.channel, ts: message.ts };
    },
    'chat.delete': ({ channel, ts }) => {
      const message = find(channel, ts);
      if (message === undefined) return refuse('message_not_found');
      world.messages.splice(world.messages.indexOf(message), 1);
      return { ok: true };
    },
    'chat.postEphemeral': ({ channel }) =>
      world.members.has(String(channel)) ? { ok: true } : refuse('not_in_channel'),
    'reactions.add': ({ channel, timestamp, name }) => {
      const message = find(channel, timestamp);
      if (message === undefined) return refuse('message_not_found');
      const reaction = message.reactions.find((one) => one.name === name);
      if (reaction?.users.includes('U0BOT')) return refuse('already_reacted');
      if (reaction === undefined) message.reactions.push({ name: String(name), users: ['U0BOT'] });
      else reaction.users.push('U0BOT');
      return { ok: true };
    },
    'reactions.get': ({ channel, timestamp }) => {
      const message = find(channel, timestamp);
      return message === undefined ? refuse('message_not_found') : { ok: true, message };
    },
    'views.open': () => ({ ok: true, view: { id: 'V0001' } }),
    'views.update': () => ({ ok: true, view: { id: 'V0001' } }),
    'files.getUploadURLExternal': ({ filename, length, alt_txt }) => {
      if (!filename || !Number(length)) return refuse('invalid_arguments');
      const file_id = `F${String(world.files.size + 1).padStart(4, '0')}`;
      const altText = String(alt_txt ?? '');
      world.files.set(file_id, { infos: 0, isComplete: false, isShared: false, altText });
      return { ok: true, file_id, upload_url: `${world.url()}/upload/${file_id}` };
    },
    'files.completeUploadExternal': ({ files, channel_id }) => {
      for (const { id } of files as { id: string }[]) {
        const file = world.files.get(id);
        if (file === undefined) return refuse('file_not_found');
        file.isComplete = true;
        file.isShared = channel_id !== undefined;
      }
      return { ok: true, files };
    },
    'files.info': ({ file }) => {
      const found = world.files.get(String(file));
      if (found === undefined) return refuse('file_not_found');
      found.infos += 1;
      const mimetype = found.infos > world.infosUntilReady ? 'image/png' : '';
      return { ok: true, file: { id: file, mimetype } };
    },
    'files.delete': ({ file }) => {
      world.files.delete(String(file));
      return { ok: true };
    },
  };
}

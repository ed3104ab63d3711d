import { checkMessageForm, messageFlags } from './check-message.ts';
import type { Core } from './core.ts';
import { discordError, formError } from './errors.ts';
import { isObject, toId, toObjects } from './json.ts';
import { editMessage, openThreadForPost, postMessage, removeMessage } from './messages.ts';
import { param, type Route, type RouteCall } from './route.ts';
import { toChannelJson, toMessageJson } from './serialize.ts';
import { compareIds } from './snowflake.ts';
import type { FakeChannel, FakeMessage } from './world-types.ts';

const messagePath = '/channels/{channel_id}/messages/{message_id}';

/** The routes of channels and of the messages in them. */
export const channelRoutes: Route[] = [
  {
    method: 'GET',
    template: '/channels/{channel_id}',
    run: (call) => ({ status: 200, body: toChannelJson(call.core.world, visibleChannel(call)) }),
  },
  {
    method: 'POST',
    template: '/channels/{channel_id}/typing',
    run: (call) => {
      demandPost(call.core, visibleChannel(call));
      return { status: 204 };
    },
  },
  { method: 'GET', template: '/channels/{channel_id}/messages', run: listMessages },
  {
    method: 'POST',
    template: '/channels/{channel_id}/messages',
    check: checkForm,
    run: createMessage,
  },
  {
    method: 'GET',
    template: messagePath,
    run: (call) => {
      const { world } = call.core;
      const channel = visibleChannel(call);
      if (!world.can(world.botId, channel, 'READ_MESSAGE_HISTORY'))
        throw discordError('missingAccess');
      const message = world.requireMessage(channel.id, param(call, 'message_id'));
      return { status: 200, body: toMessageJson(world, message) };
    },
  },
  { method: 'PATCH', template: messagePath, check: checkForm, run: patchMessage },
  {
    method: 'DELETE',
    template: messagePath,
    run: (call) => {
      const { world } = call.core;
      const channel = visibleChannel(call);
      const message = world.requireMessage(channel.id, param(call, 'message_id'));
      refuseArchived(channel);
      if (message.authorId !== world.botId) {
        if (channel.guildId === null) throw discordError('dmChannel');
        world.demand(world.botId, channel, 'MANAGE_MESSAGES');
      }
      if (message.type === 21) throw discordError('systemMessage');
      removeMessage(call.core, message);
      return { status: 204 };
    },
  },
];

export function visibleChannel(call: RouteCall): FakeChannel {
  const { world } = call.core;
  const channel = world.requireChannel(param(call, 'channel_id'));
  world.demand(world.botId, channel);
  return channel;
}

export function refuseArchived(channel: FakeChannel): void {
  if (channel.thread?.isArchived === true) throw discordError('archivedThread');
}

/** In a thread, the right to write in threads counts and the one for channels does not. */
function demandPost(core: Core, channel: FakeChannel): void {
  const { world } = core;
  const right = channel.thread === null ? 'SEND_MESSAGES' : 'SEND_MESSAGES_IN_THREADS';
  world.demand(world.botId, channel, right);
}

/** The form alone, for a body that Discord's description refuses. */
function checkForm(call: RouteCall): void {
  checkMessageForm(call.body, {
    isV2: (Number(call.body['flags'] ?? 0) & messageFlags.componentsV2) !== 0,
    files: [],
    attachmentSizeLimitBytes: Number.POSITIVE_INFINITY,
    allowedFlags: -1,
  });
}

function listMessages(call: RouteCall): { status: number; body: unknown } {
  const { world } = call.core;
  const channel = visibleChannel(call);
  const limitText = call.query.get('limit');
  const limit = limitText === null ? 50 : Number(limitText);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw formError([
      { path: 'limit', code: 'NUMBER_TYPE_MAX', message: 'int value should be between 1 and 100.' },
    ]);
  }
  // Without the right to read history a channel looks empty: Discord answers no error here.
  if (!world.can(world.botId, channel, 'READ_MESSAGE_HISTORY')) return { status: 200, body: [] };
  const all = world.messagesIn(channel.id);
  const [before, after] = [call.query.get('before'), call.query.get('after')];
  let chosen = all.slice(-limit);
  if (before !== null)
    chosen = all.filter((message) => compareIds(message.id, before) < 0).slice(-limit);
  else if (after !== null)
    chosen = all.filter((message) => compareIds(message.id, after) > 0).slice(0, limit);
  return { status: 200, body: chosen.toReversed().map((message) => toMessageJson(world, message)) };
}

function createMessage(call: RouteCall): { status: number; body: unknown } {
  const { core, body, files } = call;
  const { world } = core;
  const channel = visibleChannel(call);
  demandPost(core, channel);
  if (channel.recipientId !== null && !world.requireUser(channel.recipientId).allowsDms) {
    throw discordError('cannotSendToUser');
  }
  if (files.length > 0) world.demand(world.botId, channel, 'ATTACH_FILES');
  if (toObjects(body['embeds']).length > 0) world.demand(world.botId, channel, 'EMBED_LINKS');
  checkNonce(body['nonce']);
  const known = body['enforce_nonce'] === true ? findByNonce(core, body['nonce']) : undefined;
  if (known !== undefined)
    return { status: 200, body: toMessageJson(world, known, { withNonce: true }) };
  const referencedMessageId = readReference(call, channel);
  openThreadForPost(core, channel);
  const message = postMessage(core, channel, {
    authorId: world.botId,
    type: referencedMessageId === null ? 0 : 19,
    body,
    files,
    referencedMessageId,
  });
  return { status: 200, body: toMessageJson(world, message, { withNonce: true }) };
}

function checkNonce(nonce: unknown): void {
  if (nonce === undefined || nonce === null || Number.isInteger(nonce)) return;
  if (typeof nonce === 'string' && nonce.length <= 25) return;
  throw formError([
    {
      path: 'nonce',
      code: 'NONCE_TYPE_TOO_LONG',
      message: 'Nonce must be 25 or fewer characters.',
    },
  ]);
}

/** A message of the bot with the same nonce, posted a short while ago: it stands for this post. */
function findByNonce(core: Core, nonce: unknown): FakeMessage | undefined {
  if (nonce === undefined || nonce === null) return undefined;
  const since = core.world.now() - core.nonceWindowMs;
  return [...core.world.messages.values()].find(
    (message) =>
      message.authorId === core.world.botId &&
      message.nonce !== null &&
      String(message.nonce) === String(nonce) &&
      message.createdAtMs >= since,
  );
}

function readReference(call: RouteCall, channel: FakeChannel): string | null {
  const reference = call.body['message_reference'];
  if (!isObject(reference)) return null;
  const { world } = call.core;
  world.demand(world.botId, channel, 'READ_MESSAGE_HISTORY');
  const id = toId(reference['message_id']);
  const target = world.messages.get(id);
  if (target?.channelId === channel.id && target.ephemeralFor === null) return id;
  if (reference['fail_if_not_exists'] === false) return null;
  throw formError([
    {
      path: 'message_reference',
      code: 'MESSAGE_REFERENCE_UNKNOWN_MESSAGE',
      message: 'Unknown message',
    },
  ]);
}

function patchMessage(call: RouteCall): { status: number; body: unknown } {
  const { core, body, files } = call;
  const { world } = core;
  const channel = visibleChannel(call);
  const message = world.requireMessage(channel.id, param(call, 'message_id'));
  if (message.authorId !== world.botId) throw discordError('notTheAuthor');
  if (message.type === 18 || message.type === 21) throw discordError('systemMessage');
  refuseArchived(channel);
  if (files.length > 0) world.demand(world.botId, channel, 'ATTACH_FILES');
  editMessage(core, message, body, files);
  return { status: 200, body: toMessageJson(world, message) };
}

import { discordError, formError } from './errors.ts';
import { addReaction, findReaction, parseEmoji, removeReaction } from './reactions.ts';
import { param, type Route, type RouteCall } from './route.ts';
import { refuseArchived, visibleChannel } from './routes-channels.ts';
import { toChannelJson, toMemberJson, toThreadMemberJson, toUserJson } from './serialize.ts';
import { compareIds } from './snowflake.ts';
import { setThreadState, startThread } from './threads.ts';
import type { FakeChannel, FakeMessage, ThreadState } from './world-types.ts';

const reactionPath = '/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}';
const memberPath = '/channels/{channel_id}/thread-members';

/** The routes of threads, their members, and reactions. */
export const threadRoutes: Route[] = [
  {
    method: 'POST',
    template: '/channels/{channel_id}/messages/{message_id}/threads',
    run: (call) => {
      const channel = visibleChannel(call);
      if (channel.type === 1) throw discordError('dmChannel');
      const starter = call.core.world.requireMessage(channel.id, param(call, 'message_id'));
      const thread = startThread(call.core, channel, starter, call.body);
      return { status: 201, body: toChannelJson(call.core.world, thread) };
    },
  },
  {
    method: 'POST',
    template: '/channels/{channel_id}/threads',
    run: (call) => {
      const thread = startThread(call.core, visibleChannel(call), null, call.body);
      return { status: 201, body: toChannelJson(call.core.world, thread) };
    },
  },
  {
    method: 'PATCH',
    template: '/channels/{channel_id}',
    run: (call) => {
      const { world } = call.core;
      const { channel, thread } = visibleThread(call);
      const { archived, ...others } = call.body;
      // Anybody who may write in a thread may open it again, as long as it is not locked.
      const isReopening = archived === false && Object.keys(others).length === 0;
      const right = isReopening && !thread.isLocked ? 'SEND_MESSAGES_IN_THREADS' : 'MANAGE_THREADS';
      world.demand(world.botId, channel, right);
      if (thread.isArchived && archived !== false) throw discordError('archivedThread');
      if (typeof archived === 'boolean')
        setThreadState(call.core, channel, { isArchived: archived });
      return { status: 200, body: toChannelJson(world, channel) };
    },
  },
  {
    method: 'GET',
    template: memberPath,
    run: (call) => {
      const { channel, thread } = visibleThread(call);
      const members = [...thread.members.keys()].map((userId) =>
        toThreadMember(call, channel, userId),
      );
      return { status: 200, body: members };
    },
  },
  {
    method: 'GET',
    template: `${memberPath}/{user_id}`,
    run: (call) => {
      const { channel, thread } = visibleThread(call);
      const userId = threadUserId(call);
      if (!thread.members.has(userId)) throw discordError('unknownMember');
      return { status: 200, body: toThreadMember(call, channel, userId) };
    },
  },
  ...['@me', '{user_id}'].flatMap((who): Route[] => [
    { method: 'PUT', template: `${memberPath}/${who}`, run: joinThread },
    { method: 'DELETE', template: `${memberPath}/${who}`, run: leaveThread },
  ]),
  {
    method: 'PUT',
    template: `${reactionPath}/@me`,
    run: (call) => {
      const { message, emoji } = reactionTarget(call);
      addReaction(call.core, message, emoji, call.core.world.botId);
      return { status: 204 };
    },
  },
  {
    method: 'DELETE',
    template: `${reactionPath}/@me`,
    run: (call) => {
      const { message, emoji } = reactionTarget(call);
      removeReaction(call.core, message, emoji, call.core.world.botId);
      return { status: 204 };
    },
  },
  {
    method: 'DELETE',
    template: `${reactionPath}/{user_id}`,
    run: (call) => {
      const { world } = call.core;
      const { channel, message, emoji } = reactionTarget(call);
      const userId = world.requireUser(param(call, 'user_id')).id;
      if (userId !== world.botId) {
        if (channel.guildId === null) throw discordError('dmChannel');
        world.demand(world.botId, channel, 'MANAGE_MESSAGES');
      }
      removeReaction(call.core, message, emoji, userId);
      return { status: 204 };
    },
  },
  { method: 'GET', template: reactionPath, run: listReactions },
];

function reactionTarget(call: RouteCall): {
  channel: FakeChannel;
  message: FakeMessage;
  emoji: { id: string | null; name: string };
} {
  const { world } = call.core;
  const channel = visibleChannel(call);
  const message = world.requireMessage(channel.id, param(call, 'message_id'));
  return { channel, message, emoji: parseEmoji(param(call, 'emoji_name')) };
}

/** Those who reacted, by age of their account: the list says nothing about who came first. */
function listReactions(call: RouteCall): { status: number; body: unknown } {
  const { world } = call.core;
  const { channel, message, emoji } = reactionTarget(call);
  if (!world.can(world.botId, channel, 'READ_MESSAGE_HISTORY')) throw discordError('missingAccess');
  const limit = Number(call.query.get('limit') ?? 25);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw formError([
      { path: 'limit', code: 'NUMBER_TYPE_MAX', message: 'int value should be between 1 and 100.' },
    ]);
  }
  const after = call.query.get('after') ?? '0';
  const userIds = (findReaction(message, emoji)?.userIds ?? [])
    .toSorted(compareIds)
    .filter((id) => compareIds(id, after) > 0)
    .slice(0, limit);
  return { status: 200, body: userIds.map((id) => toUserJson(world.requireUser(id))) };
}

function visibleThread(call: RouteCall): { channel: FakeChannel; thread: ThreadState } {
  const channel = visibleChannel(call);
  if (channel.thread === null) throw discordError('wrongChannelType');
  return { channel, thread: channel.thread };
}

function threadUserId(call: RouteCall): string {
  const userId = call.params['user_id'] ?? '@me';
  return userId === '@me' ? call.core.world.botId : userId;
}

function toThreadMember(call: RouteCall, channel: FakeChannel, userId: string): unknown {
  const json = toThreadMemberJson(channel, userId);
  if (call.query.get('with_member') !== 'true') return json;
  const { world } = call.core;
  return {
    ...json,
    member: toMemberJson(world, world.requireMember(channel.guildId ?? '', userId)),
  };
}

function joinThread(call: RouteCall): { status: number } {
  const { world } = call.core;
  const { channel, thread } = visibleThread(call);
  refuseArchived(channel);
  const userId = threadUserId(call);
  world.requireMember(channel.guildId ?? '', userId);
  if (userId !== world.botId) world.demand(world.botId, channel, 'SEND_MESSAGES_IN_THREADS');
  if (!thread.members.has(userId)) thread.members.set(userId, world.now());
  call.core.changed();
  return { status: 204 };
}

function leaveThread(call: RouteCall): { status: number } {
  const { world } = call.core;
  const { channel, thread } = visibleThread(call);
  refuseArchived(channel);
  const userId = threadUserId(call);
  if (userId !== world.botId) world.demand(world.botId, channel, 'MANAGE_THREADS');
  thread.members.delete(userId);
  call.core.changed();
  return { status: 204 };
}

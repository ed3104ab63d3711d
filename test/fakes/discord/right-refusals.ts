import type { PermissionName } from './permissions.ts';
import {
  fileOf,
  messagesPath,
  reactionPath,
  threadPath,
  type ApiResult,
  type RefusalCase,
  type RefusalScene,
} from './refusal-cases.ts';

/** What the bot tries after a right was taken from it, and the code that it gets. */
const rights: [PermissionName, string, number, (scene: RefusalScene) => Promise<ApiResult>][] = [
  ['VIEW_CHANNEL', 'reading a channel', 50_001, (s) => s.call('GET', `/channels/${s.channelId}`)],
  ['SEND_MESSAGES', 'posting', 50_013, (s) => s.call('POST', messagesPath(s), { content: 'x' })],
  ['ATTACH_FILES', 'attaching', 50_013, (s) => s.call('POST', messagesPath(s), {}, fileOf(1))],
  [
    'EMBED_LINKS',
    'embedding',
    50_013,
    (s) => s.call('POST', messagesPath(s), { embeds: [{ title: 't' }] }),
  ],
  [
    'READ_MESSAGE_HISTORY',
    'fetching a message',
    50_001,
    (s) => s.call('GET', `${messagesPath(s)}/${s.own.id}`),
  ],
  ['ADD_REACTIONS', 'reacting first', 50_013, (s) => s.call('PUT', reactionPath(s, '🔁'))],
  [
    'CREATE_PUBLIC_THREADS',
    'starting a thread',
    50_013,
    (s) => s.call('POST', threadPath(s), { name: 'x' }),
  ],
  [
    'MANAGE_MESSAGES',
    "deleting another's message",
    50_013,
    (s) => s.call('DELETE', `${messagesPath(s)}/${s.foreign.id}`),
  ],
  [
    'SEND_MESSAGES_IN_THREADS',
    'posting in a thread',
    50_013,
    async (scene) => {
      await scene.call('POST', threadPath(scene), { name: 'x' });
      return scene.call('POST', `/channels/${scene.own.id}/messages`, { content: 'x' });
    },
  ],
];

/** Every refusal that comes from a right taken from the bot. */
export const rightRefusals: RefusalCase[] = rights.map(
  ([right, action, code, act]): RefusalCase => ({
    name: `${action} without ${right}`,
    status: 403,
    code,
    act: (scene) => {
      scene.fake.setPermissions(scene.channelId, { deny: [right] });
      return act(scene);
    },
  }),
);

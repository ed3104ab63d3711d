import {
  callbackPath,
  fileOf as file,
  messagesPath,
  reactionPath,
  threadPath,
  type RefusalCase,
  type RefusalScene,
} from './refusal-cases.ts';

async function inThread(
  scene: RefusalScene,
  state: { isArchived?: boolean; isLocked?: boolean },
): Promise<string> {
  await scene.call('POST', threadPath(scene), { name: 'x' });
  const posted = await scene.call('POST', `/channels/${scene.own.id}/messages`, {
    content: 'inside',
  });
  scene.fake.setThread(scene.own.id, state);
  return `/channels/${scene.own.id}/messages/${posted.body.id}`;
}

/** An ephemeral answer of the bot, as a message path that does not exist for anybody else. */
async function ephemeralPath(scene: RefusalScene): Promise<string> {
  const handle = scene.slash();
  await scene.call('POST', callbackPath(handle), { type: 4, data: { content: 'x', flags: 64 } });
  return `${messagesPath(scene)}/${handle.message?.id}`;
}

/** Every refusal that comes from the state of the world. */
export const stateRefusals: RefusalCase[] = [
  {
    name: 'an unknown channel',
    status: 404,
    code: 10_003,
    act: (s) => s.call('GET', '/channels/5'),
  },
  {
    name: 'an unknown message',
    status: 404,
    code: 10_008,
    act: (s) => s.call('GET', `${messagesPath(s)}/5`),
  },
  { name: 'an unknown guild', status: 404, code: 10_004, act: (s) => s.call('GET', '/guilds/5') },
  {
    name: 'an empty message',
    status: 400,
    code: 50_006,
    act: (s) => s.call('POST', messagesPath(s), { content: ' ' }),
  },
  {
    name: 'an edit that leaves nothing',
    status: 400,
    code: 50_006,
    act: (s) => s.call('PATCH', `${messagesPath(s)}/${s.own.id}`, { content: '' }),
  },
  {
    name: "an edit of somebody else's message",
    status: 403,
    code: 50_005,
    act: (s) => s.call('PATCH', `${messagesPath(s)}/${s.foreign.id}`, { content: 'x' }),
  },
  {
    name: 'an alt text of 1025 characters',
    status: 400,
    code: 50_035,
    act: (s) =>
      s.call(
        'POST',
        messagesPath(s),
        { attachments: [{ id: '0', description: 'x'.repeat(1025) }] },
        file(1),
      ),
  },
  {
    name: 'a list of attachments that forgets a file',
    status: 400,
    code: 50_035,
    act: (s) => s.call('POST', messagesPath(s), { attachments: [] }, file(1)),
  },
  {
    name: 'a file above the limit of the channel',
    status: 413,
    code: 40_005,
    act: (s) => {
      s.fake.world.requireChannel(s.channelId).attachmentSizeLimitBytes = 1000;
      return s.call('POST', messagesPath(s), {}, file(1001));
    },
  },
  {
    name: 'a request above 25 MiB',
    status: 413,
    code: 40_005,
    act: (s) => s.call('POST', messagesPath(s), {}, file(25 * 1024 * 1024)),
  },
  {
    name: 'a tenth file and one more',
    status: 400,
    code: 30_015,
    act: (s) =>
      s.call(
        'POST',
        messagesPath(s),
        {},
        Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`files[${n}]`, Buffer.alloc(1)])),
      ),
  },
  {
    name: 'a second thread on a message',
    status: 400,
    code: 160_004,
    act: async (s) => (
      await s.call('POST', threadPath(s), { name: 'x' }),
      s.call('POST', threadPath(s), { name: 'y' })
    ),
  },
  {
    name: 'a thread without a name',
    status: 400,
    code: 50_035,
    act: (s) => s.call('POST', threadPath(s), { name: '' }),
  },
  {
    name: 'a thread name of 101 characters',
    status: 400,
    code: 50_035,
    act: (s) => s.call('POST', threadPath(s), { name: 'x'.repeat(101) }),
  },
  {
    name: 'a thread in a thread',
    status: 400,
    code: 50_024,
    act: async (s) => s.call('POST', `${await inThread(s, {})}/threads`, { name: 'x' }),
  },
  {
    name: 'an edit in an archived thread',
    status: 400,
    code: 50_083,
    act: async (s) => s.call('PATCH', await inThread(s, { isArchived: true }), { content: 'y' }),
  },
  {
    name: 'a reaction in an archived thread',
    status: 400,
    code: 50_083,
    act: async (s) =>
      s.call('PUT', `${await inThread(s, { isArchived: true })}/reactions/%F0%9F%94%81/@me`),
  },
  {
    name: 'opening a locked thread without MANAGE_THREADS',
    status: 403,
    code: 50_013,
    act: async (s) => {
      await inThread(s, { isArchived: true, isLocked: true });
      return s.call('PATCH', `/channels/${s.own.id}`, { archived: false });
    },
  },
  {
    name: 'locking a thread without MANAGE_THREADS',
    status: 403,
    code: 50_013,
    act: async (s) => {
      await inThread(s, {});
      return s.call('PATCH', `/channels/${s.own.id}`, { locked: true });
    },
  },
  {
    name: 'a post into a locked and archived thread',
    status: 400,
    code: 50_083,
    act: async (s) => {
      await inThread(s, { isArchived: true, isLocked: true });
      return s.call('POST', `/channels/${s.own.id}/messages`, { content: 'x' });
    },
  },
  {
    name: 'a post into a locked thread',
    status: 400,
    code: 160_005,
    act: async (s) => {
      await inThread(s, { isLocked: true });
      return s.call('POST', `/channels/${s.own.id}/messages`, { content: 'x' });
    },
  },
  {
    name: 'a reaction that is no emoji',
    status: 400,
    code: 10_014,
    act: (s) => s.call('PUT', reactionPath(s, 'x')),
  },
  {
    name: 'a twenty-first emoji on a message',
    status: 400,
    code: 30_010,
    act: async (s) => {
      for (let index = 0; index < 20; index += 1)
        await s.call('PUT', reactionPath(s, String.fromCodePoint(0x1f600 + index)));
      return s.call('PUT', reactionPath(s, '🔁'));
    },
  },
  {
    name: 'a reaction to an ephemeral message',
    status: 404,
    code: 10_008,
    act: async (s) => s.call('PUT', `${await ephemeralPath(s)}/reactions/%F0%9F%94%81/@me`),
  },
  {
    name: 'a thread on an ephemeral message',
    status: 404,
    code: 10_008,
    act: async (s) => s.call('POST', `${await ephemeralPath(s)}/threads`, { name: 'x' }),
  },
  {
    name: 'a second answer to an interaction',
    status: 400,
    code: 40_060,
    act: async (s) => {
      const handle = s.slash();
      await s.call('POST', callbackPath(handle), { type: 5 });
      return s.call('POST', callbackPath(handle), { type: 4, data: { content: 'x' } });
    },
  },
  {
    name: 'an answer to an unknown interaction',
    status: 404,
    code: 10_062,
    act: (s) => s.call('POST', '/interactions/5/t/callback', { type: 5 }),
  },
  {
    name: 'an edit before the first answer',
    status: 404,
    code: 10_015,
    act: (s) =>
      s.call('PATCH', `/webhooks/${s.fake.world.botId}/${s.slash().token}/messages/@original`, {
        content: 'x',
      }),
  },
  {
    name: 'an unknown interaction token',
    status: 401,
    code: 50_027,
    act: (s) =>
      s.call('PATCH', `/webhooks/${s.fake.world.botId}/none/messages/@original`, { content: 'x' }),
  },
  {
    name: 'a message to a person who takes none',
    status: 403,
    code: 50_007,
    act: async (s) => {
      s.fake.world.addUser({ id: '77', username: 'shy', allowsDms: false });
      const dm = await s.call('POST', '/users/@me/channels', { recipient_id: '77' });
      return s.call('POST', `/channels/${dm.body.id}/messages`, { content: 'x' });
    },
  },
  {
    name: '26 autocomplete choices',
    status: 400,
    code: 50_035,
    act: (s) => {
      const handle = s.fake
        .asUser(s.foreign.authorId)
        .autocomplete('paint', { style: 'o' }, 'style');
      return s.call('POST', callbackPath(handle), {
        type: 8,
        data: { choices: Array.from({ length: 26 }, (_, n) => ({ name: `${n}`, value: `${n}` })) },
      });
    },
  },
];

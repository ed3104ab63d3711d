import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { AppError } from '#src/errors.ts';
import type { MessageRef, Place } from '#src/types/chat.ts';
import { defaultIds } from '../fakes/discord/fake-discord.ts';
import type { PermissionName } from '../fakes/discord/permissions.ts';
import type { FakeMessage } from '../fakes/discord/world-types.ts';
import {
  candidate,
  complete,
  place,
  results,
  startStand,
  status,
  type Stand,
} from './discord-stand.ts';

const { alice, bao, carol, design } = defaultIds;
const post = 'POST /channels/:channel/messages';
const edit = 'PATCH /channels/:channel/messages/:message';
const mebibyte = 2 ** 20;

suite('delivery to Discord', () => {
  let stand: Stand;
  const shown = (channelId: string = design): FakeMessage[] => stand.fake.messages(channelId);
  const messageOf = (ref: MessageRef): FakeMessage =>
    stand.fake.world.messages.get(ref.messageId) ?? assert.fail('The message is not there.');
  const fileNames = (ref: MessageRef) => messageOf(ref).attachments.map(({ filename }) => filename);
  const begin = async (): Promise<[MessageRef, Place]> => {
    const ref = await stand.platform.publishStatus(place, 'perhaps', status());
    return [ref, await stand.platform.openThread(place, ref, 'a red apple')];
  };
  const deny = (...rights: PermissionName[]) => stand.fake.setPermissions(design, { deny: rights });
  /** Until the adapter heard what was changed before: events come in order. */
  const heard = async () => {
    const count = stand.inbox.commands.length;
    stand.fake.asUser(carol).slash('queue');
    await stand.inbox.until(() => stand.inbox.commands.length > count);
  };

  before(async () => {
    stand = await startStand();
  });
  beforeEach(async () => {
    stand.fake.setPermissions(design, {});
    for (const message of shown()) stand.fake.asUser(carol).deleteMessage(message);
    await stand.restart();
    stand.log.length = 0;
    stand.fake.requests.length = 0;
  });
  after(() => stand.stop());

  test('posts without looking for an earlier attempt where there was none', async () => {
    await stand.platform.publishStatus(place, 'not yet', status());
    await stand.platform.publishResults(place, 'not yet', complete);
    const mention = { personId: alice, text: 'ready', key: 'key-1' };
    await stand.platform.mention(place, mention, 'not yet');
    assert.equal(shown().length, 3);
    assert.equal(stand.calls('GET /channels/{channel_id}/messages'), 0);
  });

  test('posts the status message, then edits it', async () => {
    const ref = await stand.platform.publishStatus(place, 'not yet', status());
    assert.deepEqual(ref, { channelId: design, messageId: shown()[0]?.id, threadId: null });
    const progress = { done: 3, total: 12, text: 'picture 1 of 4, step 3 of 8' };
    const running = status({ lines: ['Drawing.'], progress });
    assert.deepEqual(await stand.platform.publishStatus(place, ref, running), ref);
    assert.equal(
      messageOf(ref).content,
      '**“a red apple” for Alice**\nDrawing.\n▰▰▰▱▱▱▱▱▱▱▱▱ picture 1 of 4, step 3 of 8',
    );
    assert.match(JSON.stringify(messageOf(ref).components), /"custom_id":"cancel:r1"/);
    await stand.platform.publishStatus(place, ref, status({ controls: [] }));
    assert.deepEqual(messageOf(ref).components, []);
    assert.equal(shown().length, 1);
  });

  test('notifies nobody and shows a prompt as it was typed', async () => {
    const title = `“@everyone <@${bao}> **bold** https://a.b/c_d_e” for Alice`;
    const ref = await stand.platform.publishStatus(place, 'perhaps', status({ title }));
    await stand.platform.publishStatus(place, ref, status({ title }));
    assert.deepEqual(messageOf(ref).pings, []);
    assert.match(messageOf(ref).content, /\\<@\d+> \\\*\\\*bold\\\*\\\* https:\/\/a\.b\/c_d_e/);
  });

  test('keeps within the length of a message whatever it is given', async () => {
    const long = {
      title: '*'.repeat(3000),
      lines: Array.from({ length: 9 }, () => '_'.repeat(900)),
    };
    const progress = { done: 1, total: 2, text: 'half' };
    const ref = await stand.platform.publishStatus(place, 'perhaps', status({ ...long, progress }));
    assert.ok(messageOf(ref).content.length <= 2000);
    assert.match(messageOf(ref).content, /half$/);
  });

  for (const lost of [{ status: 500 }, { drop: 'reset' }, { drop: 'close' }] as const) {
    test(`posts one message when the answer is lost (${JSON.stringify(lost)})`, async () => {
      stand.fake.failNext(post, { afterProcessing: true, ...lost });
      const ref = await stand.platform.publishStatus(place, 'perhaps', status());
      assert.deepEqual(
        shown().map(({ id }) => id),
        [ref.messageId],
      );
    });
  }

  test('finds the message of an attempt that died, in every kind', async () => {
    const ref = await stand.platform.publishStatus(place, 'perhaps', status());
    const thread = await stand.platform.openThread(place, ref, 'a red apple');
    const first = await stand.platform.publishResults(thread, 'perhaps', results(1));
    const mention = await stand.platform.mention(
      thread,
      { personId: alice, text: 'ready', key: 'key-1' },
      'perhaps',
    );
    await stand.restart();
    const { platform } = stand;
    const again = await platform.publishStatus(place, 'perhaps', status({ lines: ['Drawing.'] }));
    assert.deepEqual(again, ref);
    assert.match(messageOf(ref).content, /Drawing/);
    assert.deepEqual(await platform.openThread(place, ref, 'a red apple'), thread);
    assert.deepEqual(await platform.publishResults(thread, 'perhaps', results(2)), first);
    assert.deepEqual(fileNames(first), ['1.png', '2.png']);
    assert.deepEqual(
      await platform.mention(thread, { personId: alice, text: 'ready', key: 'key-1' }, 'perhaps'),
      mention,
    );
    assert.equal(shown().length, 1);
    assert.equal(shown(ref.messageId).length, 2);
  });

  test('keeps the older of two messages that stand', async () => {
    const first = await stand.platform.publishStatus(place, 'perhaps', status());
    const world = stand.fake.world.messages;
    const twin = { ...messageOf(first), id: stand.fake.world.nextId(), nonce: null };
    world.set(twin.id, twin);
    assert.deepEqual(await stand.platform.publishStatus(place, 'perhaps', status()), first);
    assert.equal(world.has(twin.id), false);
  });

  test('starts one thread on the status message', async () => {
    const [ref, thread] = await begin();
    assert.deepEqual(thread, { ...place, threadId: ref.messageId });
    const channel = stand.fake.world.requireChannel(ref.messageId);
    assert.equal(channel.name, 'a red apple');
    assert.equal(channel.thread?.autoArchiveMinutes, 1440);
    assert.deepEqual(await stand.platform.openThread(place, ref, 'again'), thread);
    const other = await stand.platform.publishStatus(
      thread,
      'perhaps',
      status({ requestId: 'r2' }),
    );
    assert.equal(other.channelId, design);
    assert.deepEqual(await stand.platform.openThread(thread, other, 'x'), thread);
  });

  test('stays in the channel where no thread may be started', async () => {
    deny('CREATE_PUBLIC_THREADS');
    await heard();
    const [, there] = await begin();
    assert.deepEqual(there, place);
    const ref = await stand.platform.publishResults(there, 'perhaps', results(1));
    assert.equal(messageOf(ref).channelId, design);
    assert.match(stand.log.map(({ message }) => message).join(), /"Create Public Threads"/);
  });

  test('lets the results grow from one picture to four and sends each once', async () => {
    const [, thread] = await begin();
    const ref = await stand.platform.publishResults(thread, 'perhaps', results(1));
    assert.deepEqual(ref, { ...pickRef(thread), messageId: ref.messageId });
    assert.match(JSON.stringify(messageOf(ref).components), /"More to come"/);
    const firstId = messageOf(ref).attachments[0]?.id;
    for (const count of [2, 3]) await stand.platform.publishResults(thread, ref, results(count));
    await stand.platform.publishResults(thread, ref, complete);
    const { attachments, content, components } = messageOf(ref);
    assert.deepEqual(
      attachments.map(({ filename, description }) => [filename, description]),
      [1, 2, 3, 4].map((number) => [`${number}.png`, `apple ${number}`]),
    );
    assert.equal(attachments[0]?.id, firstId);
    assert.equal(content, '**a red apple**\n8x8 · steps 8\nid r1');
    assert.equal(components.length, 2);
    const uploads = stand.fake.requests.flatMap(({ files }) =>
      files.map(({ filename }) => filename),
    );
    assert.deepEqual(uploads, ['1.png', '2.png', '3.png', '4.png']);
  });

  test('sends no picture again after a restart', async () => {
    const [, thread] = await begin();
    const ref = await stand.platform.publishResults(thread, 'perhaps', results(2));
    await stand.restart();
    stand.fake.requests.length = 0;
    await stand.platform.publishResults(thread, ref, complete);
    assert.deepEqual(fileNames(ref), ['1.png', '2.png', '3.png', '4.png']);
    const uploads = stand.fake.requests.flatMap(({ files }) =>
      files.map(({ filename }) => filename),
    );
    assert.deepEqual(uploads, ['3.png', '4.png']);
    stand.fake.requests.length = 0;
    await stand.platform.publishResults(thread, ref, { ...complete, lines: ['votes 1: 2'] });
    assert.deepEqual(
      stand.fake.requests.map(({ method, files }) => [method, files.length]),
      [['PATCH', 0]],
    );
  });

  test('puts the results of a lost answer together from what stands', async () => {
    const [, thread] = await begin();
    stand.fake.failNext(post, { afterProcessing: true, drop: 'close' });
    const ref = await stand.platform.publishResults(thread, 'perhaps', complete);
    assert.deepEqual(fileNames(ref), ['1.png', '2.png', '3.png', '4.png']);
    assert.equal(shown(thread.threadId!).length, 1);
    stand.fake.failNext(edit, { afterProcessing: true, status: 502 });
    await stand.platform.publishResults(thread, ref, complete);
    assert.equal(messageOf(ref).attachments.length, 4);
  });

  test('spreads pictures over edits where one request would be too large', async () => {
    const [, thread] = await begin();
    const big = [1, 2, 3, 4].map((number) => candidate(number, Buffer.alloc(9 * mebibyte)));
    const view = { ...complete, candidates: big };
    const ref = await stand.platform.publishResults(thread, 'perhaps', view);
    assert.deepEqual(fileNames(ref), ['1.png', '2.png', '3.png', '4.png']);
    const sizes = stand.fake.requests.map(({ files }) => files.length).filter((count) => count > 0);
    assert.deepEqual(sizes, [2, 2]);
  });

  test('names the picture that is too large and delivers the others', async () => {
    const [, thread] = await begin();
    const link = 'https://pictures.example.com/#/r/r1';
    const view = { ...complete, link, candidates: [1, 2, 3, 4].map((one) => candidate(one)) };
    view.candidates[2] = candidate(3, Buffer.alloc(11 * mebibyte));
    const ref = await stand.platform.publishResults(thread, 'perhaps', view);
    assert.deepEqual(fileNames(ref), ['1.png', '2.png', '4.png']);
    assert.match(messageOf(ref).content, /Picture 3 is not here: it has 11\.0 MiB.*10 MiB/);
    assert.doesNotMatch(messageOf(ref).content, /第 3 张没有发出/);
    await stand.platform.publishResults(thread, ref, { ...view, locale: 'zh-CN' });
    assert.match(messageOf(ref).content, /第 3 张没有发出/);
    assert.ok(messageOf(ref).content.endsWith(link));
  });

  test('goes on picture by picture when Discord finds them too large', async () => {
    const [, thread] = await begin();
    const limit = stand.fake.world.requireChannel(thread.threadId!);
    limit.attachmentSizeLimitBytes = 100;
    const view = { ...complete, candidates: [1, 2, 3, 4].map((number) => candidate(number)) };
    view.candidates[1] = candidate(2, Buffer.alloc(200));
    const ref = await stand.platform.publishResults(thread, 'perhaps', view);
    assert.deepEqual(fileNames(ref), ['1.png', '3.png', '4.png']);
    assert.match(messageOf(ref).content, /Picture 2 is not here/);
  });

  const missing: { right: PermissionName; says: RegExp; act: () => Promise<unknown> }[] = [
    {
      right: 'VIEW_CHANNEL',
      says: /^I cannot see #design: the right "View Channel" is missing\.$/,
      act: () => stand.platform.publishStatus(place, 'perhaps', status()),
    },
    {
      right: 'SEND_MESSAGES',
      says: /^I cannot post in #design: the right "Send Messages" is missing\.$/,
      act: () => stand.platform.publishStatus(place, 'perhaps', status()),
    },
    {
      right: 'ATTACH_FILES',
      says: /^I cannot attach files in #design: the right "Attach Files" is missing\.$/,
      act: () => stand.platform.publishResults(place, 'perhaps', results(1)),
    },
  ];
  for (const { right, says, act } of missing) {
    test(`names the missing right ${right}`, async () => {
      deny(right);
      await heard();
      await assert.rejects(act(), isRefused('PERMISSION_MISSING', says));
    });
  }

  const missingLater: { right: PermissionName; says: RegExp }[] = [
    { right: 'ADD_REACTIONS', says: /cannot add reactions in .*"Add Reactions" is missing/ },
    { right: 'READ_MESSAGE_HISTORY', says: /cannot read earlier .*"Read Message History" is/ },
  ];
  for (const { right, says } of missingLater) {
    test(`names the missing right ${right} for reactions`, async () => {
      const ref = await stand.platform.publishResults(place, 'perhaps', complete);
      deny(right);
      await heard();
      const adding = stand.platform.addReactions(ref, complete.reactions);
      await assert.rejects(adding, isRefused('PERMISSION_MISSING', says));
    });
  }

  test('says that a message is gone', async () => {
    const ref = await stand.platform.publishStatus(place, 'perhaps', status());
    stand.fake.asUser(carol).deleteMessage(ref.messageId);
    const gone = isRefused('MESSAGE_GONE', /someone deleted it/);
    await assert.rejects(stand.platform.publishStatus(place, ref, status()), gone);
    await assert.rejects(stand.platform.openThread(place, ref, 'x'), gone);
    await assert.rejects(stand.platform.publishResults(place, ref, results(1)), gone);
    await assert.rejects(stand.platform.readReactions(ref), gone);
    await stand.platform.remove(ref);
  });

  test('says that a thread is gone or locked', async () => {
    const [, thread] = await begin();
    stand.fake.setThread(thread.threadId!, { isLocked: true });
    const posting = () => stand.platform.publishResults(thread, 'perhaps', results(1));
    await assert.rejects(posting(), isRefused('PERMISSION_MISSING', /locked/));
    stand.fake.channelDelete(thread.threadId!);
    await assert.rejects(posting(), isRefused('MESSAGE_GONE', /someone deleted it/));
  });

  test('waits when Discord asks for it', async () => {
    stand.fake.rateLimitNext(post, { retryAfter: 0.05 });
    const ref = await stand.platform.publishStatus(place, 'perhaps', status());
    assert.equal(shown().length, 1);
    assert.equal(messageOf(ref).channelId, design);
  });

  test('can be tried again when Discord has an error', async () => {
    stand.fake.failNext(/^GET .*\/messages$/, { status: 503, times: 3 });
    await assert.rejects(stand.platform.publishStatus(place, 'perhaps', status()), {
      code: 'PLATFORM_FAILED',
      retryable: true,
      message: /HTTP 503.*discordstatus/,
    });
  });
});

function pickRef({ channelId, threadId }: Place) {
  return { channelId, threadId };
}

function isRefused(code: string, says: RegExp) {
  return (thrown: unknown) => {
    assert.ok(thrown instanceof AppError, String(thrown));
    assert.equal(thrown.code, code, thrown.message);
    assert.match(thrown.message, says);
    assert.match(thrown.localized['zh-CN'] ?? '', /\p{Script=Han}/u);
    return true;
  };
}

import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import type { Action, MessageRef, Place } from '#src/types/chat.ts';
import { defaultIds } from '../fakes/discord/fake-discord.ts';
import type { PermissionName } from '../fakes/discord/permissions.ts';
import type { FakeMessage } from '../fakes/discord/world-types.ts';
import { complete, place, startStand, status, type Stand } from './discord-stand.ts';

const { alice, bao, carol, design } = defaultIds;
const mebibyte = 2 ** 20;

suite('people and places of Discord', () => {
  let stand: Stand;
  const shown = (): FakeMessage[] => stand.fake.messages(design);
  const messageOf = (ref: MessageRef): FakeMessage =>
    stand.fake.world.messages.get(ref.messageId) ?? assert.fail('The message is not there.');
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
  });
  after(() => stand.stop());

  test('puts reactions in their order and none twice', async () => {
    const ref = await stand.platform.publishResults(place, null, complete);
    const half: Action[] = complete.reactions.slice(0, 2);
    await stand.platform.addReactions(ref, half);
    stand.fake.asUser(alice).react(ref.messageId, '2️⃣');
    stand.fake.requests.length = 0;
    await stand.platform.addReactions(ref, complete.reactions);
    const put = stand.fake.requests.filter(({ method }) => method === 'PUT');
    assert.deepEqual(
      put.map(({ path }) => path.split('/').at(-2)),
      ['2️⃣', '3️⃣', '4️⃣', '🗑️'],
    );
    await stand.platform.addReactions(ref, complete.reactions);
    assert.equal(stand.fake.requests.filter(({ method }) => method === 'PUT').length, 4);
  });

  test('reads the reactions of people, never its own', async () => {
    const ref = await stand.platform.publishResults(place, null, complete);
    await stand.platform.addReactions(ref, ['vote-1', 'vote-2']);
    stand.fake.asUser(alice).react(ref.messageId, '1️⃣');
    stand.fake.asUser(bao).react(ref.messageId, '1️⃣');
    stand.fake.asUser(bao).react(ref.messageId, '😀');
    assert.deepEqual(await stand.platform.readReactions(ref), [
      { action: 'vote-1', personId: alice },
      { action: 'vote-1', personId: bao },
    ]);
  });

  test('reads more reactions than fit on a page', async () => {
    const ref = await stand.platform.publishResults(place, null, complete);
    const ids = Array.from({ length: 205 }, (_, index) =>
      String(500000000000000000n + BigInt(index)),
    );
    for (const id of ids) stand.fake.world.addUser({ id, username: `voter${id}` });
    messageOf(ref).reactions.push({ emoji: { id: null, name: '1️⃣' }, userIds: ids });
    const read = await stand.platform.readReactions(ref);
    assert.deepEqual(
      read.map(({ personId }) => personId),
      ids,
    );
  });

  test('mentions one person once, whatever the text says', async () => {
    const text = `<@${bao}> 4 pictures are ready @everyone`;
    const first = await stand.platform.mention(place, alice, text, 'key-1');
    assert.deepEqual(messageOf(first).pings, [alice]);
    assert.deepEqual(await stand.platform.mention(place, alice, text, 'key-1'), first);
    const other = await stand.platform.mention(place, alice, text, 'key-2');
    assert.notEqual(other.messageId, first.messageId);
  });

  test('mentions anew under the pictures of the next request, after a restart too', async () => {
    const first = await stand.platform.mention(place, alice, 'ready', 'key-1');
    await stand.restart();
    await stand.platform.publishResults(place, null, complete);
    const second = await stand.platform.mention(place, alice, 'ready', 'key-2');
    assert.notEqual(second.messageId, first.messageId);
  });

  test('tells a person in one line that notifies nobody', async () => {
    await stand.platform.tell(place, alice, 'Only the requester may delete.');
    const [told] = shown();
    assert.equal(told?.content, `<@${alice}> Only the requester may delete.`);
    assert.deepEqual(told?.pings, []);
    assert.ok(((told?.flags ?? 0) & 4096) !== 0);
  });

  test('works in direct messages, without threads', async () => {
    const channelId = stand.fake.asUser(alice).dmChannelId;
    const direct: Place = { ...place, workspaceId: `dm:${channelId}`, channelId };
    const ref = await stand.platform.publishStatus(direct, null, status());
    assert.deepEqual(await stand.platform.openThread(direct, ref, 'x'), direct);
    const found = await stand.platform.publishResults(direct, null, complete);
    assert.notEqual(found.messageId, ref.messageId);
    await stand.platform.addReactions(found, complete.reactions);
    assert.equal(messageOf(found).reactions.length, 6);
    assert.deepEqual(await stand.platform.inspect(direct), {
      name: 'direct message',
      isAdult: false,
      missingRights: [],
      fileBytes: 10 * mebibyte,
    });
    assert.equal((await stand.platform.inspect(direct, 'zh-CN')).name, '私信');
  });

  test('inspects a place: only what stops delivery counts as missing', async () => {
    const facts = { name: '#design', isAdult: false, missingRights: [], fileBytes: 10 * mebibyte };
    assert.deepEqual(await stand.platform.inspect(place), facts);
    deny('ADD_REACTIONS', 'CREATE_PUBLIC_THREADS', 'READ_MESSAGE_HISTORY');
    await heard();
    assert.deepEqual(await stand.platform.inspect(place), facts);
    deny('ATTACH_FILES', 'SEND_MESSAGES');
    await heard();
    const { missingRights } = await stand.platform.inspect(place);
    assert.deepEqual(missingRights, ['Send Messages', 'Attach Files']);
  });

  test('inspects a thread by its channel', async () => {
    const ref = await stand.platform.publishStatus(place, null, status());
    const thread = await stand.platform.openThread(place, ref, 'a red apple');
    stand.fake.world.requireChannel(design).isNsfw = true;
    deny('SEND_MESSAGES', 'SEND_MESSAGES_IN_THREADS');
    await heard();
    const { isAdult, missingRights, name } = await stand.platform.inspect(thread);
    assert.deepEqual(
      [isAdult, missingRights, name],
      [true, ['Send Messages in Threads'], '#design'],
    );
    stand.fake.world.requireChannel(design).isNsfw = false;
  });

  test('says in its diagnosis which right is missing where, and how to grant it', async () => {
    deny('ADD_REACTIONS', 'ATTACH_FILES');
    await heard();
    const found = await stand.platform.diagnose('en');
    assert.deepEqual(
      found.map(({ name, ok }) => [name, ok]),
      [
        ['Discord login', true],
        ['clock', true],
        ['Discord events', true],
        ['Discord commands', true],
        ['Discord rights in Studio', false],
        ['Discord invite link', true],
      ],
    );
    assert.match(found[2]?.detail ?? '', /9217/);
    assert.match(found[4]?.detail ?? '', /"Attach Files" is missing in #design: nothing is drawn/);
    assert.match(found[4]?.fix ?? '', /Edit Channel, Permissions/);
    assert.match(
      found[5]?.detail ?? '',
      /permissions=309237746752&scope=bot\+applications\.commands/,
    );
    const chinese = await stand.platform.diagnose('zh-CN');
    assert.equal(chinese[4]?.name, 'Discord 服务器 Studio 的权限');
    assert.match(chinese[4]?.detail ?? '', /#design 缺少 “Attach Files”：那里不会画图/);
    assert.match(chinese[4]?.fix ?? '', /^在频道的/);
  });
});

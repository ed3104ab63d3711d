import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { AppError } from '#src/errors.ts';
import type { MessageRef } from '#src/types/chat.ts';
import type { ActionEvent } from '#src/types/platform.ts';
import { defaultIds } from '../fakes/discord/fake-discord.ts';
import { complete, place, startStand, status, type Stand } from './discord-stand.ts';

const { alice, bao, carol, design } = defaultIds;

suite('reactions and buttons of Discord', () => {
  let stand: Stand;
  let ref: MessageRef;

  before(async () => {
    stand = await startStand();
  });
  beforeEach(async () => {
    ref = await stand.platform.publishResults(place, null, {
      ...complete,
      requestId: `r${stand.fake.world.nextId()}`,
    });
    stand.inbox.actions.length = 0;
    stand.log.length = 0;
  });
  after(() => stand.stop());

  test('hands over a reaction that is put on and taken off', async () => {
    stand.fake.asUser(bao).react(ref.messageId, '2️⃣');
    stand.fake.asUser(bao).unreact(ref.messageId, '2️⃣');
    await stand.inbox.until(() => stand.inbox.actions.length === 2);
    const event = {
      id: `${ref.messageId}:${bao}:vote-2`,
      idLastsSeconds: 30,
      action: 'vote-2',
      target: { message: ref },
      place,
      source: 'reaction',
    };
    assert.deepEqual(stand.inbox.actions.map(withoutPerson), [
      { ...event, isAdded: true },
      { ...event, isAdded: false },
    ]);
    assert.equal(stand.inbox.actions[1]?.person.name, '小宝');
  });

  test('knows leads by their roles without asking', async () => {
    stand.fake.requests.length = 0;
    stand.fake.asUser(carol).react(ref.messageId, '🗑️');
    stand.fake.asUser(alice).react(ref.messageId, '🗑️');
    await stand.inbox.until(() => stand.inbox.actions.length === 2);
    const people = stand.inbox.actions.map(({ person }) => [person.name, person.isLead]);
    assert.deepEqual(people, [
      ['Carol', true],
      ['Alice', false],
    ]);
    assert.deepEqual(stand.fake.requests, []);
  });

  test('takes reactions on messages of before a restart, with the name of who took one off', async () => {
    stand.fake.asUser(alice).react(ref.messageId, '1️⃣');
    await stand.inbox.until(() => stand.inbox.actions.length === 1);
    await stand.restart();
    stand.fake.asUser(alice).unreact(ref.messageId, '1️⃣');
    stand.fake.asUser(bao).react(ref.messageId, '1️⃣');
    await stand.inbox.until(() => stand.inbox.actions.length === 2);
    const names = stand.inbox.actions.map(({ person, isAdded }) => [person.name, isAdded]);
    assert.deepEqual(names.toSorted(), [
      ['Alice', false],
      ['小宝', true],
    ]);
  });

  test('names the channel of a thread that nobody spoke of', async () => {
    const [posted, thread] = await statusAndThread();
    const inThread = await stand.platform.publishResults(thread, null, complete);
    stand.fake.setThread(posted.messageId, { isArchived: true });
    await stand.restart();
    stand.fake.world.requireChannel(posted.messageId).thread!.isArchived = false;
    stand.fake.asUser(alice).react(inThread.messageId, '🔁');
    await stand.inbox.until(() => stand.inbox.actions.length === 1);
    assert.deepEqual(stand.inbox.actions[0]?.target, { message: inThread });
    assert.deepEqual(stand.inbox.actions[0]?.place, thread);
  });

  test("ignores its own reactions, other emoji and other people's messages", async () => {
    const said = stand.fake.asUser(alice).say('hello', { channelId: design });
    await stand.platform.addReactions(ref, complete.reactions);
    stand.fake.asUser(alice).react(ref.messageId, '😀');
    stand.fake.asUser(alice).react(said, '🔁');
    stand.fake.asUser(alice).react(ref.messageId, '🔁');
    await stand.inbox.until(() => stand.inbox.actions.length > 0);
    const targets = stand.inbox.actions.map(({ action, target }) => [action, target]);
    assert.deepEqual(targets, [['reroll', { message: ref }]]);
  });

  test('takes an emoji without its variation selector', async () => {
    stand.fake.asUser(alice).react(ref.messageId, '⬆');
    stand.fake.asUser(alice).react(ref.messageId, '1\u{20e3}');
    await stand.inbox.until(() => stand.inbox.actions.length === 2);
    assert.deepEqual(
      stand.inbox.actions.map(({ action }) => action),
      ['enlarge', 'vote-1'],
    );
  });

  test('speaks the language that a person was last seen with', async () => {
    stand.fake.asUser(bao).slash('queue');
    await stand.inbox.until(() => stand.inbox.commands.length > 0);
    stand.fake.asUser(bao).react(ref.messageId, '🔁');
    await stand.inbox.until(() => stand.inbox.actions.length === 1);
    assert.equal(stand.inbox.actions[0]?.person.locale, 'zh-CN');
  });

  test('takes reactions in direct messages', async () => {
    const channelId = stand.fake.asUser(alice).dmChannelId;
    const direct = { ...place, workspaceId: `dm:${channelId}`, channelId };
    const posted = await stand.platform.publishResults(direct, null, complete);
    stand.fake.asUser(alice).react(posted.messageId, '🔁');
    await stand.inbox.until(() => stand.inbox.actions.length === 1);
    const { person, ...event } = stand.inbox.actions[0]!;
    assert.deepEqual(event.place, direct);
    assert.deepEqual(event.target, { message: posted });
    assert.deepEqual([person.name, person.isLead], ['Alice', true]);
  });

  test('hands over a button with its request and answers privately', async () => {
    stand.inbox.action = async (event) => {
      stand.inbox.actions.push(event);
      await event.reply?.({ text: 'Your vote: 1.' });
      await event.reply?.({ text: 'Thank you.' });
    };
    const posted = await stand.platform.publishStatus(place, null, status());
    const handle = stand.fake.asUser(alice).clickButton(posted.messageId, 'cancel:r1');
    await stand.fake.waitFor(() => handle.followups.length === 2);
    assert.equal(handle.answerType, 6);
    assert.deepEqual(
      handle.followups.map(({ content, ephemeralFor }) => [content, ephemeralFor]),
      [
        ['Your vote: 1.', alice],
        ['Thank you.', alice],
      ],
    );
    const { person, reply: _, ...event } = stand.inbox.actions.at(-1)!;
    assert.equal(person.name, 'Alice');
    assert.deepEqual(event, {
      id: handle.id,
      action: 'cancel',
      target: { requestId: 'r1' },
      place,
      isAdded: true,
      source: 'button',
    });
    await stand.restart();
  });

  test('tells the person when a button fails', async () => {
    stand.inbox.action = () => Promise.reject(new AppError('STORAGE_FAILED', 'no space'));
    const posted = await stand.platform.publishStatus(place, null, status());
    const handle = stand.fake.asUser(bao).clickButton(posted.messageId, 'cancel:r1');
    await stand.fake.waitFor(() => handle.followups.length === 1);
    assert.equal(handle.followups[0]?.content, '没有成功：no space');
    await stand.restart();
  });

  test('takes a button of a private answer', async () => {
    stand.inbox.onCommand(({ reply }) =>
      reply({
        text: 'steps 99 does not fit.',
        controls: [
          { id: 'use-correction:d1', action: 'use-correction', label: 'Draw', style: 'primary' },
        ],
      }),
    );
    const handle = stand.fake.asUser(alice).slash('queue', {}, { channelId: design });
    const answer = await handle.settled();
    stand.fake.asUser(alice).clickButton(answer.id, 'use-correction:d1');
    await stand.inbox.until(() => stand.inbox.actions.length === 1);
    assert.deepEqual(stand.inbox.actions[0]?.target, { requestId: 'd1' });
  });

  test('resumes after a dropped connection without a gap', async () => {
    stand.fake.dropGateway({ resumable: true });
    stand.fake.asUser(alice).react(ref.messageId, '🔁');
    await stand.inbox.until(() => stand.inbox.actions.length === 1);
    assert.equal(stand.inbox.gaps, 0);
  });

  for (const how of ['terminate', 'invalid-session'] as const) {
    test(`tells of a gap when the session is lost (${how})`, async () => {
      await stand.restart();
      stand.fake.dropGateway({ resumable: false, how });
      stand.fake.asUser(alice).react(ref.messageId, '🎲');
      await stand.inbox.until(() => stand.inbox.gaps === 1);
      stand.fake.asUser(alice).react(ref.messageId, '🔁');
      await stand.inbox.until(() => stand.inbox.actions.length === 1);
      assert.equal(stand.inbox.actions[0]?.action, 'reroll');
      assert.deepEqual(
        (await stand.platform.readReactions(ref)).map(({ action }) => action).toSorted(),
        ['reroll', 'vary'],
      );
    });
  }

  test('says loudly that it is dead when Discord hangs up for good', async () => {
    stand.fake.dropGateway({ resumable: false, how: 4004 });
    await stand.fake.waitFor(() => stand.log.some(({ level }) => level === 'error'));
    const said = stand.log.find(({ level }) => level === 'error')?.message ?? '';
    assert.match(said, /Discord hung up: .*DISCORD_TOKEN/);
    const events = (await stand.platform.diagnose('en')).find(
      ({ name }) => name === 'Discord events',
    );
    assert.equal(events?.ok, false);
    assert.match(events?.detail ?? '', /DISCORD_TOKEN/);
    await stand.restart();
  });

  async function statusAndThread() {
    const posted = await stand.platform.publishStatus(place, null, {
      ...status(),
      requestId: `t${stand.fake.world.nextId()}`,
    });
    return [posted, await stand.platform.openThread(place, posted, 'a red apple')] as const;
  }
});

function withoutPerson(event: ActionEvent): Omit<ActionEvent, 'person'> {
  const { person: _, ...rest } = event;
  return rest;
}

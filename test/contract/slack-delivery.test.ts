import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import { AppError } from '#src/errors.ts';
import { createSlackPlatform } from '#src/platforms/slack/platform.ts';
import type { Platform } from '#src/types/platform.ts';
import type { CandidateView, Place, ResultsView, StatusView } from '#src/types/chat.ts';
import { createRecordingInbox } from './slack-stand-in/recording-inbox.ts';
import { startStandIn, type StandIn } from './slack-stand-in/stand-in.ts';

const place: Place = {
  platform: 'slack',
  workspaceId: 'T0001',
  channelId: 'C0001',
  threadId: null,
};
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

function status(rest: Partial<StatusView> = {}): StatusView {
  return {
    requestId: 'r1',
    state: 'queued',
    title: 'a red apple',
    lines: ['2 people before you'],
    progress: null,
    preview: null,
    controls: [],
    ...rest,
  };
}

function candidate(number: number): CandidateView {
  return {
    number,
    seed: 40 + number,
    width: 8,
    height: 8,
    altText: `apple ${number}`,
    votes: 0,
    fileName: `${number}.png`,
    sha256: `sha${number}`,
    read: async () => Buffer.from(`picture ${number}`),
  };
}

function results(count: number, rest: Partial<ResultsView> = {}): ResultsView {
  return {
    requestId: 'r1',
    locale: 'en',
    title: 'a red apple',
    lines: ['8 steps'],
    candidates: Array.from({ length: count }, (_, index) => candidate(index + 1)),
    isComplete: false,
    controls: [],
    reactions: [],
    ...rest,
  };
}

suite('delivery to Slack', () => {
  let slack: StandIn;
  let platform: Platform;

  const begin = async () => {
    const started = createSlackPlatform({
      botToken: 'xoxb-test',
      appToken: 'xapp-test',
      signingSecret: null,
      apiUrl: slack.apiUrl,
      publicUrl: null,
      logger: quiet,
      timing: { retryMs: 5, callMs: 2000, startMs: 2000, fileMs: 150 },
    });
    await started.start(createRecordingInbox([]));
    return started;
  };
  /** The program was started again: nothing is remembered. */
  const restart = async () => {
    await platform.stop();
    platform = await begin();
  };
  const shownIn = (thread: string | null) =>
    slack.world.messages.filter((one) => (one.thread_ts ?? null) === thread);
  const pictures = (index: number) =>
    shownIn(null)[0] === undefined
      ? []
      : slack.world.messages[index]!.blocks.filter((block) => block['type'] === 'image');

  before(async () => {
    slack = await startStandIn();
  });
  beforeEach(async () => {
    slack.world.messages.length = 0;
    slack.world.files.clear();
    slack.world.infosUntilReady = 0;
    slack.uploads.clear();
    platform = await begin();
    slack.calls.length = 0;
  });
  afterEach(() => platform.stop());
  after(() => slack.stop());

  test('edits one status message from queued to done', async () => {
    const ref = await platform.publishStatus(place, null, status());
    const done = status({ state: 'done', lines: ['done in 4 s'] });
    assert.deepEqual(await platform.publishStatus(place, ref, done), ref);
    assert.equal(slack.world.messages.length, 1);
    assert.match(slack.world.messages[0]!.text, /done in 4 s/);
  });

  test('finds the status message that an attempt before it posted', async () => {
    const ref = await platform.publishStatus(place, null, status());
    await restart();
    assert.deepEqual(await platform.publishStatus(place, null, status()), ref);
    assert.equal(slack.world.messages.length, 1);
  });

  test('posts once when the answer to a post is lost', async () => {
    slack.fail('chat.postMessage', { status: 500, isDone: true });
    const ref = await platform.publishStatus(place, null, status());
    assert.deepEqual(
      slack.world.messages.map((one) => one.ts),
      [ref.messageId],
    );
    assert.equal(slack.methodsCalled('chat.postMessage').length, 1);
  });

  test('posts again when the failed post was not carried out', async () => {
    slack.fail('chat.postMessage', { error: 'internal_error' });
    const ref = await platform.publishStatus(place, null, status());
    assert.deepEqual(
      slack.world.messages.map((one) => one.ts),
      [ref.messageId],
    );
    assert.equal(slack.methodsCalled('chat.postMessage').length, 2);
  });

  test('leaves one of two messages of a request', async () => {
    await platform.publishStatus(place, null, status());
    slack.world.messages.push({ ...structuredClone(slack.world.messages[0]!), ts: '1795447552.9' });
    await platform.publishStatus(place, null, status());
    assert.equal(slack.world.messages.length, 1);
  });

  test('waits as long as Slack asks and goes on', async () => {
    slack.fail('chat.postMessage', { status: 429, retryAfter: 1 });
    await platform.publishStatus(place, null, status());
    assert.equal(slack.world.messages.length, 1);
  });

  test('says how long to wait when that is too long', async () => {
    slack.fail('chat.update', { status: 429, retryAfter: 90 });
    const ref = await platform.publishStatus(place, null, status());
    await assert.rejects(platform.publishStatus(place, ref, status()), {
      code: 'PLATFORM_FAILED',
      retryable: true,
      message: /90 s/,
    });
  });

  test('posts the pictures into the thread of the status message', async () => {
    const ref = await platform.publishStatus(place, null, status());
    const thread = await platform.openThread(place, ref, 'a red apple');
    const shown = await platform.publishResults(thread, null, results(2));
    assert.equal(shown.threadId, ref.messageId);
    assert.deepEqual(
      pictures(1).map((block) => [block['alt_text'], block['slack_file']]),
      [
        ['apple 1', { id: 'F0001' }],
        ['apple 2', { id: 'F0002' }],
      ],
    );
    assert.equal(slack.uploads.get('F0002')?.toString(), 'picture 2');
    assert.equal(slack.world.files.get('F0001')?.altText, 'apple 1');
    assert.equal(slack.world.files.get('F0001')?.isShared, false);
  });

  test('stays in the same place inside a thread and a direct message', async () => {
    const inThread = { ...place, threadId: '1.2' };
    const direct = { ...place, channelId: 'D0001' };
    const ref = { channelId: 'C0001', messageId: '1.3', threadId: null };
    assert.deepEqual(await platform.openThread(inThread, ref, ''), inThread);
    assert.deepEqual(await platform.openThread(direct, ref, ''), direct);
  });

  test('uploads each picture once while the message grows', async () => {
    const thread = { ...place, threadId: '1.2' };
    const ref = await platform.publishResults(thread, null, results(1));
    await platform.publishResults(thread, ref, results(3));
    await platform.publishResults(thread, ref, results(4, { isComplete: true }));
    assert.equal(slack.uploads.size, 4);
    assert.equal(pictures(0).length, 0);
    assert.equal(shownIn('1.2').length, 1);
  });

  test('uploads nothing again after a restart', async () => {
    const thread = { ...place, threadId: '1.2' };
    const ref = await platform.publishResults(thread, null, results(2));
    await restart();
    await platform.publishResults(thread, ref, results(3));
    await restart();
    await platform.publishResults(thread, null, results(3, { lines: ['2 votes'] }));
    assert.equal(slack.uploads.size, 3);
    assert.equal(slack.world.messages.length, 1);
    assert.match(slack.world.messages[0]!.text, /2 votes/);
  });

  test('waits for a picture that Slack is still reading', async () => {
    slack.world.infosUntilReady = 2;
    await platform.publishResults(place, null, results(1));
    assert.equal(slack.methodsCalled('files.info').length, 3);
    assert.equal(pictures(0).length, 1);
  });

  test('shares pictures as files when Slack goes on refusing them in a message', async () => {
    slack.world.infosUntilReady = 1000;
    const thread = { ...place, threadId: '1.2' };
    const ref = await platform.publishResults(thread, null, results(1));
    assert.equal(slack.world.messages.length, 1);
    assert.match(slack.world.messages[0]!.text, /a red apple/);
    assert.deepEqual(
      [...slack.world.files.values()].map((file) => file.isShared),
      [true],
    );
    await restart();
    await platform.publishResults(thread, ref, results(1));
    assert.equal(slack.uploads.size, 2);
  });

  test('tries an upload again and says which picture failed', async () => {
    slack.fail('upload', { status: 500 });
    await platform.publishResults(place, null, results(1));
    assert.equal(slack.uploads.size, 1);
    slack.fail('upload', { status: 500 }, 3);
    await assert.rejects(platform.publishResults(place, null, results(2)), {
      code: 'PLATFORM_FAILED',
      retryable: true,
      message: /2\.png \(HTTP 500\)/,
    });
  });

  test('adds reactions in order and leaves those that are there', async () => {
    const ref = await platform.publishStatus(place, null, status());
    slack.world.messages[0]!.reactions.push({ name: 'repeat', users: ['U0BOT'] });
    await platform.addReactions(ref, ['reroll', 'vote-1', 'vote-2', 'enlarge']);
    assert.deepEqual(
      slack.world.messages[0]!.reactions.map((reaction) => reaction.name),
      ['repeat', 'one', 'two', 'arrow_up'],
    );
  });

  test('reads the reactions of people and none of its own', async () => {
    const ref = await platform.publishStatus(place, null, status());
    slack.world.messages[0]!.reactions.push(
      { name: 'one', users: ['U0BOT', 'U0001'] },
      { name: 'tada', users: ['U0002'] },
    );
    assert.deepEqual(await platform.readReactions(ref), [{ action: 'vote-1', personId: 'U0001' }]);
  });

  test('mentions a person once per key', async () => {
    const first = await platform.mention(place, 'U0001', 'done & shown', 'r1');
    await restart();
    assert.deepEqual(await platform.mention(place, 'U0001', 'done & shown', 'r1'), first);
    assert.deepEqual(
      slack.world.messages.map((one) => one.text),
      ['<@U0001> done &amp; shown'],
    );
  });

  test('tells one person privately, in a direct message where it is not a member', async () => {
    await platform.tell(place, 'U0001', 'only a lead may do that');
    assert.equal(slack.methodsCalled('chat.postEphemeral')[0]?.['user'], 'U0001');
    await platform.tell({ ...place, channelId: 'C0007' }, 'U0001', 'hello');
    assert.equal(slack.world.messages[0]?.channel, 'D0001');
  });

  test('removes a message with its pictures, and again without complaint', async () => {
    const ref = await platform.publishResults(place, null, results(2));
    await platform.remove(ref);
    await platform.remove(ref);
    assert.equal(slack.world.messages.length, 0);
    assert.equal(slack.world.files.size, 0);
  });

  test('says that a message is gone', async () => {
    const ref = { channelId: 'C0001', messageId: '1.1', threadId: null };
    for (const work of [
      platform.publishStatus(place, ref, status()),
      platform.addReactions(ref, ['reroll']),
      platform.readReactions(ref),
    ]) {
      await assert.rejects(work, { code: 'MESSAGE_GONE' });
    }
  });

  test('names the missing right and what to do about it', async () => {
    const cases = [
      {
        failure: { error: 'missing_scope', needed: 'chat:write' },
        says: /"chat:write".*Reinstall/,
      },
      { failure: { error: 'not_in_channel' }, says: /not in the channel C0001.*\/invite @Quartet/ },
      { failure: { error: 'channel_not_found' }, says: /private.*\/invite @Quartet/ },
      { failure: { error: 'is_archived' }, says: /archived/ },
    ];
    for (const { failure, says } of cases) {
      slack.fail('chat.postMessage', failure);
      await assert.rejects(platform.publishStatus(place, null, status()), (thrown) => {
        assert.ok(thrown instanceof AppError);
        assert.equal(thrown.code, 'PERMISSION_MISSING');
        assert.match(thrown.message, says);
        return true;
      });
    }
  });

  test('says what a place lacks', async () => {
    assert.deepEqual((await platform.inspect(place)).missingRights, []);
    assert.equal((await platform.inspect(place)).name, '#general');
    const lacks = async (channelId: string) =>
      (await platform.inspect({ ...place, channelId })).missingRights.join();
    assert.match(await lacks('C0007'), /membership in #general \(type "\/invite @quartet" there\)/);
    assert.match(await lacks('C0009'), /membership in C0009/);
    assert.match(await lacks('C0008'), /#general is archived/);
    assert.equal(await lacks('D0001'), '');
  });

  test('diagnoses a token without a scope', async () => {
    const well = await platform.diagnose('en');
    assert.deepEqual(
      well.map(({ name, ok }) => [name, ok]),
      [
        ['Slack bot token', true],
        ['Slack scopes', true],
        ['clock', true],
        ['Slack events (Socket Mode)', true],
      ],
    );
    const all = slack.world.scopes;
    slack.world.scopes = all.filter((scope) => scope !== 'reactions:read');
    const found = (await platform.diagnose('en')).find((one) => !one.ok);
    const chinese = (await platform.diagnose('zh-CN')).find((one) => !one.ok);
    slack.world.scopes = all;
    assert.deepEqual([chinese?.name, chinese?.detail], ['Slack 权限范围', '缺少：reactions:read']);
    assert.match(found?.detail ?? '', /reactions:read/);
    assert.match(found?.fix ?? '', /Reinstall/);
  });

  test('declares forty edits a minute for a whole workspace', () => {
    assert.equal(platform.editBudget.key({ ...place, channelId: 'C0002' }), 'T0001');
    assert.equal(platform.editBudget.perMinute, 40);
  });
});

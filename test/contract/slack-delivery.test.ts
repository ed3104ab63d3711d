import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { botScopes } from '#src/platforms/slack/scopes.ts';
import type { MessageRef, Place } from '#src/types/chat.ts';
import { slackIds, type FakeSlack } from '../fakes/slack/fake-slack.ts';
import type { FakeFile, FakeMessage } from '../fakes/slack/world.ts';
import {
  general,
  refused,
  resultsView,
  startStand,
  statusView,
  type Stand,
} from './slack-stand.ts';

const { alice, bao, carol, design, random, studio } = slackIds;

suite('delivery to Slack', () => {
  let stand: Stand;
  let slack: FakeSlack;

  beforeEach(async () => {
    stand = await startStand({ fileReadyMs: 0 });
    slack = stand.fake;
    slack.calls.length = 0;
  });
  afterEach(() => stand.stop());

  const platform = () => stand.platform;
  const shown = (threadTs: string | null = null) => slack.messages(general.channelId, threadTs);
  const first = () => shown()[0] as FakeMessage;
  const pictures = (message: FakeMessage) => message.blocks.filter(({ type }) => type === 'image');
  const files = () => [...slack.world.files.values()];
  const contentOf = ({ bytes }: FakeFile) => bytes?.toString();
  /** Something that a person said, and the place under it. */
  const threadOfPerson = (): Place => {
    const root = slack.asUser(alice).say('apples?', { channel: general.channelId });
    return { ...general, threadId: root.ts };
  };

  test('posts without looking for an earlier attempt where there was none', async () => {
    await platform().publishStatus(general, 'not yet', statusView());
    await platform().publishResults(threadOfPerson(), 'not yet', resultsView(1));
    await platform().mention(general, { personId: alice, text: 'ready', key: 'r1' }, 'not yet');
    assert.equal(slack.methodsCalled('chat.postMessage').length, 3);
    for (const method of ['conversations.history', 'conversations.replies'])
      assert.equal(slack.methodsCalled(method).length, 0);
  });

  test('edits one status message from queued to done', async () => {
    const ref = await platform().publishStatus(general, 'not yet', statusView());
    const done = statusView({ state: 'done', lines: ['done in 4 s'] });
    assert.deepEqual(await platform().publishStatus(general, ref, done), ref);
    assert.equal(shown().length, 1);
    assert.match(first().text, /done in 4 s/);
    assert.match(JSON.stringify(first().blocks), /done in 4 s/);
  });

  test('finds the status message that an attempt before it posted', async () => {
    const ref = await platform().publishStatus(general, 'perhaps', statusView());
    await stand.restart();
    assert.deepEqual(await platform().publishStatus(general, 'perhaps', statusView()), ref);
    assert.equal(shown().length, 1);
  });

  for (const lost of [{ status: 500 }, { drop: true }]) {
    test(`posts once when the answer to a post is lost (${JSON.stringify(lost)})`, async () => {
      slack.failNext('chat.postMessage', { ...lost, afterProcessing: true });
      const ref = await platform().publishStatus(general, 'perhaps', statusView());
      assert.deepEqual(
        shown().map((one) => one.ts),
        [ref.messageId],
      );
      assert.equal(slack.methodsCalled('chat.postMessage').length, 1);
    });
  }

  test('posts again when the failed post was not carried out', async () => {
    slack.failNext('chat.postMessage', { error: 'internal_error' });
    const ref = await platform().publishStatus(general, 'perhaps', statusView());
    assert.deepEqual(
      shown().map((one) => one.ts),
      [ref.messageId],
    );
    assert.equal(slack.methodsCalled('chat.postMessage').length, 2);
  });

  test('can be tried again when Slack has an error for longer', async () => {
    slack.failNext('chat.postMessage', { status: 503, times: 3 });
    await refused(platform().publishStatus(general, 'perhaps', statusView()), {
      code: 'PLATFORM_FAILED',
      retryable: true,
      en: /did not answer chat\.postMessage \(HTTP 503\).*tried again/,
      zh: /没有响应.*自动重试/,
    });
  });

  test('leaves one of two messages of a request', async () => {
    await platform().publishStatus(general, 'perhaps', statusView());
    slack.world.post({ ...structuredClone(first()), ts: slack.world.nextTs() });
    await platform().publishStatus(general, 'perhaps', statusView());
    assert.equal(shown().length, 1);
  });

  test('waits as long as Slack asks and goes on', async () => {
    slack.rateLimitNext('chat.postMessage', 1);
    await platform().publishStatus(general, 'perhaps', statusView());
    assert.equal(shown().length, 1);
  });

  test('says how long to wait when that is too long', async () => {
    slack.rateLimitNext('chat.update', 90);
    const ref = await platform().publishStatus(general, 'perhaps', statusView());
    await refused(platform().publishStatus(general, ref, statusView()), {
      code: 'PLATFORM_FAILED',
      retryable: true,
      en: /90 s/,
      zh: /90 秒/,
    });
  });

  test('lets one call wait without holding up the others', async () => {
    const ref = await platform().publishStatus(general, 'perhaps', statusView());
    slack.rateLimitNext('chat.update', 1);
    const edited = platform().publishStatus(general, ref, statusView({ lines: ['step 2'] }));
    await slack.waitFor(() => slack.methodsCalled('chat.update').length === 1);
    await platform().publishResults(general, 'perhaps', resultsView(1));
    assert.doesNotMatch(first().text, /step 2/);
    await edited;
    assert.match(first().text, /step 2/);
  });

  test('posts the pictures into the thread of the status message', async () => {
    const ref = await platform().publishStatus(general, 'perhaps', statusView());
    const thread = await platform().openThread(general, ref, 'a red apple');
    const results = await platform().publishResults(thread, 'perhaps', resultsView(2));
    assert.equal(results.threadId, ref.messageId);
    const [posted] = shown(ref.messageId);
    assert.deepEqual(
      pictures(posted as FakeMessage).map((block) => [block['alt_text'], block['slack_file']]),
      files().map(({ id }, index) => [`apple ${index + 1}`, { id }]),
    );
    assert.deepEqual(files().map(contentOf), ['picture 1', 'picture 2']);
    assert.equal(files()[0]?.altText, 'apple 1');
    assert.deepEqual(files()[0]?.sharedIn, []);
  });

  test('stays in the same place inside a thread and a direct message', async () => {
    const inThread = { ...general, threadId: '1.2' };
    const direct = { ...general, channelId: slack.asUser(alice).dmChannelId };
    const ref = { channelId: general.channelId, messageId: '1.3', threadId: null };
    assert.deepEqual(await platform().openThread(inThread, ref, ''), inThread);
    assert.deepEqual(await platform().openThread(direct, ref, ''), direct);
  });

  test('uploads each picture once while the message grows', async () => {
    const thread = threadOfPerson();
    const ref = await platform().publishResults(thread, 'perhaps', resultsView(1));
    await platform().publishResults(thread, ref, resultsView(3));
    await platform().publishResults(thread, ref, resultsView(4, { isComplete: true }));
    assert.equal(files().length, 4);
    assert.equal(pictures(first()).length, 0);
    assert.equal(shown(thread.threadId).length, 1);
    assert.equal(pictures(shown(thread.threadId)[0] as FakeMessage).length, 4);
  });

  test('uploads nothing again after a restart', async () => {
    const thread = threadOfPerson();
    const ref = await platform().publishResults(thread, 'perhaps', resultsView(2));
    await stand.restart();
    await platform().publishResults(thread, ref, resultsView(3));
    await stand.restart();
    await platform().publishResults(thread, 'perhaps', resultsView(3, { lines: ['2 votes'] }));
    assert.equal(files().length, 3);
    assert.equal(shown(thread.threadId).length, 1);
    assert.match(shown(thread.threadId)[0]?.text ?? '', /2 votes/);
  });

  test('waits for a picture that Slack is still reading', async () => {
    slack.world.fileReadyMs = 1e9;
    const posted = platform().publishResults(general, 'perhaps', resultsView(1));
    await slack.waitFor(() => slack.methodsCalled('files.info').length === 2);
    const [file] = files();
    assert.ok(file);
    file.readyAtMs = 0;
    await posted;
    assert.equal(pictures(first()).length, 1);
    assert.equal(slack.methodsCalled('chat.postMessage').length, 1);
  });

  test('shares pictures as files when Slack goes on refusing them in a message', async () => {
    slack.world.fileReadyMs = 1e9;
    const thread = threadOfPerson();
    const ref = await platform().publishResults(thread, 'perhaps', resultsView(1));
    const own = shown(thread.threadId).filter(({ text }) => text.includes('a red apple'));
    assert.equal(own.length, 1);
    assert.deepEqual(pictures(own[0] as FakeMessage), []);
    assert.equal(shown(thread.threadId).length, 2);
    assert.deepEqual(
      files().map(({ sharedIn }) => sharedIn),
      [[general.channelId]],
    );
    await stand.restart();
    slack.calls.length = 0;
    await platform().publishResults(thread, ref, resultsView(1));
    assert.equal(slack.methodsCalled('files.getUploadURLExternal').length, 0);
    assert.equal(files().length, 1);
  });

  for (const failure of [{ status: 500 }, { drop: true }]) {
    test(`tries an upload again and says which picture failed (${JSON.stringify(failure)})`, async () => {
      slack.failNext('upload', failure);
      await platform().publishResults(general, 'perhaps', resultsView(1));
      assert.deepEqual(
        files().flatMap((file) => contentOf(file) ?? []),
        ['picture 1'],
      );
      slack.failNext('upload', { ...failure, times: 3 });
      const again = platform().publishResults(general, 'perhaps', resultsView(2));
      await refused(again, {
        code: 'PLATFORM_FAILED',
        retryable: true,
        en: /did not take the picture 2\.png \(.+\)/,
        zh: /2\.png/,
      });
    });
  }

  for (const lost of [
    { status: 503 },
    { status: 503, afterProcessing: true },
    { drop: true, afterProcessing: true },
  ]) {
    test(`completes an upload once when the answer is lost (${JSON.stringify(lost)})`, async () => {
      slack.failNext('files.completeUploadExternal', lost);
      await platform().publishResults(general, 'perhaps', resultsView(1));
      assert.equal(pictures(first()).length, 1);
      assert.equal(files().length, 1);
    });
  }

  test('shares a file once when the answer is lost', async () => {
    slack.world.fileReadyMs = 1e9;
    const posted = platform().publishResults(threadOfPerson(), 'perhaps', resultsView(1));
    await slack.waitFor(() => slack.methodsCalled('files.completeUploadExternal').length === 1);
    const lost = { status: 503, afterProcessing: true };
    slack.failNext('files.completeUploadExternal', lost);
    await posted;
    const shared = slack.world.messages.filter((message) => pictures(message).length > 0);
    assert.equal(shared.length, 1);
  });

  test('adds reactions in order and leaves those that are there', async () => {
    const ref = await platform().publishStatus(general, 'perhaps', statusView());
    await platform().addReactions(ref, ['reroll']);
    await platform().addReactions(ref, ['reroll', 'vote-1', 'vote-2', 'enlarge']);
    assert.deepEqual(
      first().reactions.map(({ name }) => name),
      ['repeat', 'one', 'two', 'arrow_up'],
    );
  });

  test('stops adding reactions where people left no room for them', async () => {
    const ref = await platform().publishStatus(general, 'perhaps', statusView());
    for (let n = 0; n < 22; n += 1) slack.asUser(alice).react(first(), `emoji_${n}`);
    await platform().addReactions(ref, ['reroll', 'vote-1', 'vote-2']);
    assert.equal(first().reactions.length, 23);
  });

  test('reads the reactions of people and none of its own', async () => {
    const ref = await platform().publishStatus(general, 'perhaps', statusView());
    await platform().addReactions(ref, ['vote-1']);
    slack.asUser(alice).react(first(), 'one');
    slack.asUser(bao).react(first(), 'tada');
    assert.deepEqual(await platform().readReactions(ref), [{ action: 'vote-1', personId: alice }]);
  });

  test('mentions a person once per key', async () => {
    const ref = await platform().mention(
      general,
      { personId: alice, text: 'done & shown', key: 'r1' },
      'perhaps',
    );
    await stand.restart();
    assert.deepEqual(
      await platform().mention(
        general,
        { personId: alice, text: 'done & shown', key: 'r1' },
        'perhaps',
      ),
      ref,
    );
    assert.deepEqual(
      shown().map(({ text }) => text),
      [`<@${alice}> done &amp; shown`],
    );
  });

  test('tells one person privately, in a direct message where it is not a member', async () => {
    await platform().tell(general, alice, 'only a lead may do that');
    assert.equal(slack.asUser(alice).ephemerals().at(-1)?.text, 'only a lead may do that');
    await platform().tell({ ...general, channelId: random }, alice, 'hello');
    assert.equal(slack.messages(slack.asUser(alice).dmChannelId)[0]?.text, 'hello');
  });

  test('removes a message with its pictures, and again without complaint', async () => {
    const ref = await platform().publishResults(general, 'perhaps', resultsView(2));
    await platform().remove(ref);
    await platform().remove(ref);
    assert.equal(shown().length, 0);
    assert.equal(files().length, 0);
  });

  test('says that a message is gone', async () => {
    const ref: MessageRef = { channelId: general.channelId, messageId: '1.1', threadId: null };
    for (const work of [
      () => platform().publishStatus(general, ref, statusView()),
      () => platform().addReactions(ref, ['reroll']),
      () => platform().readReactions(ref),
      () => platform().publishResults({ ...general, threadId: '1.1' }, 'perhaps', resultsView(1)),
    ]) {
      await refused(work(), {
        code: 'MESSAGE_GONE',
        en: /no longer there/,
        zh: /已经不在了/,
      });
    }
  });

  const places: [string, Place, RegExp, RegExp, () => void][] = [
    ['not a member', { ...general, channelId: random }, /not in the channel C0004.*\/invite @Quartet/, /不在.*\/invite/, () => {}],
    ['private', { ...general, channelId: 'C0009' }, /cannot see.*private.*\/invite @Quartet/, /私有/, () => {}],
    ['archived', { ...general, channelId: design }, /archived.*Unarchive/, /已归档/, () => {
      slack.world.requireChannel(design).isArchived = true;
    }],
  ]; // prettier-ignore
  for (const [what, place, says, inChinese, arrange] of places) {
    test(`says why nothing can be posted: ${what}`, async () => {
      arrange();
      await refused(platform().publishStatus(place, 'perhaps', statusView()), {
        code: 'PERMISSION_MISSING',
        en: says,
        zh: inChinese,
      });
    });
  }

  const needs: [string, (ref: MessageRef) => Promise<unknown>][] = [
    ['chat:write', () => platform().publishStatus(general, 'perhaps', statusView())],
    ['files:write', () => platform().publishResults(general, 'perhaps', resultsView(1))],
    ['files:read', () => platform().publishResults(general, 'perhaps', resultsView(1))],
    ['reactions:write', (ref) => platform().addReactions(ref, ['reroll'])],
    ['reactions:read', (ref) => platform().readReactions(ref)],
    ['channels:history', () => platform().publishStatus(general, 'perhaps', statusView())],
    ['groups:history', () => platform().publishStatus({ ...general, channelId: studio }, 'perhaps', statusView())],
    ['channels:read', () => platform().inspect(general)],
    ['groups:read', () => platform().inspect({ ...general, channelId: studio })],
    ['im:write', () => platform().tell({ ...general, channelId: random }, alice, 'hello')],
  ]; // prettier-ignore
  for (const [scope, work] of needs) {
    test(`names the missing scope ${scope} and what to do about it`, async () => {
      const ref = await platform().publishStatus(
        general,
        'perhaps',
        statusView({ requestId: 'r0' }),
      );
      slack.setScopes(Object.keys(botScopes).filter((one) => one !== scope));
      await refused(work(ref), {
        code: 'PERMISSION_MISSING',
        en: new RegExp(`scope "${scope}" is missing.*Reinstall`),
        zh: new RegExp(`“${scope}”.*Reinstall`),
      });
    });
  }

  test('says what a place lacks', async () => {
    const lacks = async (channelId: string) =>
      (await platform().inspect({ ...general, channelId })).missingRights.join();
    assert.deepEqual((await platform().inspect(general)).missingRights, []);
    assert.equal((await platform().inspect(general)).name, '#general');
    assert.match(await lacks(random), /membership in #random \(type "\/invite @quartet" there\)/);
    assert.match(await lacks('C0009'), /membership in C0009/);
    slack.world.requireChannel(design).isArchived = true;
    assert.match(await lacks(design), /#design is archived/);
    assert.equal(await lacks(slack.asUser(carol).dmChannelId), '');
  });

  test('diagnoses a token without a scope', async () => {
    const well = await platform().diagnose('en');
    assert.deepEqual(
      well.map(({ name, ok }) => [name, ok]),
      [
        ['Slack bot token', true],
        ['Slack scopes', true],
        ['clock', true],
        ['Slack events (Socket Mode)', true],
      ],
    );
    slack.setScopes(Object.keys(botScopes).filter((scope) => scope !== 'reactions:read'));
    const found = (await platform().diagnose('en')).find((one) => !one.ok);
    const chinese = (await platform().diagnose('zh-CN')).find((one) => !one.ok);
    assert.deepEqual([chinese?.name, chinese?.detail], ['Slack 权限范围', '缺少：reactions:read']);
    assert.match(found?.detail ?? '', /reactions:read/);
    assert.match(found?.fix ?? '', /Reinstall/);
  });

  test('declares forty edits a minute for a whole workspace', () => {
    assert.equal(platform().editBudget.key({ ...general, channelId: design }), 'T0001');
    assert.equal(platform().editBudget.perMinute, 40);
  });
});

import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { AppError } from '#src/errors.ts';
import { createSlackPlatform } from '#src/platforms/slack/platform.ts';
import { slackIds, startFakeSlack, type FakeSlack } from '../fakes/slack/fake-slack.ts';
import { toText, type Json } from '../fakes/slack/json.ts';
import { eventPayload, submissionPayload } from '../fakes/slack/payloads.ts';
import type { FakeMessage, FakeView } from '../fakes/slack/world.ts';
import { createRecordingInbox, type RecordingInbox } from '../helpers/recording-inbox.ts';
import {
  commands,
  createPlatform,
  general,
  startStand,
  statusView,
  timing,
} from './slack-stand.ts';
import type { Stand } from './slack-stand.ts';

const { alice, bao, carol } = slackIds;
const channel = general.channelId;

suite('events of Slack over a socket', () => {
  let stand: Stand;
  let slack: FakeSlack;
  let inbox: RecordingInbox;

  beforeEach(async () => {
    stand = await startStand({ fileReadyMs: 0, redeliverMs: 20 });
    ({ fake: slack, inbox } = stand);
    slack.calls.length = 0;
  });
  afterEach(() => stand.stop());

  const answers = () => slack.methodsCalled('response_url');
  const imagine = (text: string, personId: string = alice) =>
    slack.asUser(personId).slash('/imagine', text, { channel });
  const form = (personId: string = alice): Promise<FakeView> =>
    slack.waitFor(() => slack.asUser(personId).views()[0]);
  const event = (fields: Json): Promise<Json | null> =>
    slack.deliver('events_api', eventPayload(fields));

  /** Everything that was delivered before is handled: a command goes the whole way behind it. */
  async function settle(): Promise<void> {
    const before = answers().length;
    await slack.asUser(carol).slash('/quartet', 'no-such-command', { channel });
    await slack.waitFor(() => answers().length > before);
  }

  /** A message of ours with a button, in the thread of another. */
  async function messageInThread(): Promise<FakeMessage> {
    const root = slack.asUser(alice).say('apples?', { channel });
    const control = {
      id: 'cancel:r1',
      action: 'cancel',
      label: 'Cancel',
      style: 'danger',
    } as const;
    const place = { ...general, threadId: root.ts };
    await stand.platform.publishStatus(place, null, statusView({ controls: [control] }));
    return slack.messages(channel, root.ts)[0] as FakeMessage;
  }

  test('acknowledges a command without waiting for it', async () => {
    inbox.onCommand(() => new Promise(() => undefined));
    assert.deepEqual(await imagine('a cat'), {});
  });

  test('hands over the line of a command with person and place', async () => {
    await imagine('a &lt;cat&gt; —steps 4', carol);
    await inbox.until(() => inbox.commands.length === 1);
    const { reply: _, id, ...rest } = inbox.commands[0]!;
    assert.ok(slack.world.triggers.has(id));
    assert.deepEqual(rest, {
      command: 'imagine',
      values: 'a <cat> —steps 4',
      person: { id: carol, name: 'Carol', locale: 'en', isLead: true },
      place: general,
    });
  });

  test('hands over other commands by their word and the language of the person', async () => {
    await slack.asUser(bao).slash('/quartet', '队列 all', { channel });
    await inbox.until(() => inbox.commands.length === 1);
    const [invocation] = inbox.commands;
    assert.equal(invocation?.command, 'queue');
    assert.equal(invocation?.values, 'all');
    assert.equal(invocation?.person.locale, 'zh-CN');
  });

  test('answers privately through the command, and in the channel when that is used up', async () => {
    const done = Promise.withResolvers<void>();
    inbox.onCommand(async ({ reply }) => {
      for (let count = 1; count <= 6; count += 1) await reply({ text: `answer ${count}` });
      done.resolve();
    });
    await imagine('a cat');
    await done.promise;
    assert.equal(answers().length, 5);
    assert.equal(answers()[0]?.['response_type'], 'ephemeral');
    const [ephemeral] = slack.methodsCalled('chat.postEphemeral');
    assert.equal(ephemeral?.['text'], 'answer 6');
    assert.equal(ephemeral?.['user'], alice);
    assert.equal(slack.asUser(alice).ephemerals().length, 6);
  });

  for (const gone of [{ status: 500 }, { drop: true }, { status: 404 }]) {
    test(`answers in the channel when the command cannot be answered (${JSON.stringify(gone)})`, async () => {
      slack.failNext('response_url', gone);
      inbox.onCommand(({ reply }) => reply({ text: 'queued' }));
      await imagine('a cat');
      await slack.waitFor(() => slack.asUser(alice).ephemerals().at(-1)?.text === 'queued');
      assert.equal(slack.methodsCalled('chat.postEphemeral').length, 1);
    });
  }

  test('answers a command although its bot token no longer works', async () => {
    slack.setTokenFault('token_revoked');
    inbox.onCommand(async ({ place }) => {
      await stand.platform.publishStatus(place, null, statusView());
    });
    await imagine('a cat');
    const answer = await slack.waitFor(() => slack.asUser(alice).ephemerals().at(-1)?.text);
    assert.match(answer, /the token was revoked \(token_revoked\).*restart/);
  });

  test('tells the person what went wrong with a command, in their language', async () => {
    const failure = new AppError('STORAGE_FAILED', 'the database is full', {
      localized: { 'zh-CN': '数据库已满' },
    });
    inbox.onCommand(() => Promise.reject(failure));
    await imagine('a cat');
    await slack.waitFor(() => answers().length === 1);
    assert.match(toText(answers()[0]?.['text']), /That did not work: the database is full/);
    await imagine('一只猫', bao);
    await slack.waitFor(() => answers().length === 2);
    assert.equal(answers()[1]?.['text'], '没有成功：数据库已满');
  });

  test('opens the form for an empty command and takes its fields', async () => {
    await imagine('');
    const opened = await form();
    assert.deepEqual(
      await slack.asUser(alice).submit(opened.id, { prompt: 'a cat', steps: '4' }),
      {},
    );
    const [invocation] = inbox.commands;
    assert.deepEqual(invocation?.values, { prompt: 'a cat', steps: '4' });
    assert.equal(invocation?.place.channelId, channel);
    await invocation?.reply({ text: 'queued' });
    assert.equal(answers()[0]?.['text'], 'queued');
  });

  test('says how to ask when the form comes too late', async () => {
    slack.failNext('views.open', { error: 'expired_trigger_id' });
    await imagine('');
    await slack.waitFor(() => answers().length === 1);
    assert.match(toText(answers()[0]?.['text']), /What should I draw\? Write it after/);
  });

  test('shows the form in the language of the person', async () => {
    await imagine('', bao);
    await slack.waitFor(() => slack.methodsCalled('views.update').length === 1);
    assert.match(JSON.stringify(slack.methodsCalled('views.update')[0]), /新图片/);
  });

  test('shows what is wrong inside the form', async () => {
    const opened: FakeView = {
      id: 'V1',
      userId: alice,
      view: {
        type: 'modal',
        callback_id: 'quartet_form',
        private_metadata: JSON.stringify({ command: 'imagine', channelId: channel }),
      },
    };
    // A client checks numbers by itself; this one does not.
    const submit = (values: Record<string, string>) =>
      slack.deliver(
        'interactive',
        submissionPayload(
          slack.world.requireUser(alice),
          opened,
          Object.fromEntries(
            Object.entries(values).map(([name, value]) => [name, { field: { value } }]),
          ),
          slack.world.openTrigger(alice),
        ),
      );
    assert.deepEqual(await submit({ prompt: 'a cat', steps: '99' }), {
      response_action: 'errors',
      errors: { steps: '99 does not fit: use 1 to 20. Nearest: 20.' },
    });
    assert.equal(inbox.commands.length, 0);
    const fault = {
      field: 'size',
      value: '7x7',
      allowed: 'from 512',
      nearest: null,
      message: 'size 7x7 does not fit.',
    };
    inbox.onCommand(() =>
      Promise.reject(new AppError('INVALID_REQUEST', fault.message, { faults: [fault] })),
    );
    assert.deepEqual(await submit({ prompt: 'a cat' }), {
      response_action: 'errors',
      errors: { size: 'size 7x7 does not fit.' },
    });
  });

  test('closes a form in time although its command takes long', async () => {
    inbox.onCommand(() => new Promise(() => undefined));
    await imagine('');
    const opened = await form();
    assert.deepEqual(await slack.asUser(alice).submit(opened.id, { prompt: 'a cat' }), {});
    assert.deepEqual(slack.asUser(alice).views(), []);
  });

  test('offers suggestions and what was typed', async () => {
    await imagine('');
    const opened = await form();
    assert.deepEqual(await slack.asUser(alice).suggestions(opened.id, 'size', '640x640'), [
      '640x640',
      '512x512',
    ]);
  });

  test('takes a mention in a thread as a request there', async () => {
    const root = slack.asUser(alice).say('what about apples?', { channel });
    const mention = slack.asUser(alice).mention('a red apple', { channel, threadTs: root.ts });
    // The same message once more, as another event.
    const { user, text, ts } = mention;
    await event({ type: 'app_mention', user, text, ts, thread_ts: root.ts, channel });
    await inbox.until(() => inbox.commands.length > 0);
    await settle();
    assert.equal(inbox.commands.length, 1);
    assert.equal(inbox.commands[0]?.values, 'a red apple');
    assert.equal(inbox.commands[0]?.place.threadId, root.ts);
  });

  test('offers the form to an empty mention, whose button opens it in the thread', async () => {
    const root = slack.asUser(alice).say('what about apples?', { channel });
    slack.asUser(alice).mention('', { channel, threadTs: root.ts });
    const offer = await slack.waitFor(() => slack.asUser(alice).ephemerals()[0]);
    await slack.asUser(alice).click(offer, 'open_form');
    const opened = await form();
    assert.ok(toText(opened.view['private_metadata']).includes(`"threadId":"${root.ts}"`));
  });

  test('takes a direct message as a request and ignores other bots', async () => {
    const { dmChannelId } = slack.asUser(alice);
    const message = { type: 'message', channel_type: 'im', channel: dmChannelId, text: 'a cat' };
    await event({ ...message, user: 'U0005', bot_id: 'B9', ts: '1795447552.000500' });
    slack.asUser(alice).say('a cat', { channel: dmChannelId });
    await inbox.until(() => inbox.commands.length > 0);
    await settle();
    assert.deepEqual(
      inbox.commands.map((one) => one.person.id),
      [alice],
    );
  });

  test('takes the text of a message by shortcut', async () => {
    const said = slack.asUser(bao).say('a cat &amp; a dog', { channel });
    await slack.asUser(alice).messageShortcut('imagine_this', said);
    await inbox.until(() => inbox.commands.length === 1);
    assert.equal(inbox.commands[0]?.quoted, 'a cat & a dog');
    assert.equal(inbox.commands[0]?.place.channelId, channel);
  });

  test('opens a form that asks for a channel by global shortcut', async () => {
    await slack.asUser(alice).globalShortcut('imagine_form');
    assert.match(JSON.stringify((await form()).view), /conversations_select/);
  });

  test('hands over reactions both ways and each event once', async () => {
    const message = await messageInThread();
    slack.asUser(alice).react(message, 'keycap_1');
    await slack.resendLastEvent();
    slack.asUser(alice).react(message, 'one::skin-tone-3');
    slack.asUser(alice).unreact(message, 'one::skin-tone-3');
    await inbox.until(() => inbox.actions.length === 3);
    await settle();
    assert.deepEqual(
      inbox.actions.map(({ action, isAdded, target }) => ({ action, isAdded, target })),
      [true, true, false].map((isAdded) => ({
        action: 'vote-1',
        isAdded,
        target: { message: { channelId: channel, messageId: message.ts, threadId: null } },
      })),
    );
  });

  test('takes an event once that Slack sends again because its acknowledgement was lost', async () => {
    const message = await messageInThread();
    slack.loseAcknowledgements(2);
    slack.asUser(alice).react(message, 'repeat');
    await slack.waitFor(() => slack.redeliveries === 2);
    await settle();
    assert.equal(inbox.actions.length, 1);
  });

  test("ignores its own reactions and those on other people's messages", async () => {
    const message = await messageInThread();
    const ref = { channelId: channel, messageId: message.ts, threadId: message.threadTs };
    await stand.platform.addReactions(ref, ['reroll']);
    slack.asUser(alice).react(slack.asUser(bao).say('nice', { channel }), 'repeat');
    slack.asUser(alice).react(message, 'tada');
    await settle();
    assert.equal(inbox.actions.length, 0);
  });

  test('hands over a button with the request and a private answer', async () => {
    const message = await messageInThread();
    await slack.asUser(alice).click(message, 'cancel#0');
    await inbox.until(() => inbox.actions.length === 1);
    const [pressed] = inbox.actions;
    assert.deepEqual(pressed?.target, { requestId: 'r1' });
    assert.equal(pressed?.place.threadId, message.threadTs);
    await pressed?.reply?.({ text: 'cancelled' });
    assert.equal(answers()[0]?.['replace_original'], false);
    assert.equal(answers()[0]?.['text'], 'cancelled');
  });

  test('connects again after a lost line and says that events may be missing', async () => {
    slack.dropSocket('lost');
    await inbox.until(() => inbox.gaps === 1);
    await imagine('a cat');
    await inbox.until(() => inbox.commands.length === 1);
  });

  test('follows Slack to a new connection without a gap', async () => {
    const opened = () => slack.methodsCalled('apps.connections.open').length;
    slack.dropSocket('asked');
    await slack.waitFor(() => opened() === 1 && slack.connections === 1);
    await imagine('a cat');
    await inbox.until(() => inbox.commands.length === 1);
    assert.equal(inbox.gaps, 0);
  });

  test('goes on trying while Slack refuses connections', async () => {
    slack.failNext('apps.connections.open', { status: 503, times: 6 });
    slack.dropSocket('lost');
    await inbox.until(() => inbox.gaps === 1);
  });

  for (const name of ['app_uninstalled', 'tokens_revoked']) {
    test(`says in the log what to do about ${name}`, async () => {
      await event({ type: name });
      const said = await slack.waitFor(() => stand.log.find(({ level }) => level === 'error'));
      assert.match(said.message, new RegExp(`${name}: install the app again at https://api.slack`));
    });
  }
});

suite('starting with Slack', () => {
  const refusals = [
    { method: 'auth.test', error: 'invalid_auth', says: /token is not valid.*api\.slack\.com/ },
    { method: 'auth.test', error: 'token_revoked', says: /token was revoked/ },
    {
      method: 'apps.connections.open',
      error: 'invalid_auth',
      says: /apps\.connections\.open.*token/,
    },
  ];
  for (const { method, error, says } of refusals) {
    test(`rejects with a sentence when ${method} answers ${error}`, async () => {
      const slack = await startFakeSlack({ botToken: 'xoxb-secret', appToken: 'xapp-secret' });
      slack.failNext(method, { error });
      const platform = createPlatform(slack);
      await assert.rejects(platform.start(createRecordingInbox(commands)), (thrown) => {
        assert.ok(thrown instanceof AppError);
        assert.equal(thrown.code, 'PLATFORM_FAILED');
        assert.equal(thrown.retryable, false);
        assert.match(thrown.message, says);
        assert.doesNotMatch(thrown.message, /secret/);
        return true;
      });
      await platform.stop();
      await slack.close();
    });
  }

  test('rejects when nothing answers at the address', async () => {
    const platform = createSlackPlatform({
      botToken: 'xoxb-test',
      appToken: 'xapp-test',
      signingSecret: null,
      apiUrl: 'http://127.0.0.1:9/api/',
      publicUrl: null,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      timing,
    });
    await assert.rejects(platform.start(createRecordingInbox(commands)), {
      code: 'PLATFORM_FAILED',
      retryable: true,
    });
  });
});

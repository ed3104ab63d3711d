import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { AppError } from '#src/errors.ts';
import { createSlackPlatform } from '#src/platforms/slack/platform.ts';
import type { Platform } from '#src/types/platform.ts';
import { describe, describeOption } from '../unit/platforms/slack/descriptions.ts';
import {
  buttonPayload,
  eventPayload,
  reactionEvent,
  shortcutPayload,
  slashPayload,
  submissionPayload,
} from './slack-stand-in/payloads.ts';
import { createRecordingInbox, type RecordingInbox } from './slack-stand-in/recording-inbox.ts';
import { startStandIn, type StandIn } from './slack-stand-in/stand-in.ts';

const commands = [
  describe(
    'imagine',
    '画图',
    [
      describeOption('prompt', { isRequired: true, isLong: true }),
      describeOption('steps', { type: 'integer', min: 1, max: 20 }),
      describeOption('size', { hasSuggestions: true }),
    ],
    true,
  ),
  describe('queue', '队列'),
  describe('help', '帮助'),
];
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const timing = { retryMs: 5, callMs: 2000, startMs: 2000, fileMs: 200, formMs: 300 };

suite('events of Slack over a socket', () => {
  let slack: StandIn;
  let platform: Platform;
  let inbox: RecordingInbox;

  before(async () => {
    slack = await startStandIn();
  });
  beforeEach(async () => {
    await platform?.stop();
    slack.calls.length = 0;
    slack.responses.length = 0;
    inbox = createRecordingInbox(commands);
    platform = createSlackPlatform({
      botToken: 'xoxb-test',
      appToken: 'xapp-test',
      signingSecret: null,
      apiUrl: slack.apiUrl,
      publicUrl: null,
      logger: quiet,
      timing,
    });
    await platform.start(inbox);
  });
  after(async () => {
    await platform.stop();
    await slack.stop();
  });

  test('acknowledges a command without waiting for it', async () => {
    inbox.onCommand(() => new Promise(() => undefined));
    assert.deepEqual(
      await slack.deliver('slash_commands', slashPayload(slack.url, '/imagine', 'a cat')),
      {},
    );
  });

  test('hands over the line of a command with person and place', async () => {
    const payload = slashPayload(slack.url, '/imagine', 'a &lt;cat&gt; —steps 4', 'U0003');
    await slack.deliver('slash_commands', payload);
    await inbox.until(() => inbox.commands.length === 1);
    const { reply: _, ...rest } = inbox.commands[0]!;
    assert.deepEqual(rest, {
      id: payload['trigger_id'],
      command: 'imagine',
      values: 'a <cat> —steps 4',
      person: { id: 'U0003', name: 'Carol', locale: 'en', isLead: true },
      place: { platform: 'slack', workspaceId: 'T0001', channelId: 'C0001', threadId: null },
    });
  });

  test('hands over other commands by their word and the language of the person', async () => {
    await slack.deliver('slash_commands', slashPayload(slack.url, '/quartet', '队列 all', 'U0002'));
    await inbox.until(() => inbox.commands.length === 1);
    const [invocation] = inbox.commands;
    assert.equal(invocation?.command, 'queue');
    assert.equal(invocation?.values, 'all');
    assert.equal(invocation?.person.locale, 'zh-CN');
  });

  test('answers privately through the command, and in the channel when that is used up', async () => {
    inbox.onCommand(async ({ reply }) => {
      for (let count = 1; count <= 6; count += 1) await reply({ text: `answer ${count}` });
      inbox.gaps += 1;
      await inbox.gap();
    });
    await slack.deliver('slash_commands', slashPayload(slack.url, '/imagine', 'a cat'));
    await inbox.until(() => inbox.gaps > 0);
    assert.equal(slack.responses.length, 5);
    assert.equal(slack.responses[0]?.['response_type'], 'ephemeral');
    const [ephemeral] = slack.methodsCalled('chat.postEphemeral');
    assert.equal(ephemeral?.['text'], 'answer 6');
    assert.equal(ephemeral?.['user'], 'U0001');
  });

  test('tells the person what went wrong with a command', async () => {
    inbox.onCommand(() => Promise.reject(new AppError('STORAGE_FAILED', 'the database is full')));
    await slack.deliver('slash_commands', slashPayload(slack.url, '/imagine', 'a cat'));
    await waitFor(() => slack.responses.length === 1);
    assert.match(String(slack.responses[0]?.['text']), /That did not work: the database is full/);
  });

  test('opens the form for an empty command and takes its fields', async () => {
    await slack.deliver('slash_commands', slashPayload(slack.url, '/imagine', ''));
    await waitFor(() => slack.methodsCalled('views.open').length === 1);
    const view = slack.methodsCalled('views.open')[0]?.['view'] as Record<string, string>;
    const filled = submissionPayload(view['private_metadata']!, { prompt: 'a cat', steps: '4' });
    assert.deepEqual(await slack.deliver('interactive', filled), {});
    const [invocation] = inbox.commands;
    assert.deepEqual(invocation?.values, { prompt: 'a cat', steps: '4' });
    assert.equal(invocation?.place.channelId, 'C0001');
    await invocation?.reply({ text: 'queued' });
    assert.equal(slack.responses[0]?.['text'], 'queued');
  });

  test('shows the form in the language of the person', async () => {
    await slack.deliver('slash_commands', slashPayload(slack.url, '/imagine', '', 'U0002'));
    await waitFor(() => slack.methodsCalled('views.update').length === 1);
    assert.match(JSON.stringify(slack.methodsCalled('views.update')[0]), /新图片/);
  });

  test('shows what is wrong inside the form', async () => {
    const metadata = JSON.stringify({ command: 'imagine', channelId: 'C0001' });
    const wrong = submissionPayload(metadata, { prompt: 'a cat', steps: '99' });
    assert.deepEqual(await slack.deliver('interactive', wrong), {
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
    const refused = submissionPayload(metadata, { prompt: 'a cat' });
    assert.deepEqual(await slack.deliver('interactive', refused), {
      response_action: 'errors',
      errors: { size: 'size 7x7 does not fit.' },
    });
  });

  test('closes a form in time although its command takes long', async () => {
    inbox.onCommand(() => new Promise(() => undefined));
    const metadata = JSON.stringify({ command: 'imagine', channelId: 'C0001' });
    const payload = submissionPayload(metadata, { prompt: 'a cat' });
    assert.deepEqual(await slack.deliver('interactive', payload), {});
  });

  test('offers suggestions and what was typed', async () => {
    const answer = await slack.deliver('interactive', {
      type: 'block_suggestion',
      action_id: 'field:imagine:size',
      block_id: 'size',
      value: '640x640',
      team: { id: 'T0001' },
      user: { id: 'U0001' },
      view: { private_metadata: '' },
    });
    const options = answer['options'] as { value: string }[];
    assert.deepEqual(
      options.map((option) => option.value),
      ['640x640', '512x512'],
    );
  });

  test('takes a mention in a thread as a request there', async () => {
    const event = {
      type: 'app_mention',
      user: 'U0001',
      text: '<@U0BOT> a red apple',
      ts: '1795447552.000300',
      thread_ts: '1795447552.000100',
      channel: 'C0001',
    };
    await slack.deliver('events_api', eventPayload(event));
    await slack.deliver('events_api', eventPayload(event, 'EvAgain'));
    await inbox.until(() => inbox.commands.length > 0);
    await settle(slack);
    assert.equal(inbox.commands.length, 1);
    assert.equal(inbox.commands[0]?.values, 'a red apple');
    assert.equal(inbox.commands[0]?.place.threadId, '1795447552.000100');
  });

  test('offers the form to an empty mention, whose button opens it in the thread', async () => {
    const event = {
      type: 'app_mention',
      user: 'U0001',
      text: '<@U0BOT>',
      ts: '1795447552.000400',
      channel: 'C0001',
    };
    await slack.deliver('events_api', eventPayload(event));
    await waitFor(() => slack.methodsCalled('chat.postEphemeral').length === 1);
    assert.match(JSON.stringify(slack.methodsCalled('chat.postEphemeral')), /open_form/);
    await slack.deliver('interactive', buttonPayload(slack.url, 'open_form', 'imagine'));
    await waitFor(() => slack.methodsCalled('views.open').length === 1);
    const view = slack.methodsCalled('views.open')[0]?.['view'] as Record<string, string>;
    assert.match(view['private_metadata']!, /"threadId":"1795447552.000001"/);
  });

  test('takes a direct message as a request and ignores other bots', async () => {
    const message = { type: 'message', channel_type: 'im', channel: 'D0001', text: 'a cat' };
    await slack.deliver(
      'events_api',
      eventPayload({ ...message, user: 'U0005', bot_id: 'B9', ts: '1795447552.000500' }),
    );
    await slack.deliver(
      'events_api',
      eventPayload({ ...message, user: 'U0001', ts: '1795447552.000501' }),
    );
    await inbox.until(() => inbox.commands.length > 0);
    await settle(slack);
    assert.deepEqual(
      inbox.commands.map((one) => one.person.id),
      ['U0001'],
    );
  });

  test('takes the text of a message by shortcut', async () => {
    await slack.deliver('interactive', shortcutPayload(slack.url, 'message_action'));
    await inbox.until(() => inbox.commands.length === 1);
    assert.equal(inbox.commands[0]?.quoted, 'a cat & a dog');
    assert.equal(inbox.commands[0]?.place.channelId, 'C0001');
  });

  test('opens a form that asks for a channel by global shortcut', async () => {
    await slack.deliver('interactive', shortcutPayload(slack.url, 'shortcut'));
    await waitFor(() => slack.methodsCalled('views.open').length === 1);
    assert.match(JSON.stringify(slack.methodsCalled('views.open')), /conversations_select/);
  });

  test('hands over reactions both ways and each event once', async () => {
    const ts = '1795447552.000700';
    const added = eventPayload(reactionEvent('reaction_added', 'keycap_1', ts));
    await slack.deliver('events_api', added);
    await slack.deliver('events_api', added);
    await slack.deliver('events_api', eventPayload(reactionEvent('reaction_removed', 'one', ts)));
    await inbox.until(() => inbox.actions.length === 2);
    await settle(slack);
    assert.deepEqual(
      inbox.actions.map(({ action, isAdded, target }) => ({ action, isAdded, target })),
      [true, false].map((isAdded) => ({
        action: 'vote-1',
        isAdded,
        target: { message: { channelId: 'C0001', messageId: ts, threadId: null } },
      })),
    );
  });

  test("ignores its own reactions and those on other people's messages", async () => {
    const ts = '1795447552.000701';
    const skipped = [{ user: 'U0BOT' }, { item_user: 'U0002' }, { reaction: 'tada' }];
    for (const rest of skipped) {
      await slack.deliver(
        'events_api',
        eventPayload(reactionEvent('reaction_added', 'repeat', ts, rest)),
      );
    }
    await settle(slack);
    assert.equal(inbox.actions.length, 0);
  });

  test('hands over a button with the request and a private answer', async () => {
    await slack.deliver('interactive', buttonPayload(slack.url, 'cancel#0', 'cancel:r1'));
    await inbox.until(() => inbox.actions.length === 1);
    const [event] = inbox.actions;
    assert.deepEqual(event?.target, { requestId: 'r1' });
    assert.equal(event?.place.threadId, '1795447552.000001');
    await event?.reply?.({ text: 'cancelled' });
    assert.equal(slack.responses[0]?.['replace_original'], false);
    assert.equal(slack.responses[0]?.['text'], 'cancelled');
  });

  test('connects again after a lost line and says that events may be missing', async () => {
    slack.dropSocket('lost');
    await inbox.until(() => inbox.gaps === 1);
    await slack.deliver('slash_commands', slashPayload(slack.url, '/imagine', 'a cat'));
    await inbox.until(() => inbox.commands.length === 1);
  });

  test('follows Slack to a new connection without a gap', async () => {
    const connected = slack.nextConnection();
    slack.dropSocket('asked');
    await connected;
    await slack.deliver('slash_commands', slashPayload(slack.url, '/imagine', 'a cat'));
    await inbox.until(() => inbox.commands.length === 1);
    assert.equal(inbox.gaps, 0);
  });

  test('goes on trying while Slack refuses connections', async () => {
    slack.fail('apps.connections.open', { status: 503 }, 6);
    slack.dropSocket('lost');
    await inbox.until(() => inbox.gaps === 1);
  });
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
      const slack = await startStandIn();
      slack.fail(method, { error });
      const platform = createSlackPlatform({
        botToken: 'xoxb-secret',
        appToken: 'xapp-secret',
        signingSecret: null,
        apiUrl: slack.apiUrl,
        publicUrl: null,
        logger: quiet,
        timing,
      });
      await assert.rejects(platform.start(createRecordingInbox(commands)), (thrown) => {
        assert.ok(thrown instanceof AppError);
        assert.equal(thrown.code, 'PLATFORM_FAILED');
        assert.match(thrown.message, says);
        assert.doesNotMatch(thrown.message, /secret/);
        return true;
      });
      await platform.stop();
      await slack.stop();
    });
  }

  test('rejects when nothing answers at the address', async () => {
    const platform = createSlackPlatform({
      botToken: 'xoxb-test',
      appToken: 'xapp-test',
      signingSecret: null,
      apiUrl: 'http://127.0.0.1:9/api/',
      publicUrl: null,
      logger: quiet,
      timing,
    });
    await assert.rejects(platform.start(createRecordingInbox(commands)), {
      code: 'PLATFORM_FAILED',
      retryable: true,
    });
  });
});

/** Until a condition holds that nothing announces. */
async function waitFor(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Everything that was delivered before is handled: a command goes the whole way behind it. */
async function settle(slack: StandIn): Promise<void> {
  const before = slack.responses.length;
  await slack.deliver('slash_commands', slashPayload(slack.url, '/quartet', 'no-such-command'));
  await waitFor(() => slack.responses.length > before);
}

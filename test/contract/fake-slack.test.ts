import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { App, webApi } from '@slack/bolt';
import { slackIds, startFakeSlack, type FakeSlack } from '../fakes/slack/fake-slack.ts';
import { findSpec } from '../fakes/specs.ts';

const { general, random, studio, alice, bao } = slackIds;
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const button = (actionId: string, label = 'Again') => ({
  type: 'button',
  action_id: actionId,
  value: 'v',
  text: { type: 'plain_text', text: label },
});

let slack: FakeSlack;
let client: webApi.WebClient;

before(async () => {
  slack = await startFakeSlack();
});
after(async () => {
  await slack.close();
});
beforeEach(() => {
  slack.unexpected.length = 0;
  slack.setTokenFault(null);
  client = new webApi.WebClient(slack.tokens.bot, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
});

/** The error that a call is answered with. */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (thrown) {
    return (thrown as { data?: { error?: string } }).data?.error ?? String(thrown);
  }
  throw new Error('the call was answered');
}

const post = (blocks: unknown[], rest: object = {}) =>
  client.apiCall('chat.postMessage', { channel: general, text: 'x', blocks, ...rest });
const say = (message: object, by = client) =>
  by.apiCall('chat.postMessage', { ...message }) as Promise<{ ts?: string }>;
const invalid = async (block: object) =>
  assert.equal(await refusal(post([block])), 'invalid_blocks');

describe('the fake Slack', () => {
  it('knows its tokens and scopes', async () => {
    const wrong = new webApi.WebClient('xoxb-other', { slackApiUrl: slack.apiUrl });
    assert.equal(await refusal(wrong.auth.test()), 'invalid_auth');
    const app = new webApi.WebClient(slack.tokens.app, { slackApiUrl: slack.apiUrl });
    assert.equal(
      await refusal(app.apiCall('chat.postMessage', { channel: general, text: 'x' })),
      'not_allowed_token_type',
    );
    slack.setTokenFault('token_expired');
    assert.equal(await refusal(client.auth.test()), 'token_expired');
    slack.setTokenFault(null);
    slack.setScopes(['chat:write']);
    assert.equal(await refusal(client.users.info({ user: alice })), 'missing_scope');
    slack.setScopes([
      'chat:write',
      'users:read',
      'reactions:write',
      'channels:history',
      'files:write',
      'files:read',
    ]);
    assert.equal(
      (await client.users.info({ user: bao, include_locale: true })).user?.locale,
      'zh-CN',
    );
  });

  it('refuses where the bot cannot write, and what is not there', async () => {
    const text = 'x';
    assert.equal(await refusal(say({ channel: random, text })), 'not_in_channel');
    assert.equal(await refusal(say({ channel: 'C9', text })), 'channel_not_found');
    assert.equal(
      await refusal(say({ channel: general, text, thread_ts: '1.1' })),
      'thread_not_found',
    );
    slack.world.requireChannel(studio).isArchived = true;
    assert.equal(await refusal(say({ channel: studio, text })), 'is_archived');
    slack.world.requireChannel(studio).isArchived = false;
    assert.equal(
      await refusal(client.chat.update({ channel: general, ts: '1.1', text })),
      'message_not_found',
    );
    const theirs = slack.asUser(alice).say('hello', { channel: general });
    assert.equal(
      await refusal(client.chat.update({ channel: general, ts: theirs.ts, text })),
      'cant_update_message',
    );
    assert.equal(await refusal(client.apiCall('chat.nothing')), 'unknown_method');
  });

  it('holds blocks to their limits', async () => {
    await invalid(section('x'.repeat(3001)));
    await invalid(section(''));
    await invalid({ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } });
    await invalid({ type: 'actions', elements: [button('a'), button('a')] });
    await invalid({
      type: 'actions',
      elements: Array.from({ length: 26 }, (_, i) => button(`a${i}`)),
    });
    await invalid({ type: 'actions', elements: [button('a', 'x'.repeat(76))] });
    await invalid({ type: 'image', image_url: 'https://example.org/x.png' });
    await invalid({ type: 'image', slack_file: { id: 'F1' }, alt_text: 'x' });
    await invalid({ type: 'video' });
    assert.equal(
      await refusal(post(Array.from({ length: 51 }, () => section('x')))),
      'invalid_blocks',
    );
    assert.equal(
      await refusal(post(Array.from({ length: 12 }, () => section('x'.repeat(2900))))),
      'msg_blocks_too_long',
    );
    assert.equal(
      await refusal(client.apiCall('chat.postMessage', { channel: general })),
      'no_text',
    );
  });

  it('takes text alone as the end of the blocks', async () => {
    const posted = (await post([section('one')])) as { ts?: string };
    await client.chat.update({ channel: general, ts: posted.ts ?? '', text: 'two' });
    assert.deepEqual(slack.world.find(general, posted.ts)?.blocks, []);
  });

  it('shows a file only some time after it was uploaded', async () => {
    const { upload_url: url = '', file_id: id = '' } = await client.files.getUploadURLExternal({
      filename: '1.png',
      length: 4,
    });
    assert.equal(
      await refusal(client.files.completeUploadExternal({ files: [{ id, title: 'one' }] })),
      'file_not_found',
    );
    assert.equal((await fetch(url, { method: 'POST', body: 'abc' })).status, 400);
    assert.equal((await fetch(url, { method: 'POST', body: 'abcd' })).status, 200);
    await client.files.completeUploadExternal({ files: [{ id, title: 'one' }] });
    const picture = { type: 'image', slack_file: { id }, alt_text: 'one' };
    await invalid(picture);
    await slack.waitFor(() => slack.world.isFileReady(slack.world.files.get(id) as never));
    await post([picture]);
    assert.equal((await client.files.info({ file: id })).file?.mimetype, 'image/png');
    slack.unexpected.length = 0;
  });

  it('counts reactions by person, and names what is wrong with one', async () => {
    const { ts = '' } = await say({ channel: general, text: 'x' });
    const add = (name: string) => client.reactions.add({ channel: general, timestamp: ts, name });
    await add('repeat');
    assert.equal(await refusal(add('repeat')), 'already_reacted');
    assert.equal(await refusal(add('🔁')), 'invalid_name');
    slack.asUser(alice).react({ channel: general, ts }, 'repeat');
    assert.deepEqual(slack.world.find(general, ts)?.reactions[0]?.users, ['U0BOT', alice]);
    slack.asUser(alice).unreact({ channel: general, ts }, 'repeat');
    assert.throws(
      () => slack.asUser(alice).unreact({ channel: general, ts }, 'repeat'),
      /no_reaction/,
    );
  });

  it('limits calls by its tiers when told to, and fails as it is ordered to', async () => {
    slack.rateLimitNext('auth.test', 7);
    await assert.rejects(client.auth.test(), /rate-limit/);
    slack.failNext('chat.postMessage', { status: 500, afterProcessing: true });
    const count = slack.messages(general).length;
    await assert.rejects(say({ channel: general, text: 'x' }));
    assert.equal(slack.messages(general).length, count + 1);
    const strict = await startFakeSlack({ limits: 'real' });
    const hasty = new webApi.WebClient(strict.tokens.bot, {
      slackApiUrl: strict.apiUrl,
      rejectRateLimitedCalls: true,
    });
    const { ts = '' } = await say({ channel: general, text: 'x' }, hasty);
    for (let i = 0; i < 50; i += 1) await hasty.chat.update({ channel: general, ts, text: `${i}` });
    await assert.rejects(hasty.chat.update({ channel: general, ts, text: 'no' }), /rate-limit/);
    await strict.close();
  });

  it(
    'refuses arguments that its description does not have',
    { skip: skipReason('slack-web-api.json') },
    async () => {
      assert.equal(
        await refusal(
          client.apiCall('chat.postMessage', { channel: general, text: 'x', colour: 'red' }),
        ),
        'invalid_arguments',
      );
      assert.equal(
        await refusal(client.apiCall('reactions.add', { channel: general, name: 'repeat' })),
        'invalid_arguments',
      );
    },
  );
});

describe('the fake Slack through Bolt', () => {
  it('delivers commands, forms, buttons and events over a socket, and wants its acknowledgements', async () => {
    slack.setScopes(['chat:write', 'commands', 'channels:history']);
    const app = new App({
      token: slack.tokens.bot,
      appToken: slack.tokens.app,
      socketMode: true,
      clientOptions: { slackApiUrl: slack.apiUrl },
      deferInitialization: true,
    });
    const heard: string[] = [];
    app.command('/imagine', async ({ ack, client: own, command, respond }) => {
      await ack();
      heard.push(`command ${command.text}`);
      await respond({ text: 'noted', response_type: 'ephemeral' });
      const view = {
        type: 'modal' as const,
        callback_id: 'f',
        title: { type: 'plain_text' as const, text: 'Form' },
        submit: { type: 'plain_text' as const, text: 'Go' },
        blocks: [
          {
            type: 'input' as const,
            block_id: 'p',
            label: { type: 'plain_text' as const, text: 'Prompt' },
            element: { type: 'plain_text_input' as const, action_id: 'v', max_length: 10 },
          },
        ],
      };
      await own.views.open({ trigger_id: command.trigger_id, view });
      heard.push(await refusal(own.views.open({ trigger_id: command.trigger_id, view })));
    });
    app.view('f', async ({ ack, view }) => {
      heard.push(`form ${view.state.values['p']?.['v']?.value}`);
      await ack();
    });
    app.action('again', async ({ ack }) => {
      await ack();
      heard.push('button');
    });
    app.event('app_mention', async ({ event }) => void heard.push(`mention ${event.text}`));
    app.event('reaction_added', async ({ event }) => void heard.push(`reaction ${event.reaction}`));
    await app.init();
    await app.start();
    try {
      const person = slack.asUser(alice);
      await person.slash('/imagine', 'a cat', { channel: general });
      await assert.rejects(person.slash('/paint', 'a cat'), /not a valid command/);
      const [opened] = await slack.waitFor(() =>
        person.views().length > 0 ? person.views() : null,
      );
      assert.ok(opened);
      await assert.rejects(person.submit(opened.id, {}), /required/);
      await assert.rejects(person.submit(opened.id, { p: 'x'.repeat(11) }), /at most 10/);
      await person.submit(opened.id, { p: 'a dog' });
      await slack.waitFor(() => heard.includes('exchanged_trigger_id'));
      assert.equal(person.ephemerals().at(-1)?.text, 'noted');
      const { ts = '' } = (await post([{ type: 'actions', elements: [button('again')] }])) as {
        ts?: string;
      };
      await person.click({ channel: general, ts }, 'again');
      person.mention('a tree', { channel: general });
      person.mention('unheard', { channel: random });
      person.react({ channel: general, ts }, 'repeat');
      await slack.waitFor(() => heard.includes('reaction repeat'));
      await slack.waitFor(() => heard.some((one) => one.startsWith('mention')));
      assert.deepEqual(
        heard.filter((one) => !one.startsWith('mention')),
        [
          'command a cat',
          'form a dog',
          'exchanged_trigger_id',
          'button',
          'reaction repeat',
        ].toSorted((a, b) => heard.indexOf(a) - heard.indexOf(b)),
      );
      assert.equal(heard.filter((one) => one.startsWith('mention')).length, 1);
    } finally {
      await app.stop();
    }
  });

  it('tells the person when nobody acknowledges', async () => {
    await assert.rejects(slack.asUser(alice).slash('/imagine', 'a cat'), /did not respond/);
  });
});

function skipReason(file: string): string | false {
  const { found, reason } = findSpec(file);
  return found ? false : reason;
}

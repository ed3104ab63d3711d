import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { createLogger } from '#src/log.ts';
import slackModule from '#src/platforms/slack.ts';
import type { Platform } from '#src/types/platform.ts';
import { loadConfig } from '#src/config.ts';
import { describe } from '../unit/platforms/slack/descriptions.ts';
import { slackIds, startFakeSlack, type FakeSlack } from '../fakes/slack/fake-slack.ts';
import { eventPayload, slashPayload } from '../fakes/slack/payloads.ts';
import { createRecordingInbox, type RecordingInbox } from '../helpers/recording-inbox.ts';
import { general, statusView } from './slack-stand.ts';

const secret = 'a-signing-secret';
const { alice } = slackIds;

suite('Slack over HTTP', () => {
  let slack: FakeSlack;
  let platform: Platform;
  let inbox: RecordingInbox;
  let server: Server;
  let address: string;

  before(async () => {
    slack = await startFakeSlack({ signingSecret: secret, redeliverMs: 20 });
    inbox = createRecordingInbox([describe('imagine', '画图')]);
    const config = loadConfig({
      SLACK_BOT_TOKEN: slack.tokens.bot,
      SLACK_SIGNING_SECRET: secret,
      SLACK_API_URL: slack.apiUrl,
    });
    assert.ok(slackModule.isConfigured(config));
    platform = await slackModule.create({ config, logger: createLogger({ level: 'silent' }) });
    server = createServer((request, response) => platform.webhook?.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    slack.deliverTo(`${address}/slack/events`);
  });
  after(async () => {
    await platform.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await slack.close();
    assert.deepEqual(slack.unexpected, []);
  });

  function post(
    body: string,
    type: string,
    { signedWith = secret, ageSeconds = 0, path = '/slack/events' } = {},
  ): Promise<Response> {
    const sentAt = String(Math.floor(Date.now() / 1000) - ageSeconds);
    const hash = createHmac('sha256', signedWith).update(`v0:${sentAt}:${body}`).digest('hex');
    return fetch(`${address}${path}`, {
      method: 'POST',
      headers: {
        'content-type': type,
        'x-slack-request-timestamp': sentAt,
        'x-slack-signature': `v0=${hash}`,
      },
      body,
    });
  }
  const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
  const formType = 'application/x-www-form-urlencoded';
  const command = () =>
    form(
      slashPayload(
        slack.world.requireUser(alice),
        slack.world.requireChannel(general.channelId),
        '/imagine',
        'a cat',
        { responseUrl: `${slack.origin}/response/1`, triggerId: '1.2.3' },
      ) as Record<string, string>,
    );

  test('asks Slack to come back before it is started', async () => {
    assert.equal((await post(command(), formType)).status, 503);
    await platform.start(inbox);
  });

  test('takes a signed command', async () => {
    const response = await post(command(), formType);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '');
    await inbox.until(() => inbox.commands.length === 1);
    assert.equal(inbox.commands[0]?.values, 'a cat');
  });

  test('takes a button and a reaction, and the same event once', async () => {
    const control = {
      id: 'cancel:r1',
      action: 'cancel',
      label: 'Cancel',
      style: 'danger',
    } as const;
    await platform.publishStatus(general, null, statusView({ controls: [control] }));
    const message = slack.messages(general.channelId).at(-1);
    assert.ok(message);
    assert.deepEqual(await slack.asUser(alice).click(message, 'Cancel'), {});
    slack.asUser(alice).react(message, 'repeat');
    await inbox.until(() => inbox.actions.some(({ action }) => action === 'reroll'));
    await slack.resendLastEvent();
    slack.asUser(alice).react(message, 'one');
    slack.asUser(alice).unreact(message, 'one');
    await inbox.until(() => inbox.actions.some((one) => !one.isAdded));
    assert.deepEqual(
      inbox.actions.map((one) => one.action),
      ['cancel', 'reroll', 'vote-1', 'vote-1'],
    );
  });

  test('takes an event once that Slack sends again because its acknowledgement was lost', async () => {
    const message = slack.messages(general.channelId).at(-1);
    assert.ok(message);
    slack.loseAcknowledgements(2);
    const before = slack.redeliveries;
    slack.asUser(alice).react(message, 'game_die');
    await slack.waitFor(() => slack.redeliveries === before + 2);
    slack.asUser(alice).unreact(message, 'game_die');
    await inbox.until(() => inbox.actions.filter(({ isAdded }) => !isAdded).length === 2);
    assert.equal(inbox.actions.filter(({ action }) => action === 'vary').length, 2);
  });

  test("answers Slack's check of the address", async () => {
    assert.deepEqual(await slack.verifyUrl(`${address}/slack/events`), {
      challenge: 'a-challenge',
    });
    const body = JSON.stringify({ type: 'url_verification', challenge: 'abc', token: 'v' });
    const response = await post(body, 'application/json');
    assert.deepEqual(await response.json(), { challenge: 'abc' });
  });

  test('refuses a wrong signature, an old request and one from the future', async () => {
    const wrong = [{ signedWith: 'other' }, { ageSeconds: 600 }, { ageSeconds: -600 }];
    for (const options of wrong) {
      assert.equal((await post(command(), formType, options)).status, 401);
      const event = JSON.stringify(eventPayload({ type: 'app_mention', channel: 'C0001' }));
      assert.equal((await post(event, 'application/json', options)).status, 401);
    }
    const unsigned = await fetch(`${address}/slack/events`, { method: 'POST', body: command() });
    assert.equal(unsigned.status, 401);
    assert.equal(inbox.commands.length, 1);
  });

  test('answers 404 elsewhere', async () => {
    assert.equal((await post(command(), formType, { path: '/slack/other' })).status, 404);
  });

  test('asks for the public address when it is not known', async () => {
    const found = (await platform.diagnose('en')).find((one) => !one.ok);
    assert.match(found?.fix ?? '', /QUARTET_PUBLIC_URL/);
  });
});

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
import {
  buttonPayload,
  eventPayload,
  reactionEvent,
  slashPayload,
} from './slack-stand-in/payloads.ts';
import { createRecordingInbox, type RecordingInbox } from './slack-stand-in/recording-inbox.ts';
import { startStandIn, type StandIn } from './slack-stand-in/stand-in.ts';

const secret = 'a-signing-secret';

suite('Slack over HTTP', () => {
  let slack: StandIn;
  let platform: Platform;
  let inbox: RecordingInbox;
  let server: Server;
  let address: string;

  before(async () => {
    slack = await startStandIn();
    inbox = createRecordingInbox([describe('imagine', '画图')]);
    const config = loadConfig({
      SLACK_BOT_TOKEN: 'xoxb-test',
      SLACK_SIGNING_SECRET: secret,
      SLACK_API_URL: slack.apiUrl,
    });
    assert.ok(slackModule.isConfigured(config));
    platform = await slackModule.create({ config, logger: createLogger({ level: 'silent' }) });
    server = createServer((request, response) => platform.webhook?.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await platform.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await slack.stop();
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
    form(slashPayload(slack.url, '/imagine', 'a cat') as Record<string, string>);

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
    const payload = JSON.stringify(buttonPayload(slack.url, 'cancel#0', 'cancel:r1'));
    assert.equal((await post(form({ payload }), formType)).status, 200);
    const event = JSON.stringify(eventPayload(reactionEvent('reaction_added', 'repeat', '1.1')));
    for (let time = 0; time < 2; time += 1) {
      assert.equal((await post(event, 'application/json')).status, 200);
    }
    const other = JSON.stringify(eventPayload(reactionEvent('reaction_removed', 'one', '1.1')));
    await post(other, 'application/json');
    await inbox.until(() => inbox.actions.some((one) => !one.isAdded));
    assert.deepEqual(
      inbox.actions.map((one) => one.action),
      ['cancel', 'reroll', 'vote-1'],
    );
  });

  test("answers Slack's check of the address", async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: 'abc', token: 'v' });
    const response = await post(body, 'application/json');
    assert.deepEqual(await response.json(), { challenge: 'abc' });
  });

  test('refuses a wrong signature, an old request and one from the future', async () => {
    const wrong = [{ signedWith: 'other' }, { ageSeconds: 600 }, { ageSeconds: -600 }];
    for (const options of wrong) {
      assert.equal((await post(command(), formType, options)).status, 401);
    }
  });

  test('answers 404 elsewhere', async () => {
    assert.equal((await post(command(), formType, { path: '/slack/other' })).status, 404);
  });

  test('asks for the public address when it is not known', async () => {
    const found = (await platform.diagnose('en')).find((one) => !one.ok);
    assert.match(found?.fix ?? '', /QUARTET_PUBLIC_URL/);
  });
});

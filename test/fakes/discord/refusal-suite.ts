import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { defaultIds, startFakeDiscord, type FakeDiscord } from './fake-discord.ts';
import type { InteractionHandle } from './interaction-book.ts';
import { callbackPath, formRefusals, type ApiResult, type RefusalScene } from './refusal-cases.ts';
import { rightRefusals } from './right-refusals.ts';
import { stateRefusals } from './state-refusals.ts';
import { commands } from './test-client.ts';

const { alice, general } = defaultIds;

/** Calls the fake as plainly as possible: no library that would correct or retry anything. */
async function callApi(
  fake: FakeDiscord,
  method: string,
  path: string,
  body?: unknown,
  files?: Record<string, Buffer>,
  authorization = `Bot ${fake.token}`,
): Promise<ApiResult> {
  const headers: Record<string, string> = { Authorization: authorization };
  let payload: BodyInit | null = null;
  if (files !== undefined) {
    const form = new FormData();
    form.append('payload_json', JSON.stringify(body));
    for (const [name, bytes] of Object.entries(files))
      form.append(name, new Blob([new Uint8Array(bytes)]), 'a.bin');
    payload = form;
  } else if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
    payload = JSON.stringify(body);
  }
  const response = await fetch(`${fake.apiUrl}/v10${path}`, { method, headers, body: payload });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

async function createScene(fake: FakeDiscord): Promise<RefusalScene> {
  fake.setPermissions(general, {});
  const call: RefusalScene['call'] = (method, path, body, files) =>
    callApi(fake, method, path, body, files);
  await call('PUT', `/applications/${fake.world.botId}/commands`, commands);
  const posted = await call('POST', `/channels/${general}/messages`, { content: 'own' });
  const own = fake.world.messages.get(posted.body.id ?? '');
  assert.ok(own);
  const person = fake.asUser(alice);
  const slash = (): InteractionHandle => person.slash('paint', { prompt: 'x' });
  return { fake, channelId: general, own, foreign: person.say('foreign'), slash, call };
}

/** Defines the tests of everything that the fake refuses, and of its clocks. */
export function describeRefusals(): void {
  describe('fake Discord refuses', () => {
    let fake: FakeDiscord;
    let timeMs = Date.UTC(2026, 10, 23);
    before(async () => {
      fake = await startFakeDiscord({ now: () => timeMs });
    });
    after(() => fake.close());

    for (const { name, status, code, act } of [
      ...formRefusals,
      ...rightRefusals,
      ...stateRefusals,
    ]) {
      test(name, async () => {
        const result = await act(await createScene(fake));
        assert.deepEqual(
          [result.status, result.body.code],
          [status, code],
          JSON.stringify(result.body),
        );
        if (code === 50_035) assert.equal(typeof result.body.errors, 'object');
      });
    }

    test('an answer after 3 seconds and a token after 15 minutes', async () => {
      const { slash, call } = await createScene(fake);
      const [late, timely] = [slash(), slash()];
      timeMs += 2999;
      assert.equal((await call('POST', callbackPath(timely), { type: 5 })).status, 204);
      timeMs += 2;
      assert.equal((await call('POST', callbackPath(late), { type: 5 })).body.code, 10_062);
      const original = `/webhooks/${fake.world.botId}/${timely.token}/messages/%40original`;
      assert.equal((await call('PATCH', original, { content: 'done' })).status, 200);
      timeMs += 15 * 60_000;
      assert.deepEqual((await call('PATCH', original, { content: 'late' })).body.code, 50_027);
    });

    test('a used nonce only for a few minutes', async () => {
      const { call } = await createScene(fake);
      const body = { content: 'n', nonce: 'job-1', enforce_nonce: true };
      const post = async (): Promise<unknown> =>
        (await call('POST', `/channels/${general}/messages`, body)).body.id;
      const first = await post();
      assert.equal(await post(), first);
      timeMs += 6 * 60_000;
      assert.notEqual(await post(), first);
    });

    test('a wrong token with 401, and an unknown route loudly', async () => {
      const wrong = await callApi(fake, 'GET', '/users/@me', undefined, undefined, 'Bot wrong');
      assert.deepEqual(
        [wrong.status, wrong.body],
        [401, { message: '401: Unauthorized', code: 0 }],
      );
      assert.equal((await callApi(fake, 'GET', '/nothing/here')).status, 404);
      assert.deepEqual(fake.unexpectedRequests.splice(0), ['GET /nothing/here']);
    });

    test('with faults that name the field, in the shape that discord.js shows', async () => {
      const { call } = await createScene(fake);
      const refused = await call('POST', `/channels/${general}/messages`, {
        content: 'x'.repeat(2001),
      });
      const fault = { code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 2000 or fewer in length.' };
      assert.deepEqual(refused.body.errors, { content: { _errors: [fault] } });
    });

    test('history without an error but without a message, when the right to read it is missing', async () => {
      const { call } = await createScene(fake);
      fake.setPermissions(general, { deny: ['READ_MESSAGE_HISTORY'] });
      assert.deepEqual((await call('GET', `/channels/${general}/messages`)).body, []);
    });
  });
}

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { StoredRequest } from '#src/store/requests.ts';
import { openStore, type Store } from '#src/store/store.ts';
import { defaultIds, startFakeDiscord, type FakeDiscord } from '../fakes/discord/fake-discord.ts';
import type { FakeMessage } from '../fakes/discord/world-types.ts';
import { startTestPostgres, type TestPostgres } from '../helpers/postgres.ts';
import { descendants } from '../helpers/processes.ts';
import { until } from '../helpers/product.ts';
import { startReady, type RunningProgram } from '../helpers/run-up.ts';

const { alice, general } = defaultIds;
const line = { prompt: 'a red apple', steps: 4, count: 4, seed: 7 };

let postgres: TestPostgres;
let discord: FakeDiscord;
let store: Store;
let dataDir: string;
let env: NodeJS.ProcessEnv;
let bot: RunningProgram;
let worker: RunningProgram;

const startBot = async () => (bot = await startReady(['bot', '--port', '0'], env));
const startWorker = async () => (worker = await startReady(['worker'], env));

before(async () => {
  postgres = await startTestPostgres();
});
after(() => postgres.stop());
beforeEach(async () => {
  discord = await startFakeDiscord();
  dataDir = mkdtempSync(join(tmpdir(), 'quartet-kills-'));
  const databaseUrl = await postgres.createDatabase();
  env = {
    DATABASE_URL: databaseUrl,
    QUARTET_DATA_DIR: dataDir,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
  };
  store = await openStore({ databaseUrl });
  await Promise.all([startBot(), startWorker()]);
  await until(() => discord.world.commands.size > 0);
});
afterEach(async () => {
  await Promise.all([bot.kill(), worker.kill()]);
  await store.close();
  await discord.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Kills as soon as Discord has dealt with the nth such call: its answer may or may not arrive. */
function killAt(kill: () => void, call: string, nth = 1): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const past = discord.requests.length;
  const leave = discord.onChange(() => {
    const seen = discord.requests
      .slice(past)
      .filter(({ method, template }) => `${method} ${template}` === call);
    if (seen.length < nth) return;
    leave();
    kill();
    resolve();
  });
  return promise;
}

const ask = () => discord.asUser(alice).slash('imagine', line, { channelId: general });
const latest = async () => (await store.requests.listRecent({ limit: 1 }))[0];
const isOpen = ({ status }: StoredRequest) => ['accepted', 'queued', 'running'].includes(status);
const finished = () =>
  until(async () => {
    const request = await latest();
    return request && !isOpen(request) ? request : null;
  });

/** Everything of one request that people can see. */
async function assertPostedOnce(request: StoredRequest): Promise<void> {
  const statusId = request.statusMessage?.messageId ?? '';
  const inChannel = discord.messages(general);
  const statuses = inChannel.filter(({ content }) => content.includes('a red apple'));
  assert.equal(statuses.length, 1, 'one status message');
  assert.equal(statuses[0]?.id, statusId);
  assert.match(statuses[0]?.content ?? '', /4 pictures in/);
  const inThread = discord.messages(statusId);
  const results = inThread.filter(({ attachments }) => attachments.length > 0);
  assert.equal(results.length, 1, 'one results message');
  assert.deepEqual(
    results[0]?.attachments.map(({ filename }) => filename),
    ['1.png', '2.png', '3.png', '4.png'],
  );
  const mentions = inThread.filter((message) => isMention(message));
  assert.equal(mentions.length, 1, 'one mention');
  assert.equal(inThread.length, 2);
}

const isMention = ({ content, attachments }: FakeMessage) =>
  attachments.length === 0 && content.includes(`<@${alice}>`);

describe('kill -9 of the bot', () => {
  const points: [call: string, nth: number][] = [
    ['POST /channels/{channel_id}/messages', 1],
    ['POST /channels/{channel_id}/messages/{message_id}/threads', 1],
    ['POST /channels/{channel_id}/messages', 2],
    ['PATCH /channels/{channel_id}/messages/{message_id}', 1],
    ['PATCH /channels/{channel_id}/messages/{message_id}', 2],
    ['PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me', 1],
    ['PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me', 6],
    ['POST /channels/{channel_id}/messages', 3],
  ];
  for (const [call, nth] of points) {
    it(`at call ${nth} of ${call}: everything is there once after a restart`, async () => {
      const killed = killAt(() => bot.child.kill('SIGKILL'), call, nth);
      ask();
      await killed;
      await startBot();
      const request = await finished();
      assert.equal(request.status, 'done');
      await assertPostedOnce(request);
    });
  }

  it('right after the acknowledgement: the request is there once, or not at all', async () => {
    const killed = killAt(
      () => bot.child.kill('SIGKILL'),
      'POST /interactions/{interaction_id}/{interaction_token}/callback',
    );
    ask();
    await killed;
    await startBot();
    if ((await latest()) === undefined) assert.equal(discord.messages(general).length, 0);
    else await assertPostedOnce(await finished());
  });
});

describe('kill -9 of the worker', () => {
  for (const nth of [1, 2, 3]) {
    it(`at edit ${nth} of a message: it is drawn by the next one, and posted once`, async () => {
      const killed = killAt(
        () => worker.child.kill('SIGKILL'),
        'POST /channels/{channel_id}/messages',
        nth,
      );
      ask();
      await killed;
      await startWorker();
      const request = await finished();
      assert.equal(request.status, 'done');
      await assertPostedOnce(request);
    });
  }
});

describe('kill -9 of the engine', () => {
  const killEngine = () => {
    const engine = descendants(worker.child.pid as number).find(({ command }) =>
      command.includes('engine/process.ts'),
    );
    assert.ok(engine);
    process.kill(engine.pid, 'SIGKILL');
  };
  for (const nth of [1, 2]) {
    it(`at post ${nth}: a fresh one draws what is missing`, async () => {
      const killed = killAt(killEngine, 'POST /channels/{channel_id}/messages', nth);
      ask();
      await killed;
      const request = await finished();
      assert.equal(request.status, 'done');
      await assertPostedOnce(request);
    });
  }

  it('twice in one job: it fails with its code and a sentence, on the same status message', async () => {
    const timer = setInterval(() => {
      const engine = descendants(worker.child.pid as number).find(({ command }) =>
        command.includes('engine/process.ts'),
      );
      if (engine) process.kill(engine.pid, 'SIGKILL');
    }, 50);
    ask();
    const request = await finished();
    clearInterval(timer);
    assert.equal(request.failureCode, 'ENGINE_DIED');
    const [status, ...others] = discord.messages(general);
    assert.deepEqual(others, []);
    assert.match(status?.content ?? '', /engine stopped twice/);
  });
});

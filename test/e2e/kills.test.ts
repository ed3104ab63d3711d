import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Client } from 'pg';
import type { StoredRequest } from '#src/store/requests.ts';
import { defaultIds, startFakeDiscord, type FakeDiscord } from '../fakes/discord/fake-discord.ts';
import type { FakeMessage } from '../fakes/discord/world-types.ts';
import { useKillBench } from '../helpers/kill-bench.ts';
import { isRunning } from '../helpers/processes.ts';
import { until } from '../helpers/product.ts';

const { alice, general } = defaultIds;

let discord: FakeDiscord;
const bench = useKillBench(async () => {
  discord = await startFakeDiscord();
  return {
    env: { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl },
    onChange: discord.onChange,
    close: () => discord.close(),
  };
});

/** Kills as soon as Discord has dealt with the nth such call of this test. */
function killAt(kill: () => void, call: string, nth = 1): Promise<void> {
  const past = discord.requests.length;
  const seen = () =>
    discord.requests.slice(past).filter(({ method, template }) => `${method} ${template}` === call)
      .length;
  return bench.killWhen(kill, seen, nth);
}

const ask = (options: Record<string, string | number> = {}) =>
  discord
    .asUser(alice)
    .slash(
      'imagine',
      { prompt: bench.prompt, steps: 4, count: 4, ...options },
      { channelId: general },
    );
const statuses = () =>
  discord.messages(general).filter(({ content }) => content.includes(bench.prompt));

/** Everything of one request that people can see. */
async function assertPostedOnce(request: StoredRequest): Promise<void> {
  assert.equal(request.status, 'done', request.failureMessage ?? '');
  assert.deepEqual(
    statuses().map(({ id }) => id),
    [request.statusMessage?.messageId],
    'one status message',
  );
  await until(() => /4 pictures in/.test(statuses()[0]?.content ?? ''));
  const inThread = discord.messages(request.statusMessage?.messageId ?? '');
  const results = inThread.filter(({ attachments }) => attachments.length > 0);
  assert.equal(results.length, 1, 'one results message');
  assert.deepEqual(
    results[0]?.attachments.map(({ filename }) => filename),
    ['1.png', '2.png', '3.png', '4.png'],
  );
  assert.equal(results[0]?.reactions.length, 9, 'every reaction is under it');
  assert.equal(inThread.filter((message) => isMention(message)).length, 1, 'one mention');
  assert.equal(inThread.length, 2);
}

const isMention = ({ content, attachments }: FakeMessage) =>
  attachments.length === 0 && content.includes(`<@${alice}>`);

const post = 'POST /channels/{channel_id}/messages';
const edit = 'PATCH /channels/{channel_id}/messages/{message_id}';
const thread = 'POST /channels/{channel_id}/messages/{message_id}/threads';
const react = 'PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me';
const acknowledge = 'POST /interactions/{interaction_id}/{interaction_token}/callback';

describe('kill -9 of the bot', () => {
  const points: [call: string, nth: number][] = [
    [post, 1],
    [thread, 1],
    [post, 2],
    [edit, 1],
    [edit, 3],
    [react, 1],
    [react, 9],
    [post, 3],
  ];
  for (const [call, nth] of points) {
    it(`at call ${nth} of ${call}: everything is there once after a restart`, async () => {
      const killed = killAt(bench.killBot, call, nth);
      ask();
      await killed;
      await bench.startBot();
      await assertPostedOnce(await bench.finished());
    });
  }

  it('again and again: everything is there once at last', async () => {
    let killed = killAt(bench.killBot, post);
    ask();
    for (const call of [post, react, post]) {
      await killed;
      killed = killAt(bench.killBot, call);
      await bench.startBot();
    }
    await killed;
    await bench.startBot();
    await assertPostedOnce(await bench.finished());
  });

  it('right after the acknowledgement: the request is there once, or not at all', async () => {
    const killed = killAt(bench.killBot, acknowledge);
    ask();
    await killed;
    await bench.startBot();
    if ((await bench.latest()) === undefined) assert.deepEqual(statuses(), []);
    else await assertPostedOnce(await bench.finished());
  });

  it('between the commit and the queue: its job is added after the restart', async () => {
    const other = new Client({ connectionString: bench.databaseUrl });
    await other.connect();
    // What a bot holds while it adds a job.
    await other.query("SELECT pg_advisory_lock(hashtext('quartet:quartet:turns'))");
    ask();
    await until(bench.latest);
    bench.killBot();
    await other.end();
    assert.deepEqual(statuses(), []);
    await bench.startBot();
    await assertPostedOnce(await bench.finished());
  });

  it('while a reroll waits: it is drawn once, in the thread of its parent', async () => {
    ask();
    const parent = await bench.finished();
    await assertPostedOnce(parent);
    const threadId = parent.statusMessage?.messageId ?? '';
    const pictures = () =>
      discord.messages(threadId).filter(({ attachments }) => attachments.length === 4);
    const killed = killAt(bench.killBot, post);
    discord.asUser(alice).react(pictures()[0] as FakeMessage, '🔁');
    await killed;
    await bench.startBot();
    await until(() => pictures().length === 2);
    assert.equal((await bench.finished()).relation, 'reroll');
    assert.equal(discord.messages(threadId).length, 5);
  });
});

describe('kill -9 of the worker', () => {
  const points: [call: string, nth: number][] = [
    [post, 1],
    [post, 2],
    [edit, 2],
    [post, 3],
  ];
  for (const [call, nth] of points) {
    it(`at call ${nth} of ${call}: the next one draws what is missing, and it is posted once`, async () => {
      const killed = killAt(bench.killWorker, call, nth);
      ask({ steps: 10 });
      await killed;
      await bench.startWorker();
      await assertPostedOnce(await bench.finished());
    });
  }

  it('ends its engine with it', async () => {
    const engine = bench.enginePid();
    assert.ok(engine !== null);
    bench.killWorker();
    await until(() => !isRunning(engine));
  });
});

describe('kill -9 of bot and worker together', () => {
  it('while pictures are posted: what is missing is drawn, and everything is there once', async () => {
    const killed = killAt(
      () => {
        bench.killBot();
        bench.killWorker();
      },
      post,
      2,
    );
    ask({ steps: 10 });
    await killed;
    await Promise.all([bench.startBot(), bench.startWorker()]);
    await assertPostedOnce(await bench.finished());
  });
});

describe('kill -9 of the engine', () => {
  for (const nth of [1, 2]) {
    it(`at post ${nth}: a fresh one draws what is missing`, async () => {
      const killed = killAt(bench.killEngine, post, nth);
      ask();
      await killed;
      await assertPostedOnce(await bench.finished());
    });
  }

  it('twice in one job: it fails with its code and a sentence, on the same status message', async () => {
    const timer = setInterval(bench.killEngine, 50);
    ask();
    const request = await bench.finished();
    clearInterval(timer);
    assert.equal(request.failureCode, 'ENGINE_DIED');
    await until(() => /engine stopped twice/.test(statuses()[0]?.content ?? ''));
    assert.equal(statuses().length, 1);
  });
});

describe('a database that crashes', () => {
  for (const nth of [1, 2, 3]) {
    it(`at post ${nth} is waited for; everything is there once`, async () => {
      const victim = new Client({ connectionString: bench.databaseUrl });
      victim.on('error', () => {});
      await victim.connect();
      const { rows } = await victim.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const pid = rows[0]?.pid ?? 0;
      // The server cuts every connection and recovers, as after any of its processes died.
      const killed = killAt(() => process.kill(pid, 'SIGKILL'), post, nth);
      ask();
      await killed;
      await assertPostedOnce(await until(() => bench.finished().catch(() => null)));
    });
  }
});

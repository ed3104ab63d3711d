import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { AppError } from '#src/errors.ts';
import type { QueueConnectionOptions } from '#src/queue/connection.ts';
import type { DrawJob, DrawProgress, DrawResult } from '#src/queue/jobs.ts';
import { openQueue, type DrawQueue, type JobOutcome } from '#src/queue/queue.ts';
import { startQueueWorker, type DrawHandler, type QueueWorker } from '#src/queue/worker.ts';
import { startTestPostgres } from '../helpers/postgres.ts';
import {
  freePort,
  hasRedis,
  hasRedisServer,
  startRedisAt,
  startTestRedis,
} from '../helpers/redis.ts';

const deadWorker = join(import.meta.dirname, '../fixtures/queue-worker.ts');
/** Long enough for a living worker on a busy machine, short enough to wait for a dead one. */
const lockMs = 1500;

interface Server {
  /** Where a queue is made, but for its name. */
  options(): Promise<Omit<QueueConnectionOptions, 'name'>>;
  stop(): Promise<void>;
}

async function startPostgresServer(): Promise<Server> {
  const postgres = await startTestPostgres();
  return {
    options: async () => ({ databaseUrl: await postgres.createDatabase() }),
    stop: () => postgres.stop(),
  };
}

async function startRedisServer(): Promise<Server> {
  const redis = await startTestRedis();
  return { options: () => Promise.resolve({ redisUrl: redis.url }), stop: () => redis.stop() };
}

const result: DrawResult = { seconds: 1.5, candidates: [] };

function job(requesterId = 'u1', changes: Partial<DrawJob> = {}): DrawJob {
  return {
    requestId: `r-${randomUUID()}`,
    workspaceId: 'w1',
    requesterId,
    priorityClass: 'person',
    draw: {
      model: 'pocket',
      prompt: 'x',
      negative: '',
      width: 128,
      height: 128,
      steps: 2,
      cfg: 1,
      seeds: [1],
      tile: 0,
      wantPreviews: false,
    },
    ...changes,
  };
}

describeQueue('on embedded PostgreSQL', startPostgresServer, false);
describeQueue(
  'on Redis',
  startRedisServer,
  // A build machine has to have it.
  hasRedis || process.env.CI === 'true' ? false : 'redis-server is not installed here',
);

function describeQueue(name: string, start: () => Promise<Server>, skip: string | false): void {
  describe(`the queue ${name}`, { skip }, () => {
    let server: Server;
    let options: QueueConnectionOptions;
    let queue: DrawQueue;
    const workers: QueueWorker[] = [];
    before(async () => {
      server = await start();
    });
    after(() => server.stop());
    beforeEach(async () => {
      options = { ...(await server.options()), name: `test-${randomUUID()}`, onError: () => {} };
      queue = await openQueue(options);
    });
    afterEach(async () => {
      for (const worker of workers.splice(0)) await worker.close();
      await queue.close();
    });

    async function startWorker(handler: DrawHandler): Promise<void> {
      workers.push(await startQueueWorker({ ...options, lockMs }, handler));
    }

    /** Resolves when the job is finished one way or the other. */
    async function finished(requestId: string): Promise<JobOutcome> {
      for (;;) {
        const outcome = await queue.outcome(requestId);
        if (outcome.state === 'done' || outcome.state === 'failed') return outcome;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    }

    async function failureOf(requestId: string): Promise<AppError> {
      const outcome = await finished(requestId);
      assert.equal(outcome.state, 'failed');
      return outcome.error;
    }

    it('adds a job once, however often it is added', async () => {
      const one = job();
      await Promise.all([queue.add(one), queue.add(one), queue.add(one)]);
      assert.equal((await queue.view()).waiting.length, 1);
    });

    it('hands a job to a worker and its result back, with progress on the way', async () => {
      const told: DrawProgress[] = [];
      const done = Promise.withResolvers<DrawResult>();
      await queue.listen({
        onProgress: (_, progress) => told.push(progress),
        onDone: (_, drawn) => done.resolve(drawn),
      });
      const step: DrawProgress = { type: 'step', candidate: 1, step: 1, steps: 2, seconds: 0.1 };
      await startWorker(async (_, { reportProgress }) => {
        await reportProgress(step);
        return result;
      });
      const one = job();
      await queue.add(one);
      assert.deepEqual(await done.promise, result);
      assert.deepEqual(told, [step]);
      assert.deepEqual(await finished(one.requestId), { state: 'done', result });
    });

    it('lets people take turns, whoever came with more jobs', async () => {
      const jobs = [job('a'), job('a'), job('a'), job('b'), job('c')];
      for (const one of jobs) await queue.add(one);
      const waiting = (await queue.view()).waiting.map(({ requesterId }) => requesterId);
      assert.deepEqual(waiting, ['a', 'b', 'c', 'a', 'a']);
      assert.deepEqual(await queue.position((jobs[4] as DrawJob).requestId), {
        place: 3,
        peopleBefore: 2,
      });
      assert.deepEqual(await queue.position((jobs[2] as DrawJob).requestId), {
        place: 5,
        peopleBefore: 2,
      });
      const drawn: string[] = [];
      await startWorker(({ requesterId }) => {
        drawn.push(requesterId);
        return Promise.resolve(result);
      });
      for (const { requestId } of jobs) await finished(requestId);
      assert.deepEqual(drawn, waiting);
    });

    it('draws idle jobs only when no person waits', async () => {
      const idle = job('schedule', { priorityClass: 'idle' });
      await queue.add(idle);
      await queue.add(job('a'));
      assert.deepEqual(
        (await queue.view()).waiting.map(({ requesterId }) => requesterId),
        ['a', 'schedule'],
      );
    });

    it('refuses more waiting jobs of one person than allowed, also in a burst', async () => {
      const burst = await Promise.allSettled(Array.from({ length: 20 }, () => queue.add(job())));
      assert.equal(burst.filter(({ status }) => status === 'fulfilled').length, 4);
      await assert.rejects(queue.add(job()), {
        code: 'INVALID_REQUEST',
        message: /You have 4 waiting \(limit 4\)/,
      });
      await queue.add(job('someone else'));
    });

    it('takes a waiting job out when it is cancelled', async () => {
      const one = job();
      await queue.add(one);
      assert.equal(await queue.cancel(one.requestId), 'removed');
      assert.deepEqual((await queue.view()).waiting, []);
      assert.equal(await queue.cancel(one.requestId), 'unknown');
    });

    it('tells a running job that it is cancelled', async () => {
      const started = Promise.withResolvers<void>();
      await startWorker(async (_, { signal }) => {
        started.resolve();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        throw new AppError('CANCELLED', 'The request was cancelled.');
      });
      const one = job();
      await queue.add(one);
      await started.promise;
      assert.equal(await queue.cancel(one.requestId), 'told');
      assert.equal((await failureOf(one.requestId)).code, 'CANCELLED');
    });

    it('calls a cancelled job cancelled and leaves it, however its drawing ended', async () => {
      const started = Promise.withResolvers<void>();
      let tries = 0;
      await startWorker(async (_, { signal }) => {
        tries++;
        started.resolve();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        throw new AppError('ENGINE_DIED', 'Ended to stop it.', { retryable: true });
      });
      const one = job();
      await queue.add(one);
      await started.promise;
      await queue.cancel(one.requestId);
      assert.equal((await failureOf(one.requestId)).code, 'CANCELLED');
      assert.equal(tries, 1);
    });

    it('gets its running jobs back from a worker that closes, in front of others', async () => {
      const started = Promise.withResolvers<void>();
      await startWorker(async (_, { signal }) => {
        started.resolve();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        throw new AppError('CANCELLED', 'Stopped.');
      });
      const [one, later] = [job('a'), job('b')];
      await queue.add(one);
      await started.promise;
      await queue.add(later);
      await workers.pop()?.close({ givesBack: true });
      assert.deepEqual(await queue.outcome(one.requestId), { state: 'waiting' });
      const drawn: string[] = [];
      await startWorker(({ requestId }) => {
        drawn.push(requestId);
        return Promise.resolve(result);
      });
      assert.deepEqual(await finished(one.requestId), { state: 'done', result });
      await finished(later.requestId);
      assert.deepEqual(drawn, [one.requestId, later.requestId]);
    });

    it('gives a job that is tried again its turn back: it is drawn before those behind it', async () => {
      const [one, other, later] = [job('a'), job('b'), job('a')];
      for (const each of [one, other, later]) await queue.add(each);
      const drawn: string[] = [];
      await startWorker(({ requestId }) => {
        drawn.push(requestId);
        return drawn.length === 1
          ? Promise.reject(new AppError('ENGINE_DIED', 'Once.', { retryable: true }))
          : Promise.resolve(result);
      });
      await finished(later.requestId);
      await finished(other.requestId);
      const ids = [one, one, other, later].map(({ requestId }) => requestId);
      assert.deepEqual(drawn, ids);
    });

    it('brings a failure over with its code, and tries again only what may succeed', async () => {
      const tries: string[] = [];
      await startWorker((given) => {
        tries.push(given.draw.prompt);
        const code = given.draw.prompt === 'fatal' ? 'OUT_OF_MEMORY' : 'ENGINE_DIED';
        return Promise.reject(
          new AppError(code, 'No luck.', { retryable: code === 'ENGINE_DIED' }),
        );
      });
      const { draw } = job();
      const [fatal, flaky] = [
        job('a', { draw: { ...draw, prompt: 'fatal' } }),
        job('b', { draw: { ...draw, prompt: 'flaky' } }),
      ];
      await queue.add(fatal);
      await queue.add(flaky);
      const errors = [await failureOf(fatal.requestId), await failureOf(flaky.requestId)];
      assert.deepEqual(
        errors.map(({ code, message }) => [code, message]),
        [
          ['OUT_OF_MEMORY', 'No luck.'],
          ['ENGINE_DIED', 'No luck.'],
        ],
      );
      assert.deepEqual(tries.toSorted(), ['fatal', 'flaky', 'flaky']);
    });

    it('says whether anybody draws', async () => {
      assert.equal(await queue.workersConnected(), 0);
      await startWorker(() => Promise.resolve(result));
      assert.equal(await queue.workersConnected(), 1);
    });

    it('gives the job of a worker that was killed to another, and gives it up the second time', async () => {
      const one = job();
      await queue.add(one);
      const killWorker = async () => {
        const { onError: _, ...address } = options;
        const child = fork(deadWorker, [JSON.stringify({ ...address, lockMs })]);
        const [taken] = (await once(child, 'message')) as [string];
        assert.equal(taken, one.requestId);
        child.kill('SIGKILL');
        await once(child, 'exit');
      };
      await killWorker();
      await killWorker();
      await startWorker(() => Promise.resolve(result));
      const error = await failureOf(one.requestId);
      assert.equal(error.code, 'ENGINE_DIED');
      assert.match(error.message, /died twice/);
    });
  });
}

describe(
  'a queue whose Redis goes away',
  { skip: hasRedisServer ? false : 'redis-server is not installed here' },
  () => {
    it('says so instead of waiting for it, tells it once, and goes on when it is back', async () => {
      const port = await freePort();
      let redis = await startRedisAt(port);
      const told: string[] = [];
      const onError = ({ message }: Error) => void told.push(message);
      const queue = await openQueue({ name: 'x', redisUrl: `redis://127.0.0.1:${port}`, onError });
      await redis.stop();
      const away = {
        code: 'STORAGE_FAILED',
        retryable: true,
        message: new RegExp(`Redis at .*:${port}`),
      };
      await assert.rejects(queue.workersConnected(), away);
      await assert.rejects(queue.add(job()), away);
      assert.deepEqual(told, [...new Set(told)]);
      redis = await startRedisAt(port);
      while ((await queue.view().catch(() => null)) === null);
      assert.equal(await queue.workersConnected(), 0);
      await queue.close();
      await redis.stop();
    });
  },
);

describe('a queue without a server', () => {
  it('is refused in one sentence', async () => {
    await assert.rejects(openQueue({ name: 'x' }), { code: 'CONFIG_INVALID' });
    await assert.rejects(openQueue({ name: 'x', redisUrl: 'redis://127.0.0.1:1' }), {
      code: 'STORAGE_FAILED',
      message: /Redis at 127\.0\.0\.1:1 cannot be used/,
    });
  });
});

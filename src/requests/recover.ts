import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, toAppError } from '#src/errors.ts';
import type { StoredRequest } from '#src/store/requests.ts';
import { isUnfit } from './enqueue.ts';
import { drawOf, optionsOf } from './options.ts';
import type { BotServices } from './services.ts';

export interface Recovery {
  /**
   * Takes up every accepted request that is not finished: a job that is missing is added again, what
   * was drawn meanwhile is delivered, and the same status message goes on. Safe to repeat.
   * @param isStart also follows requests that another process may be following.
   */
  run(isStart: boolean): Promise<void>;
  /** Looks again and again for what was left behind. */
  start(everyMs: number): void;
  /** Resolves when nothing is under way. */
  stop(): Promise<void>;
}

export function createRecovery(bot: BotServices): Recovery {
  const { store, queue, tracker, logger } = bot;
  /** Without a job when last looked at: they may be on their way into the queue, or out of it. */
  let suspects = new Set<string>();
  const stopping = new AbortController();
  let sweeping: Promise<void> = Promise.resolve();
  let active: Promise<void> = Promise.resolve();

  /** One after the other. */
  function run(isStart: boolean): Promise<void> {
    const mine = active.then(() => lookOnce(isStart));
    active = mine.catch(() => {});
    return mine;
  }

  async function lookOnce(isStart: boolean): Promise<void> {
    const missing = new Set<string>();
    for (const request of await store.requests.listOpen()) {
      if (stopping.signal.aborted) return;
      try {
        await recoverOne(request, isStart, missing);
      } catch (thrown) {
        const { code, message } = toAppError(thrown);
        logger.warn({ requestId: request.id, code }, `Not taken up yet: ${message}`);
      }
    }
    suspects = missing;
  }

  async function recoverOne(request: StoredRequest, isStart: boolean, missing: Set<string>) {
    const { id } = request;
    // Not set up here (any more): another process may serve it.
    if (!bot.platforms.some(({ name }) => name === request.platform)) return;
    const candidates = await store.candidates.list(id);
    if (candidates.length >= optionsOf(request).seeds.length) return tracker.settle(id);
    const outcome = await queue.outcome(id);
    if (outcome.state === 'failed') return tracker.fail(id, outcome.error);
    if (outcome.state === 'done') {
      // It may have ended since its pictures were counted.
      const now = await store.candidates.list(id);
      if (now.length >= optionsOf(request).seeds.length) return tracker.settle(id);
      const lost = new AppError('INTERNAL', 'The pictures were drawn, but their records are lost.');
      return tracker.fail(id, lost);
    }
    if (outcome.state === 'unknown') {
      missing.add(id);
      if (!isStart && !suspects.has(id)) return;
      await enqueueAgain(bot, request);
    }
    if (isStart || outcome.state === 'unknown') await tracker.follow(request);
    if (isStart && candidates.length > 0) await tracker.showResults(id);
  }

  async function sweep(everyMs: number): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      await run(false).catch((thrown: unknown) => {
        logger.warn({}, `What was left behind is not known: ${toAppError(thrown).message}`);
      });
    }
  }

  return {
    run,
    start(everyMs) {
      sweeping = sweep(everyMs);
    },
    async stop() {
      stopping.abort();
      await Promise.all([sweeping, active]);
    },
  };
}

async function enqueueAgain(bot: BotServices, request: StoredRequest): Promise<void> {
  const { id: requestId, workspaceId, requesterId } = request;
  const draw = drawOf(optionsOf(request));
  try {
    await bot.queue.add({ requestId, workspaceId, requesterId, priorityClass: 'person', draw });
    await bot.store.requests.move(requestId, 'queued');
    bot.logger.info({ requestId }, 'The job was missing and is queued again.');
  } catch (thrown) {
    if (!isUnfit(thrown)) throw thrown;
    await bot.tracker.fail(requestId, toAppError(thrown));
  }
}

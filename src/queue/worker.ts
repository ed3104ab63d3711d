import { Queue, WaitingError, Worker, type Job } from 'bullmq';
import { AppError, toAppError } from '../errors.ts';
import { connectQueue, type QueueConnectionOptions } from './connection.ts';
import { encodeFailure } from './failure.ts';
import { queuedJob, type DrawProgress, type DrawResult, type QueuedJob } from './jobs.ts';

export interface DrawContext {
  /** Aborted when the request is cancelled, when the worker gives its jobs back or has lost this one. */
  signal: AbortSignal;
  reportProgress(progress: DrawProgress): Promise<void>;
}

export type DrawHandler = (job: QueuedJob, context: DrawContext) => Promise<DrawResult>;

export interface QueueWorkerOptions extends QueueConnectionOptions {
  /** Jobs at once: one is drawn while another's pictures are still being stored. */
  concurrency?: number;
  /** How long a job stays with a worker that gives no sign of life. */
  lockMs?: number;
}

export interface QueueWorker {
  /** Takes no further job, waits for the running ones, or aborts them and puts them back in their turn. */
  close(options?: { givesBack?: boolean }): Promise<void>;
}

/** The engine blocks in a process of its own, so a worker that lives is never that silent. */
const defaultLockMs = 10_000;
const cancelPollMs = 500;

type AbortReason = 'cancelled' | 'given back' | 'lost';

/**
 * Takes jobs and hands them to `handler`; what it throws comes out with its code. The jobs of a
 * worker that died are taken up again by another, once.
 */
export async function startQueueWorker(
  options: QueueWorkerOptions,
  handler: DrawHandler,
): Promise<QueueWorker> {
  const link = await connectQueue(options);
  const lockMs = options.lockMs ?? defaultLockMs;
  const queue = new Queue<QueuedJob>(
    options.name,
    { connection: link.connection },
    link.backend as never,
  );
  queue.on('error', link.onError);

  // BullMQ passes the signal only to a processor that declares all three parameters.
  async function process(
    job: Job<QueuedJob>,
    token: string | undefined,
    signal?: AbortSignal,
  ): Promise<DrawResult> {
    const poll = setInterval(() => void cancelWhenTold(job.id ?? ''), cancelPollMs);
    const attempt = async () =>
      handler(queuedJob.parse(job.data), {
        signal: signal ?? new AbortController().signal,
        reportProgress: (progress) => job.updateProgress(progress),
      });
    try {
      return await attempt().catch((thrown: unknown) => {
        if (signal?.aborted === true || !toAppError(thrown).retryable) throw thrown;
        // Once more, in its turn: the queue would put it behind all others of its round.
        return attempt();
      });
    } catch (thrown) {
      const reason = signal?.aborted === true ? (signal.reason as AbortReason) : null;
      if (reason === 'given back') {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      // However the handler ended: what was cancelled is not tried again.
      throw encodeFailure(
        reason === 'cancelled' ? new AppError('CANCELLED', 'The request was cancelled.') : thrown,
      );
    } finally {
      clearInterval(poll);
    }
  }

  async function cancelWhenTold(id: string): Promise<void> {
    const job = await queue.getJob(id).catch(() => undefined);
    if (job?.data.isCancelled) abort(id, 'cancelled');
  }

  function abort(id: string, reason: AbortReason): void {
    worker.cancelJob(id, reason);
  }

  const worker = new Worker<QueuedJob, DrawResult>(
    options.name,
    process,
    {
      connection: link.connection,
      concurrency: options.concurrency ?? 1,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: 1,
    },
    link.backend as never,
  );
  worker.on('error', link.onError);
  worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => abort(id, 'lost')));
  await worker.waitUntilReady();
  return {
    async close({ givesBack = false } = {}) {
      // In this order: what is aborted makes room, and no other job may take it.
      const closed = worker.close();
      if (givesBack) worker.cancelAllJobs('given back' satisfies AbortReason);
      await closed;
      await queue.close();
      await link.close();
    },
  };
}

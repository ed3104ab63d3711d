import { Queue, Worker, type Job } from 'bullmq';
import { connectQueue, type QueueConnectionOptions } from './connection.ts';
import { encodeFailure } from './failure.ts';
import { queuedJob, type DrawProgress, type DrawResult, type QueuedJob } from './jobs.ts';

export interface DrawContext {
  /** Aborted when the request is cancelled. */
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
  /** Takes no further job, waits for the running ones. */
  close(): Promise<void>;
}

const defaultLockMs = 30_000;
const cancelPollMs = 500;

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
    _token: string | undefined,
    signal?: AbortSignal,
  ): Promise<DrawResult> {
    const poll = setInterval(() => void cancelWhenTold(job.id ?? ''), cancelPollMs);
    try {
      return await handler(queuedJob.parse(job.data), {
        signal: signal ?? new AbortController().signal,
        reportProgress: (progress) => job.updateProgress(progress),
      });
    } catch (thrown) {
      throw encodeFailure(thrown);
    } finally {
      clearInterval(poll);
    }
  }

  async function cancelWhenTold(id: string): Promise<void> {
    const job = await queue.getJob(id).catch(() => undefined);
    if (job?.data.isCancelled) worker.cancelJob(id);
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
  await worker.waitUntilReady();
  return {
    async close() {
      await worker.close();
      await queue.close();
      await link.close();
    },
  };
}

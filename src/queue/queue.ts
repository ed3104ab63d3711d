import { Queue, QueueEvents, type Job } from 'bullmq';
import { invalidRequest, type AppError } from '../errors.ts';
import { answered } from './patience.ts';
import { connectQueue, type QueueConnection, type QueueConnectionOptions } from './connection.ts';
import { decodeFailure } from './failure.ts';
import {
  drawJob,
  drawProgress,
  drawResult,
  queuedJob,
  type DrawJob,
  type DrawProgress,
  type DrawResult,
  type QueuedJob,
} from './jobs.ts';
import { personOf, priorityOf, takeTurn } from './turns.ts';

/** Where a waiting request stands. */
export interface QueuePosition {
  /** 1 = drawn next. */
  place: number;
  /** How many other people have a turn before it. */
  peopleBefore: number;
}

export interface QueueView {
  running: QueuedJob[];
  /** In the order of their turns. */
  waiting: QueuedJob[];
}

/** What became of a job, for whoever missed the event. */
export type JobOutcome =
  | { state: 'waiting' | 'running' | 'unknown' }
  | { state: 'done'; result: DrawResult }
  | { state: 'failed'; error: AppError };

export interface QueueListener {
  onStarted?(requestId: string): void;
  onProgress?(requestId: string, progress: DrawProgress): void;
  onDone?(requestId: string, result: DrawResult): void;
  onFailed?(requestId: string, error: AppError): void;
}

export interface QueueOptions extends QueueConnectionOptions {
  /** Most jobs one person may have waiting. */
  waitingPerPerson?: number;
}

/** The queue as the bot sees it. */
export interface DrawQueue {
  /** Where it lies, in words. */
  readonly server: string;
  /**
   * Adds a job; one that is there already stays as it is.
   * @throws AppError INVALID_REQUEST when the person has too many waiting.
   */
  add(job: DrawJob): Promise<void>;
  /** A waiting job is gone at once; a running one is told, and ends before its next step. */
  cancel(requestId: string): Promise<'removed' | 'told' | 'unknown'>;
  /** null: it does not wait. */
  position(requestId: string): Promise<QueuePosition | null>;
  view(): Promise<QueueView>;
  outcome(requestId: string): Promise<JobOutcome>;
  /** 0: nobody draws, whatever waits. */
  workersConnected(): Promise<number>;
  /** Events of all workers. Those that come while nobody listens are lost: see `outcome`. */
  listen(listener: QueueListener): Promise<void>;
  close(): Promise<void>;
}

const defaultWaitingPerPerson = 4;
/** The worker itself tries once more what may succeed: what kills its engine twice is given up. */
const attempts = 1;
/** The latest finished jobs show which round it is; whoever's own are older is behind it anyway. */
const finishedForTurns = 50;
/** Whoever asks whether all is well wants to hear soon that it is not. */
const lookMs = 5000;
const keep = { age: 24 * 3600, count: 1000 };

/** @throws AppError STORAGE_FAILED when the server cannot be reached */
export async function openQueue(options: QueueOptions): Promise<DrawQueue> {
  const link = await connectQueue(options);
  const queue = new Queue<QueuedJob>(
    options.name,
    { connection: link.connection },
    link.backend as never,
  );
  queue.on('error', link.onError);
  let events: QueueEvents | undefined;

  /** In the order of their turns: by priority, then as they came. */
  async function waitingJobs(): Promise<Job<QueuedJob>[]> {
    const jobs = await queue.getJobs(['prioritized', 'waiting'], 0, -1, true);
    return jobs
      .filter((job) => job !== undefined)
      .toSorted((a, b) => a.priority - b.priority || a.timestamp - b.timestamp);
  }

  async function add(given: DrawJob): Promise<void> {
    const job = drawJob.parse(given);
    const limit = options.waitingPerPerson ?? defaultWaitingPerPerson;
    await link.exclusively(async () => {
      if (await queue.getJob(job.requestId)) return;
      const waiting = (await waitingJobs()).map(({ data }) => data);
      const own = waiting.filter((other) => personOf(other) === personOf(job)).length;
      if (job.priorityClass === 'person' && own >= limit) throw tooManyWaiting(own, limit);
      const [running, finished] = await Promise.all([
        queue.getJobs(['active']),
        queue.getJobs(['completed', 'failed'], 0, finishedForTurns),
      ]);
      const dataOf = (jobs: Job<QueuedJob>[]) => jobs.filter(Boolean).map(({ data }) => data);
      const turn = takeTurn(job, { waiting, running: dataOf(running), finished: dataOf(finished) });
      const data: QueuedJob = { ...job, turn, isCancelled: false };
      await queue.add('draw', data, {
        jobId: job.requestId,
        priority: priorityOf(turn),
        attempts,
        removeOnComplete: keep,
        removeOnFail: keep,
      });
    });
  }

  async function cancel(requestId: string): Promise<'removed' | 'told' | 'unknown'> {
    const job = await queue.getJob(requestId);
    if (!job) return 'unknown';
    const state = await job.getState();
    if (state === 'completed' || state === 'failed') return 'unknown';
    if (state !== 'active') {
      // It may have been taken up since: then it is locked, and told instead.
      const isRemoved = await job.remove().then(
        () => true,
        () => false,
      );
      if (isRemoved) return 'removed';
    }
    await job.updateData({ ...job.data, isCancelled: true });
    return 'told';
  }

  async function position(requestId: string) {
    const waiting = (await waitingJobs()).map(({ data }) => data);
    const index = waiting.findIndex((job) => job.requestId === requestId);
    const job = waiting[index];
    if (!job) return null;
    const before = new Set(waiting.slice(0, index).map(personOf));
    before.delete(personOf(job));
    return { place: index + 1, peopleBefore: before.size };
  }

  async function view(): Promise<QueueView> {
    const [running, waiting] = await Promise.all([queue.getJobs(['active']), waitingJobs()]);
    const parse = (jobs: Job<QueuedJob>[]) =>
      jobs.filter(Boolean).map(({ data }) => queuedJob.parse(data));
    return { running: parse(running), waiting: parse(waiting) };
  }

  async function outcome(requestId: string): Promise<JobOutcome> {
    const state = await (await queue.getJob(requestId))?.getState();
    // Read after its state: what it came to is then in it.
    const job = await queue.getJob(requestId);
    if (!job || state === undefined) return { state: 'unknown' };
    if (state === 'completed') return { state: 'done', result: drawResult.parse(job.returnvalue) };
    if (state === 'failed') return { state: 'failed', error: decodeFailure(job.failedReason) };
    return { state: state === 'active' ? 'running' : 'waiting' };
  }

  const { server } = link;
  return {
    server,
    add: (job) => answered(server, () => add(job)),
    cancel: (requestId) => answered(server, () => cancel(requestId)),
    position: (requestId) => answered(server, () => position(requestId)),
    view: () => answered(server, view),
    outcome: (requestId) => answered(server, () => outcome(requestId)),
    workersConnected: () => answered(server, () => queue.getWorkersCount(), lookMs),
    async listen(listener) {
      events ??= await openEvents(options.name, link);
      subscribe(events, listener);
    },
    async close() {
      await events?.close();
      await queue.close();
      await link.close();
    },
  };
}

async function openEvents(name: string, link: QueueConnection): Promise<QueueEvents> {
  const events = new QueueEvents(name, { connection: link.connection }, link.backend as never);
  events.on('error', link.onError);
  await events.waitUntilReady();
  return events;
}

function subscribe(events: QueueEvents, listener: QueueListener): void {
  events.on('active', ({ jobId }) => listener.onStarted?.(jobId));
  events.on('progress', ({ jobId, data }) => {
    const progress = drawProgress.safeParse(data);
    if (progress.success) listener.onProgress?.(jobId, progress.data);
  });
  events.on('completed', ({ jobId, returnvalue }) => {
    const value: unknown = returnvalue;
    listener.onDone?.(
      jobId,
      drawResult.parse(typeof value === 'string' ? JSON.parse(value) : value),
    );
  });
  events.on('failed', ({ jobId, failedReason }) =>
    listener.onFailed?.(jobId, decodeFailure(failedReason)),
  );
}

function tooManyWaiting(waiting: number, limit: number): AppError {
  const message = `You have ${waiting} waiting (limit ${limit}): wait for one to be drawn, or cancel one.`;
  return invalidRequest([
    { field: 'queue', value: waiting, allowed: `at most ${limit} waiting`, nearest: null, message },
  ]);
}

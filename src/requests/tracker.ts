import { AppError, messageIn, toAppError } from '#src/errors.ts';
import type { DrawProgress } from '#src/queue/jobs.ts';
import type { QueueListener } from '#src/queue/queue.ts';
import type { StoredRequest } from '#src/store/requests.ts';
import { createTexts } from '#src/texts/index.ts';
import { placeOf, type Delivery } from './deliver.ts';
import type { Estimator } from './estimate.ts';
import { optionsOf, type RequestOptions } from './options.ts';
import { asSeen, findStandings } from './positions.ts';
import { createSerial } from './serial.ts';
import type { Foundation } from './services.ts';
import {
  buildEnding,
  buildStatus,
  unknownState,
  type Ending,
  type LiveState,
  type StatusInput,
} from './status.ts';
import { whereabouts } from './whereabouts.ts';

/** Follows requests from their acceptance to their end, and shows people what happens. */
export interface Tracker {
  readonly listener: Required<QueueListener>;
  /**
   * Has `enqueue` put a request's job into the queue, and follows it: it may be drawn at once, and what
   * is told of it meanwhile is heard afterwards. `shown` resolves when its status message is out.
   * @throws what `enqueue` throws; then it is not followed.
   */
  enter(
    requestId: string,
    enqueue: () => Promise<StoredRequest>,
  ): Promise<{ request: StoredRequest; shown: Promise<void> }>;
  /** Shows its status message and keeps it up to date. Resolves when it is out. */
  follow(request: StoredRequest): Promise<void>;
  /** Positions may have changed. */
  refresh(): void;
  /** Delivers what was drawn and ends the request. */
  settle(requestId: string): Promise<void>;
  /** Ends a request that will not be drawn (further). */
  fail(requestId: string, error: AppError): Promise<void>;
  /** Shows that a running request was told to stop. */
  stopping(requestId: string): void;
  /** Shows new pictures and votes on the results message. */
  showResults(requestId: string): Promise<void>;
  /** Whether its drawing has begun; so is what another process follows. */
  hasBegun(requestId: string): boolean;
  /** How much of a request is drawn: 0 to 1. */
  shareDone(requestId: string): number;
  /** What is known of a request that is not finished. */
  stateOf(requestId: string): LiveState;
  close(): Promise<void>;
}

interface Followed {
  request: StoredRequest;
  options: RequestOptions;
  requesterName: string;
  state: LiveState;
  isRunning: boolean;
  /** Its last word was said: nothing may be shown after it. */
  isEnded: boolean;
  /** Of this request's steps. Unit: seconds. */
  stepSeconds: number[];
  /** Resolves when the status message is out, or will never be. */
  announced: Promise<void>;
}

const refreshMs = 250;

export function createTracker(
  foundation: Foundation,
  delivery: Delivery,
  estimator: Estimator,
  /** Its row says so by now. */
  onEnded: (requestId: string) => void = () => {},
): Tracker {
  const { store, queue, publisher, logger } = foundation;
  const followed = new Map<string, Followed>();
  const serial = createSerial();
  let refreshTimer: NodeJS.Timeout | undefined;
  let refreshing: Promise<void> = Promise.resolve();
  let isClosed = false;

  const inputOf = ({ request, options, requesterName }: Followed): StatusInput => ({
    request,
    options,
    requesterName,
    texts: createTexts(request.locale),
  });

  /** Runs beside everything else; a failure is a line in the log. */
  function run(requestId: string, what: string, work: () => Promise<void>): Promise<void> {
    if (isClosed) return Promise.resolve();
    return serial.run(requestId, work).catch((thrown: unknown) => {
      const error = toAppError(thrown);
      logger.warn(
        { requestId, code: error.code, retryable: error.retryable },
        `${what}: ${error.message}`,
      );
    });
  }

  async function take(request: StoredRequest): Promise<Followed> {
    const known = followed.get(request.id);
    if (known) return known;
    const member = await store.members.find(request.workspaceId, request.requesterId);
    const taken = followed.get(request.id);
    if (taken) return taken;
    const one: Followed = {
      request,
      options: optionsOf(request),
      requesterName: member?.name ?? request.requesterId,
      state: unknownState,
      isRunning: request.status === 'running',
      isEnded: false,
      stepSeconds: [],
      announced: Promise.resolve(),
    };
    followed.set(request.id, one);
    return one;
  }

  /** Its status message is there before its pictures are: their thread hangs on it. */
  async function announce(request: StoredRequest): Promise<Followed> {
    const one = await take(request);
    one.request = request;
    await one.announced;
    // A kill may have come between the message and the note of it.
    if ((await store.requests.find(request.id))?.statusMessage === null) {
      await show(one).catch(() => {});
    }
    return one;
  }

  async function show(one: Followed): Promise<void> {
    await delivery.showStatus(one.request, buildStatus(inputOf(one), one.state), false);
  }

  function showSoon(one: Followed): void {
    show(one).catch((thrown: unknown) => {
      const { code, message } = toAppError(thrown);
      logger.debug({ requestId: one.request.id, code }, `Status not shown: ${message}`);
    });
  }

  function update(one: Followed, changes: Partial<LiveState>): void {
    one.state = { ...one.state, ...changes };
    if (!one.isEnded) showSoon(one);
  }

  function refresh(): void {
    if (refreshTimer || isClosed) return;
    refreshTimer = setTimeout(() => {
      refreshTimer = undefined;
      refreshing = refreshNow().catch((thrown: unknown) =>
        logger.warn({}, `Positions are not known: ${toAppError(thrown).message}`),
      );
    }, refreshMs);
    refreshTimer.unref();
  }

  async function refreshNow(): Promise<void> {
    if (followed.size === 0 || isClosed) return;
    const [held, workers] = await Promise.all([queue.view(), queue.workersConnected()]);
    const view = asSeen(held, hasBegun);
    const standings = await findStandings(view, estimator, shareDone, workers);
    for (const [id, one] of followed) {
      const standing = standings.get(id);
      if (!standing || one.isRunning) continue;
      update(one, { ...standing, hasWorker: workers > 0 });
      if (standing.position) await store.requests.setPosition(id, standing.position);
    }
  }

  function hasBegun(requestId: string): boolean {
    return followed.get(requestId)?.isRunning ?? true;
  }

  function shareDone(requestId: string): number {
    const one = followed.get(requestId);
    const step = one?.state.step;
    if (!one || !step) return 0;
    const done = (step.candidate - 1) * step.steps + step.step;
    return done / (one.options.seeds.length * step.steps);
  }

  async function onProgress(requestId: string, progress: DrawProgress): Promise<void> {
    const one = followed.get(requestId);
    if (!one) return;
    if (!one.isRunning) {
      one.isRunning = true;
      const moved = await store.requests.move(requestId, 'running');
      if (moved) one.request = moved;
      refresh();
    }
    if (progress.type === 'note') update(one, { note: progress.note, position: null });
    else if (progress.type === 'candidate') {
      await one.announced;
      delivery.showResults(requestId, { isComplete: false, isFinal: false }).catch((thrown) => {
        const { code, message } = toAppError(thrown);
        logger.warn({ requestId, code }, `Pictures not shown yet: ${message}`);
      });
    } else {
      const { candidate, step, steps, seconds, preview } = progress;
      one.stepSeconds.push(seconds);
      const recent = one.stepSeconds.slice(-steps);
      const secondsPerStep = recent.reduce((sum, value) => sum + value, 0) / recent.length;
      const left = one.options.seeds.length * steps - ((candidate - 1) * steps + step);
      update(one, {
        position: null,
        note: null,
        secondsLeft: left * secondsPerStep,
        step: {
          candidate,
          step,
          steps,
          secondsPerStep,
          preview: preview === undefined ? null : Buffer.from(preview, 'base64'),
        },
      });
    }
  }

  async function settleNow(requestId: string): Promise<void> {
    const request = await store.requests.find(requestId);
    if (request === null || isFinished(request)) return drop(requestId);
    const one = await announce(request);
    const candidates = await store.candidates.list(requestId);
    if (candidates.length < one.options.seeds.length) {
      throw new AppError('INTERNAL', `Only ${candidates.length} pictures of it are stored.`);
    }
    let areShown: boolean;
    try {
      areShown = await delivery.finish(request);
    } catch (thrown) {
      const error = toAppError(thrown);
      // It stays open and is tried again; what will never work ends it.
      if (error.retryable || isClosed) throw error;
      return failNow(requestId, error, [whereaboutsOf(request)]);
    }
    const seconds = await secondsOf(requestId);
    const pictures = candidates.length;
    const after = [createTexts(request.locale)('status.resultsDeleted'), whereaboutsOf(request)];
    await end(one, { state: 'done', seconds, pictures }, areShown ? [] : after);
    await store.requests.move(requestId, 'done', { seconds });
    logEnd(one, 'done', { seconds: Number(seconds.toFixed(2)), pictures });
    drop(requestId);
  }

  /** As the worker measured it; else by its candidates. */
  async function secondsOf(requestId: string): Promise<number> {
    const outcome = await queue.outcome(requestId);
    if (outcome.state === 'done') return outcome.result.seconds;
    const { queuedAt, acceptedAt } = (await store.requests.find(requestId)) as StoredRequest;
    return (Date.now() - (queuedAt ?? acceptedAt).getTime()) / 1000;
  }

  /** @param after what else the person should know. */
  async function failNow(
    requestId: string,
    error: AppError,
    after: readonly string[] = [],
  ): Promise<void> {
    const request = await store.requests.find(requestId);
    if (request === null || isFinished(request)) return drop(requestId);
    const one = await announce(request);
    const pictures = (await store.candidates.list(requestId)).length;
    const isCancelled = error.code === 'CANCELLED';
    if (pictures > 0 && request.resultsMessage !== null) {
      await delivery.finish(request).catch((thrown: unknown) => {
        logger.warn({ requestId }, `Pictures not finished: ${toAppError(thrown).message}`);
      });
    }
    const { code } = error;
    const message = messageIn(error, request.locale);
    await end(
      one,
      isCancelled ? { state: 'cancelled', pictures } : { state: 'failed', code, message },
      after,
    );
    const status = isCancelled ? 'cancelled' : 'failed';
    await store.requests.move(requestId, status, { failure: { code, message } });
    logEnd(one, status, { code, reason: message, pictures });
    drop(requestId);
  }

  const whereaboutsOf = ({ id, locale }: StoredRequest) =>
    whereabouts(foundation.publicUrl, id, createTexts(locale));

  async function end(one: Followed, ending: Ending, after: readonly string[] = []): Promise<void> {
    one.isEnded = true;
    const view = buildEnding(inputOf(one), ending, after);
    const isBad = ending.state === 'failed' || after.length > 0;
    try {
      await delivery.showStatus(one.request, view, true);
    } catch (thrown) {
      const { code, message } = toAppError(thrown);
      // The program is stopping: the end is told after its next start.
      if (isClosed) throw thrown;
      logger.warn({ requestId: one.request.id, code }, `The end is not shown: ${message}`);
      if (isBad) await tellAside(one.request, [view.title, ...view.lines].join('\n'));
    }
  }

  /** What the status message cannot say: as one line to whoever asked, wherever they still are. */
  async function tellAside(request: StoredRequest, text: string): Promise<void> {
    try {
      await foundation
        .platformOf(request.platform)
        .tell(placeOf(request), request.requesterId, text);
    } catch (thrown) {
      const { code, message } = toAppError(thrown);
      logger.warn({ requestId: request.id, code }, `The requester is not told: ${message}`);
    }
  }

  function logEnd(one: Followed, status: string, details: object): void {
    const { id, shortId, platform, requesterId } = one.request;
    const { model, width, height, steps } = one.options;
    logger.info(
      {
        requestId: id,
        shortId,
        platform,
        requesterId,
        model,
        size: `${width}x${height}`,
        steps,
        ...details,
      },
      `Request ${status}.`,
    );
  }

  function drop(requestId: string): void {
    followed.delete(requestId);
    onEnded(requestId);
    publisher.forget(`status:${requestId}`);
    estimator.forget();
    refresh();
  }

  async function begin(request: StoredRequest): Promise<{ shown: Promise<void> }> {
    const one = await take(request);
    one.request = request;
    const shown = show(one);
    one.announced = shown.catch(() => {});
    refresh();
    return { shown };
  }

  /** Of requests that this process follows; others are another's. */
  function hear(requestId: string, what: string, work: () => Promise<void>): void {
    void run(requestId, what, async () => {
      if (followed.has(requestId)) await work();
    });
  }

  return {
    listener: {
      onStarted: () => refresh(),
      onProgress: (id, progress) => hear(id, 'Progress', () => onProgress(id, progress)),
      onDone: (id) => hear(id, 'Not delivered yet', () => settleNow(id)),
      onFailed: (id, error) => hear(id, 'Failure not told yet', () => failNow(id, error)),
    },
    enter: (id, enqueue) =>
      serial.run(id, async () => {
        const request = await enqueue();
        return { request, ...(await begin(request)) };
      }),
    async follow(request) {
      const { shown } = await begin(request);
      await shown;
    },
    refresh,
    settle: (id) => run(id, 'Not delivered yet', () => settleNow(id)),
    fail: (id, error) => run(id, 'Failure not told yet', () => failNow(id, error)),
    stopping(id) {
      const one = followed.get(id);
      if (one) update(one, { isStopping: true });
    },
    async showResults(id) {
      const request = await store.requests.find(id);
      if (request === null) return;
      await delivery.showResults(id, { isComplete: isFinished(request), isFinal: false });
    },
    hasBegun,
    shareDone,
    stateOf: (id) => followed.get(id)?.state ?? unknownState,
    async close() {
      isClosed = true;
      clearTimeout(refreshTimer);
      await publisher.close();
      await Promise.all([serial.idle(), refreshing]);
    },
  };
}

export function isFinished({ status }: Pick<StoredRequest, 'status'>): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled';
}

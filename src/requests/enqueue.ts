import { setTimeout as sleep } from 'node:timers/promises';
import { toAppError, type AppError } from '#src/errors.ts';
import type { NewRequest, StoredRequest } from '#src/store/requests.ts';
import { drawOf, optionsOf } from './options.ts';
import type { Foundation } from './services.ts';
import type { Tracker } from './tracker.ts';

export interface Submitted {
  request: StoredRequest;
  /** false: the same invocation came before, or it joined one that is under way. */
  isNew: boolean;
  /** Why its status message could not be posted. */
  statusFault: AppError | null;
}

/** How long somebody waits for the status message before they are told of their request. */
const statusPatienceMs = 3000;

/** A request that will not do however often it is tried. */
export function isUnfit(thrown: unknown): boolean {
  return toAppError(thrown).code === 'INVALID_REQUEST';
}

/**
 * Commits a request, queues its job, shows its status: in this order, so that what was told to people
 * is never lost.
 * @throws AppError STORAGE_FAILED when nothing was accepted, INVALID_REQUEST when the queue refuses it.
 */
export async function submit(
  { store, queue, logger }: Foundation,
  tracker: Tracker,
  wanted: NewRequest,
): Promise<Submitted> {
  const { request, isNew } = await store.requests.accept(wanted);
  if (!isNew) return { request, isNew, statusFault: null };
  const { id: requestId, shortId, workspaceId, requesterId, platform } = request;
  logger.info({ requestId, shortId, platform, requesterId }, 'Request accepted.');
  const draw = drawOf(optionsOf(request));
  async function enqueue(): Promise<StoredRequest> {
    try {
      await queue.add({ requestId, workspaceId, requesterId, priorityClass: 'person', draw });
      return (await store.requests.move(requestId, 'queued')) ?? request;
    } catch (thrown) {
      const error = toAppError(thrown);
      if (isUnfit(error)) {
        await store.requests.remove(requestId);
        throw error;
      }
      // It is accepted: the job is added as soon as the queue is back.
      logger.warn({ requestId, code: error.code }, `Not queued yet: ${error.message}`);
      return request;
    }
  }
  const entered = await tracker.enter(requestId, enqueue);
  const shown = entered.shown.then(
    () => null,
    (thrown: unknown) => {
      const error = toAppError(thrown);
      logger.warn({ requestId, code: error.code }, `No status: ${error.message}`);
      return error;
    },
  );
  // A platform that is out of order is tried again for minutes; what is accepted is said before.
  const patience = new AbortController();
  const late = sleep(statusPatienceMs, null, { ref: false, signal: patience.signal });
  const statusFault = await Promise.race([shown, late.catch(() => null)]);
  patience.abort();
  return { request: entered.request, isNew, statusFault };
}

import { AppError, toAppError } from '#src/errors.ts';
import type { DeliveryName } from '#src/store/deliveries.ts';
import type { StoredRequest } from '#src/store/requests.ts';
import { createTexts } from '#src/texts/index.ts';
import type { MessageRef, Place, StatusView } from '#src/types/chat.ts';
import type { Platform } from '#src/types/platform.ts';
import { optionsOf } from './options.ts';
import { buildResults, resultActions } from './results.ts';
import type { Foundation } from './services.ts';
import { requestLink } from './whereabouts.ts';

export interface Delivery {
  /** Shows the status message as it should be now. @throws AppError when it is out for good */
  showStatus(request: StoredRequest, view: StatusView, isFinal: boolean): Promise<void>;
  /** Shows the pictures that are there. */
  showResults(requestId: string, options: { isComplete: boolean; isFinal: boolean }): Promise<void>;
  /**
   * Everything that people get at the end; safe to run again after it ended anywhere.
   * @returns false: somebody deleted the message with the pictures.
   */
  finish(request: StoredRequest): Promise<boolean>;
}

export type DeliveryOptions = Foundation & {
  /** How long an attempt has a message to itself, for the case that its process dies. */
  claimSeconds: number;
};

/** Longer than any state of it is on its way. */
const mostCompleted = 500;

export function placeOf(request: StoredRequest): Place {
  const { platform, workspaceId, channelId, threadId } = request;
  return { platform, workspaceId, channelId, threadId };
}

/** Where a request's results are: the thread that hangs on it, or its own place. */
export function resultsPlaceOf(request: StoredRequest): Place {
  const threadId = request.resultsMessage?.threadId ?? request.threadId;
  return { ...placeOf(request), threadId };
}

export function createDelivery(foundation: DeliveryOptions): Delivery {
  const { store, publisher, images, platformOf, logger, claimSeconds } = foundation;

  /** The latest whose results are complete. */
  const completed = new Set<string>();

  function rememberCompleted(requestId: string): void {
    completed.add(requestId);
    const [oldest] = completed;
    if (completed.size > mostCompleted && oldest !== undefined) completed.delete(oldest);
  }

  const budgetOf = (platform: Platform, place: Place) => ({
    key: `${platform.name}/${platform.editBudget.key(place)}`,
    perMinute: platform.editBudget.perMinute,
    intervalMs: platform.editBudget.intervalMs,
  });

  /**
   * Posts a message once: the attempt is written down before it is made, and the platform looks for
   * a message of ours where the outcome of an earlier attempt is unknown.
   */
  async function postOnce(
    name: DeliveryName,
    post: (known: MessageRef | null, nonce: string) => Promise<MessageRef>,
  ): Promise<MessageRef> {
    const delivery = await store.deliveries.begin(name, claimSeconds);
    if (delivery === null) {
      throw new AppError('PLATFORM_FAILED', 'Another process is posting this message just now.', {
        retryable: true,
      });
    }
    try {
      const message = await post(delivery.message, delivery.nonce);
      await store.deliveries.posted(name, message);
      return message;
    } catch (thrown) {
      const error = toAppError(thrown);
      await store.deliveries.failed(name, error.message, !error.retryable);
      throw error;
    }
  }

  async function sendStatus(requestId: string, view: StatusView): Promise<void> {
    const request = await store.requests.find(requestId);
    if (request === null) return;
    const platform = platformOf(request.platform);
    const place = placeOf(request);
    if (request.statusMessage !== null) {
      await platform.publishStatus(place, request.statusMessage, view);
      return;
    }
    const message = await postOnce({ requestId, kind: 'status' }, (known) =>
      platform.publishStatus(place, known, view),
    );
    if (!(await store.requests.setStatusMessage(requestId, message)))
      await platform.remove(message);
  }

  /** null: the request was deleted meanwhile. */
  async function resultsView(requestId: string, isComplete: boolean) {
    const request = await store.requests.find(requestId);
    if (request === null) return null;
    const [candidates, tally, parent] = await Promise.all([
      store.candidates.list(requestId),
      store.votes.tally(requestId),
      request.parentId === null ? null : store.requests.find(request.parentId),
    ]);
    const view = buildResults({
      request,
      options: optionsOf(request),
      candidates,
      tally,
      isComplete,
      parentShortId: parent?.shortId ?? null,
      images,
      texts: createTexts(request.locale),
    });
    const link = requestLink(foundation.publicUrl, requestId);
    return { request, view: { ...view, link } };
  }

  async function sendResults(requestId: string, isComplete: boolean): Promise<void> {
    const current = await resultsView(requestId, isComplete);
    if (current === null) return;
    const { request, view } = current;
    const platform = platformOf(request.platform);
    if (request.resultsMessage !== null) {
      await platform.publishResults(resultsPlaceOf(request), request.resultsMessage, view);
      return;
    }
    const message = await postOnce({ requestId, kind: 'results' }, async (known) => {
      const thread = await openThread(platform, request, view.title);
      try {
        return await platform.publishResults(thread, known, view);
      } catch (thrown) {
        // Somebody deleted what the thread hangs on, or the thread itself.
        const isAside = thread.threadId !== request.threadId && known === null;
        if (!isAside || !isGone(thrown)) throw thrown;
        return platform.publishResults(placeOf(request), null, view);
      }
    });
    if (!(await store.requests.setResultsMessage(requestId, message)))
      await platform.remove(message);
  }

  /** A status message that somebody deleted, or that could not be posted, leaves the place itself. */
  async function openThread(
    platform: Platform,
    request: StoredRequest,
    title: string,
  ): Promise<Place> {
    const place = placeOf(request);
    if (request.statusMessage === null) return place;
    try {
      return await platform.openThread(place, request.statusMessage, title);
    } catch (thrown) {
      if (!isGone(thrown)) throw thrown;
      return place;
    }
  }

  async function mention(request: StoredRequest, count: number): Promise<void> {
    const name = { requestId: request.id, kind: 'mention', key: 'done' } as const;
    const texts = createTexts(request.locale);
    await postOnce(
      name,
      async (known, nonce) =>
        known ??
        (await platformOf(request.platform).mention(
          resultsPlaceOf(request),
          request.requesterId,
          texts('results.ready', { count }),
          nonce,
        )),
    );
  }

  async function showResults(
    requestId: string,
    options: { isComplete: boolean; isFinal: boolean },
  ): Promise<void> {
    const { isFinal } = options;
    // What was complete once stays so, whoever looked it up earlier.
    const isComplete = options.isComplete || completed.has(requestId);
    const current = await resultsView(requestId, isComplete);
    if (current === null) return;
    if (!isComplete && completed.has(requestId)) return showResults(requestId, options);
    if (isFinal) rememberCompleted(requestId);
    const { request, view } = current;
    const platform = platformOf(request.platform);
    await publisher.publish({
      message: `results:${requestId}`,
      budget: budgetOf(platform, placeOf(request)),
      fingerprint: JSON.stringify(view),
      isFinal,
      isNew: request.resultsMessage === null,
      send: () => sendResults(requestId, isComplete),
    });
  }

  return {
    async showStatus(request, view, isFinal) {
      const platform = platformOf(request.platform);
      await publisher.publish({
        message: `status:${request.id}`,
        budget: budgetOf(platform, placeOf(request)),
        fingerprint: JSON.stringify({ ...view, preview: null }),
        isFinal,
        isNew: request.statusMessage === null,
        send: () => sendStatus(request.id, view),
      });
    },
    showResults,
    async finish({ id }) {
      try {
        await showResults(id, { isComplete: true, isFinal: true });
      } catch (thrown) {
        // Its place is gone before anything was shown: that is a failure that the person is told.
        const isShown = (await store.requests.find(id))?.resultsMessage != null;
        if (!isShown || !isGone(thrown)) throw thrown;
        return false;
      }
      const request = await store.requests.find(id);
      if (request === null || request.resultsMessage === null) return true;
      const candidates = await store.candidates.list(id);
      const platform = platformOf(request.platform);
      try {
        await platform.addReactions(request.resultsMessage, resultActions(candidates));
      } catch (thrown) {
        const error = toAppError(thrown);
        if (isGone(error)) return false;
        // The buttons do the same.
        if (error.retryable) throw error;
        logger.warn({ requestId: id, code: error.code }, `No reactions: ${error.message}`);
      }
      await mention(request, candidates.length).catch((thrown: unknown) => {
        if (!isGone(thrown)) throw thrown;
      });
      return true;
    },
  };
}

/** Somebody deleted it: they do not want it back. */
function isGone(thrown: unknown): boolean {
  return toAppError(thrown).code === 'MESSAGE_GONE';
}

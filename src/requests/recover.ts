import { AppError, toAppError } from '#src/errors.ts';
import type { StoredRequest } from '#src/store/requests.ts';
import type { PlatformName } from '#src/types/chat.ts';
import { isUnfit } from './enqueue.ts';
import { drawOf, optionsOf } from './options.ts';
import type { BotServices } from './services.ts';

const mostReadBack = 100;

/**
 * Takes up every accepted request that is not finished: a job that is missing is added again, what was
 * drawn meanwhile is delivered, and the same status message goes on. Safe to repeat.
 * @param isStart also follows requests that another process may be following.
 */
export async function recover(bot: BotServices, isStart: boolean): Promise<void> {
  for (const request of await bot.store.requests.listOpen()) {
    try {
      await recoverOne(bot, request, isStart);
    } catch (thrown) {
      const { code, message } = toAppError(thrown);
      bot.logger.warn({ requestId: request.id, code }, `Not taken up yet: ${message}`);
    }
  }
}

async function recoverOne(bot: BotServices, request: StoredRequest, isStart: boolean) {
  const { id } = request;
  const { store, queue, tracker } = bot;
  try {
    bot.platformOf(request.platform);
  } catch {
    // Not set up here (any more): another process may serve it.
    return;
  }
  const candidates = await store.candidates.list(id);
  if (candidates.length >= optionsOf(request).seeds.length) return tracker.settle(id);
  const outcome = await queue.outcome(id);
  if (outcome.state === 'failed') return tracker.fail(id, outcome.error);
  if (outcome.state === 'done') {
    const lost = new AppError('INTERNAL', 'The pictures were drawn, but their records are lost.');
    return tracker.fail(id, lost);
  }
  if (outcome.state === 'unknown') await enqueueAgain(bot, request);
  if (isStart || outcome.state === 'unknown') await tracker.follow(request);
  if (isStart && candidates.length > 0) await tracker.showResults(id);
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

/**
 * Reads the reactions of recent results back: votes may have been given or taken while nobody listened.
 * Other reactions of that time start nothing: people have long gone on.
 */
export async function readBackVotes(bot: BotServices, platform: PlatformName): Promise<void> {
  const { store, tracker, logger } = bot;
  const recent = await store.requests.listRecent({ limit: mostReadBack });
  for (const request of recent) {
    const { id, resultsMessage, status } = request;
    if (request.platform !== platform || resultsMessage === null || status !== 'done') continue;
    try {
      const before = JSON.stringify(await store.votes.tally(id));
      const reactions = await bot.platformOf(platform).readReactions(resultsMessage);
      const present = reactions.flatMap(({ action, personId }) => {
        const candidate = voteOf(action);
        return candidate === null ? [] : [{ voterId: personId, candidate }];
      });
      await store.votes.readBack(id, present);
      if (JSON.stringify(await store.votes.tally(id)) !== before) await tracker.showResults(id);
    } catch (thrown) {
      const { code, message } = toAppError(thrown);
      if (code !== 'MESSAGE_GONE')
        logger.warn({ requestId: id, code }, `Votes not read back: ${message}`);
    }
  }
}

/** The candidate that an action votes for, or null. */
export function voteOf(action: string): number | null {
  const match = /^vote-([1-4])$/.exec(action);
  return match ? Number(match[1]) : null;
}

import { toAppError } from '#src/errors.ts';
import type { StoredRequest } from '#src/store/requests.ts';
import type { PlatformName } from '#src/types/chat.ts';
import type { BotServices } from './services.ts';

/** Results that people may still vote on. */
const mostRead = 100;

export interface VoteReader {
  /**
   * Reads the reactions of recent results back: votes may have been given or taken while nobody
   * listened. Other reactions of that time start nothing: people have long gone on. Never rejects.
   */
  read(platform: PlatformName): Promise<void>;
  /** Resolves when nothing is under way. */
  stop(): Promise<void>;
}

export function createVoteReader({ store, tracker, logger, platformOf }: BotServices): VoteReader {
  let isStopping = false;
  let active: Promise<void> = Promise.resolve();

  async function readAll(platform: PlatformName): Promise<void> {
    for (const request of await store.requests.listVotable(platform, mostRead)) {
      if (isStopping) return;
      await readOne(request).catch((thrown: unknown) => {
        const { code, message } = toAppError(thrown);
        if (code === 'MESSAGE_GONE' || isStopping) return;
        logger.warn({ requestId: request.id, code }, `Votes not read back: ${message}`);
      });
    }
  }

  async function readOne({ id, platform, resultsMessage }: StoredRequest): Promise<void> {
    if (resultsMessage === null) return;
    const since = await store.votes.now();
    const before = await store.votes.tally(id);
    const numbers = before.candidates.map(({ number }) => number);
    const reactions = await platformOf(platform).readReactions(resultsMessage);
    const present = reactions.flatMap(({ action, personId }) => {
      const candidate = voteOf(action);
      return candidate !== null && numbers.includes(candidate)
        ? [{ voterId: personId, candidate }]
        : [];
    });
    await store.votes.readBack(id, present, since);
    const after = await store.votes.tally(id);
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    // The edit keeps its own pace; the next message need not wait for it.
    tracker.showResults(id).catch((thrown: unknown) => {
      const { code, message } = toAppError(thrown);
      logger.warn({ requestId: id, code }, `Votes not shown: ${message}`);
    });
  }

  return {
    read(platform) {
      active = active
        .then(() => readAll(platform))
        .catch((thrown: unknown) => {
          logger.warn({ platform }, `Votes not read back: ${toAppError(thrown).message}`);
        });
      return active;
    },
    async stop() {
      isStopping = true;
      await active;
    },
  };
}

/** The candidate that an action votes for, or null. */
export function voteOf(action: string): number | null {
  const match = /^vote-([1-4])$/.exec(action);
  return match ? Number(match[1]) : null;
}

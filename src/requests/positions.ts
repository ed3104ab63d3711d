import type { QueuedJob } from '#src/queue/jobs.ts';
import type { QueueView } from '#src/queue/queue.ts';
import type { Estimator } from './estimate.ts';
import type { Position } from './status.ts';

/** Where every waiting request stands, and when its pictures are there. */
export interface Standing {
  position: Position | null;
  /** null: not known. Unit: seconds. */
  secondsLeft: number | null;
}

/**
 * The queue as people see it: a worker takes a second job while it draws the first, and that one waits
 * until its drawing begins.
 */
export function asSeen(
  { running, waiting }: QueueView,
  hasBegun: (requestId: string) => boolean,
): QueueView {
  return {
    running: running.filter(({ requestId }) => hasBegun(requestId)),
    waiting: [...running.filter(({ requestId }) => !hasBegun(requestId)), ...waiting],
  };
}

const personOf = (job: QueuedJob) => `${job.workspaceId}/${job.requesterId}`;

/**
 * @param progress by request: the share that is drawn already, 0 to 1.
 * @param workers how many draw at once.
 */
export async function findStandings(
  { running, waiting }: QueueView,
  estimator: Estimator,
  progress: (requestId: string) => number,
  workers: number,
): Promise<Map<string, Standing>> {
  const standings = new Map<string, Standing>();
  let before: number | null = 0;
  for (const job of running) {
    const seconds = await estimator.secondsFor(job.draw);
    const left: number | null = seconds === null ? null : seconds * (1 - progress(job.requestId));
    before = add(before, left);
    standings.set(job.requestId, { position: null, secondsLeft: before });
  }
  for (const [index, job] of waiting.entries()) {
    const ahead = waiting.slice(0, index);
    const people = new Set(ahead.map(personOf));
    const own = ahead.filter((other) => personOf(other) === personOf(job)).length;
    people.delete(personOf(job));
    const seconds = await estimator.secondsFor(job.draw);
    const ready: number | null =
      before === null || seconds === null ? null : before / Math.max(1, workers) + seconds;
    before = add(before, seconds);
    const position = { place: index + 1, peopleBefore: people.size, ownBefore: own };
    standings.set(job.requestId, { position, secondsLeft: ready });
  }
  return standings;
}

function add(sum: number | null, more: number | null): number | null {
  return sum === null || more === null ? null : sum + more;
}

import type { QueuedJob } from '#src/queue/jobs.ts';
import type { QueueView } from '#src/queue/queue.ts';
import type { Estimator } from './estimate.ts';
import type { Position } from './status.ts';

/** Where every waiting request stands, and when its pictures are there. */
export interface Standing {
  position: Position | null;
  /** Until it is drawn. null: not known, or it is being drawn. Unit: seconds. */
  startsIn: number | null;
  /** Until its last picture. null: not known. Unit: seconds. */
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
  /** When each of the workers is through with what it has; infinite where nobody can say. */
  const freeIn = Array.from({ length: Math.max(1, workers) }, () => 0);

  /** Gives a job to whoever is free first. */
  async function take(job: QueuedJob, share: number) {
    const startsIn = Math.min(...freeIn);
    const seconds = (await estimator.secondsFor(job.draw)) ?? Infinity;
    const readyIn = startsIn + seconds * (1 - share);
    freeIn[freeIn.indexOf(startsIn)] = readyIn;
    return { startsIn: known(startsIn), secondsLeft: known(readyIn) };
  }

  for (const job of running) {
    const { secondsLeft } = await take(job, progress(job.requestId));
    standings.set(job.requestId, { position: null, startsIn: null, secondsLeft });
  }
  for (const [index, job] of waiting.entries()) {
    const ahead = waiting.slice(0, index);
    const people = new Set(ahead.map(personOf));
    const own = ahead.filter((other) => personOf(other) === personOf(job)).length;
    people.delete(personOf(job));
    const position = { place: index + 1, peopleBefore: people.size, ownBefore: own };
    standings.set(job.requestId, { position, ...(await take(job, 0)) });
  }
  return standings;
}

const known = (seconds: number) => (Number.isFinite(seconds) ? seconds : null);

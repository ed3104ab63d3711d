import type { QueuedJob, Turn } from './jobs.ts';

/**
 * Fair turns: people take turns in rounds, and a round is BullMQ's priority (lower first, first come
 * first served within one).
 *
 * A person's job gets the round after their latest one, but never one that is over: the current round
 * is the highest that a job was started in. So ten jobs of one person take ten rounds and another
 * person's first one is drawn next; somebody who comes back after every picture gets into the current
 * round and no earlier, so nobody is overtaken for ever. Rounds start again whenever nobody waits or
 * is drawn for: a series is one such stretch, named after its first job. Idle jobs come after all
 * people's, in their own order.
 */

const lastRound = 1_000_000;
const idlePriority = lastRound + 1;

type Job = Pick<QueuedJob, 'requestId' | 'workspaceId' | 'requesterId' | 'priorityClass'> & {
  turn: Turn | null;
};

/** What the queue holds. */
export interface QueueState {
  waiting: Job[];
  running: Job[];
  /** Finished lately; older ones than the current series do no harm. */
  finished: Job[];
}

/** Two people on different platforms may have the same id. */
export function personOf(job: Pick<Job, 'workspaceId' | 'requesterId'>): string {
  return `${job.workspaceId}/${job.requesterId}`;
}

export function takeTurn(job: Omit<Job, 'turn'>, state: QueueState): Turn | null {
  if (job.priorityClass === 'idle') return null;
  const series = [...state.waiting, ...state.running].find(({ turn }) => turn !== null)?.turn
    ?.series;
  if (series === undefined) return { series: job.requestId, round: 1 };

  const inSeries = (other: Job) => other.turn?.series === series;
  const started = [...state.running, ...state.finished].filter(inSeries);
  const own = [...started, ...state.waiting.filter(inSeries)].filter(
    (other) => personOf(other) === personOf(job),
  );
  return { series, round: Math.max(1, highestRound(started), highestRound(own) + 1) };
}

export function priorityOf(turn: Turn | null): number {
  return turn === null ? idlePriority : Math.min(turn.round, lastRound);
}

function highestRound(jobs: Job[]): number {
  return Math.max(0, ...jobs.map(({ turn }) => turn?.round ?? 0));
}

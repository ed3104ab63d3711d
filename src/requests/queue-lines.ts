import { createTexts } from '#src/texts/index.ts';
import type { Person, PlatformName } from '#src/types/chat.ts';
import { asSeen, findStandings } from './positions.ts';
import type { BotServices } from './services.ts';
import { runningLines, waitingLines } from './status.ts';
import { shorten } from './wording.ts';

/** One job of the queue as people see it. */
export interface QueueLine {
  requestId: string;
  isRunning: boolean;
  /** 0 for running ones. */
  place: number;
  requester: string;
  platform: PlatformName;
  prompt: string;
  /** Why it stands there, and when its pictures are there. */
  reason: string;
}

/** Drawn now, then in the order of their turns, with the reason for each. */
export async function describeQueue(
  { queue, store, tracker, estimator }: BotServices,
  viewer: Person,
): Promise<{ workers: number; entries: QueueLine[] }> {
  const [held, workers] = await Promise.all([queue.view(), queue.workersConnected()]);
  const view = asSeen(held, tracker.hasBegun);
  const standings = await findStandings(view, estimator, tracker.shareDone, workers);
  const texts = createTexts(viewer.locale);
  const entries: QueueLine[] = [];
  for (const job of [...view.running, ...view.waiting]) {
    const request = await store.requests.find(job.requestId);
    // Deleted a moment ago.
    if (request === null) continue;
    const standing = standings.get(job.requestId) ?? { position: null, secondsLeft: null };
    const live = { ...tracker.stateOf(job.requestId), ...standing, hasWorker: workers > 0 };
    const isRunning = view.running.includes(job);
    const member = await store.members.find(job.workspaceId, job.requesterId);
    entries.push({
      requestId: job.requestId,
      isRunning,
      place: standing.position?.place ?? 0,
      requester:
        job.requesterId === viewer.id ? viewer.name : (member?.name ?? texts('queue.somebody')),
      platform: request.platform,
      prompt: shorten(request.prompt, 120),
      reason: (isRunning ? runningLines(live, texts) : waitingLines(live, texts)).join(' '),
    });
  }
  return { workers, entries };
}

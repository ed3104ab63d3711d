import type { QueuedJob } from '#src/queue/jobs.ts';
import { createTexts, type Texts } from '#src/texts/index.ts';
import type { Person, PlatformName } from '#src/types/chat.ts';
import { asSeen, findStandings } from './positions.ts';
import type { BotServices } from './services.ts';
import { progressText, type LiveState } from './status.ts';
import { formatDuration, shorten } from './wording.ts';

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

/**
 * Drawn now, then in the order of their turns, with the reason for each.
 * @param isVisible whether the viewer may see whose it is and what it says.
 */
export async function describeQueue(
  { queue, store, tracker, estimator }: BotServices,
  viewer: Person,
  isVisible: (job: QueuedJob) => boolean = () => true,
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
    const isSeen = isVisible(job);
    const member = isSeen ? await store.members.find(job.workspaceId, job.requesterId) : null;
    const standing = standings.get(job.requestId);
    const live = { ...tracker.stateOf(job.requestId), ...standing, hasWorker: workers > 0 };
    const isRunning = view.running.includes(job);
    entries.push({
      requestId: job.requestId,
      isRunning,
      place: standing?.position?.place ?? 0,
      requester: !isSeen
        ? texts('queue.elsewhere')
        : job.requesterId === viewer.id
          ? viewer.name
          : (member?.name ?? texts('queue.somebody')),
      platform: request.platform,
      prompt: isSeen ? shorten(request.prompt, 120) : '…',
      reason: isRunning ? runningReason(job, live, texts) : waitingReason(live, texts),
    });
  }
  return { workers, entries };
}

function runningReason({ draw }: QueuedJob, live: LiveState, texts: Texts): string {
  if (live.isStopping) return texts('status.stopping');
  if (live.step === null) return live.note ?? texts('queue.begins');
  return progressText(draw.seeds.length, live, live.step, texts);
}

function waitingReason(live: LiveState, texts: Texts): string {
  const { peopleBefore: people = 0, ownBefore: own = 0 } = live.position ?? {};
  const why =
    people > 0 && own > 0
      ? texts('queue.afterBoth', { people, own })
      : people > 0
        ? texts('queue.afterPeople', { people })
        : own > 0
          ? texts('queue.afterOwn', { own })
          : texts('queue.next');
  if (!live.hasWorker || live.secondsLeft === null) return why;
  return `${why} · ${texts('queue.readyIn', { time: formatDuration(live.secondsLeft, texts) })}`;
}

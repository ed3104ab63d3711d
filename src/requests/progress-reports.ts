import type { DrawProgress } from '#src/queue/jobs.ts';
import type { EngineDrawEvent } from '#src/types/engine.ts';

export interface ProgressReports {
  /** Steps follow each other faster than anybody reads: the newest is sent, at most so often. */
  step(
    number: number,
    event: EngineDrawEvent & { type: 'step' },
    preview: () => Promise<string | undefined>,
  ): Promise<void>;
  now(progress: DrawProgress): Promise<void>;
  stop(): void;
}

const intervalMs = 500;

/** A report that cannot be sent costs no picture. */
export function createProgressReports(
  report: (progress: DrawProgress) => Promise<void>,
  onError: (thrown: unknown) => void,
): ProgressReports {
  let sentAt = -Infinity;
  let sending: Promise<void> | null = null;
  let isStopped = false;

  async function send(progress: DrawProgress): Promise<void> {
    await report(progress).catch(onError);
  }

  return {
    async step(number, event, preview) {
      const isDue = performance.now() - sentAt >= intervalMs && sending === null;
      if (!isDue || isStopped) return;
      sentAt = performance.now();
      const { step, steps, seconds } = event;
      sending = (async () => {
        const image = await preview().catch(() => undefined);
        await send({
          type: 'step', candidate: number, step, steps, seconds,
          ...(image !== undefined && { preview: image }),
        }); // prettier-ignore
      })().finally(() => (sending = null));
    },
    now: send,
    stop: () => (isStopped = true),
  };
}

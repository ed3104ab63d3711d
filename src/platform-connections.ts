import { toAppError } from './errors.ts';
import type { Logger } from './log.ts';
import type { Inbox, Platform } from './types/platform.ts';

export interface PlatformConnections {
  /** Settles once every platform was tried. */
  settled: Promise<void>;
  stop(): Promise<void>;
}

const firstRetryMs = 5000;
const longestRetryMs = 300_000;

/**
 * Connects every platform, each on its own: one that cannot be reached is tried again while the
 * others work, one that is refused is told once and left alone.
 */
export function connectPlatforms(
  platforms: Platform[],
  inboxOf: (platform: Platform) => Inbox,
  logger: Logger,
  onConnected: (platform: Platform) => Promise<void>,
): PlatformConnections {
  const timers = new Set<NodeJS.Timeout>();
  let isStopped = false;

  async function connect(platform: Platform, retryMs: number): Promise<void> {
    const { name } = platform;
    try {
      await platform.start(inboxOf(platform));
    } catch (thrown) {
      const { code, message, retryable } = toAppError(thrown);
      const next = retryable ? ` Trying again in ${retryMs / 1000} s.` : '';
      logger.error({ platform: name, code }, `${name} is not connected: ${message}${next}`);
      if (retryable && !isStopped) retryLater(platform, retryMs);
      return;
    }
    if (isStopped) return platform.stop();
    logger.info({ platform: name }, `${name} is connected.`);
    if (platform.invitation) logger.info({ platform: name }, `Add the bot: ${platform.invitation}`);
    await onConnected(platform).catch((thrown: unknown) => {
      logger.warn({ platform: name }, `Not taken up yet: ${toAppError(thrown).message}`);
    });
  }

  function retryLater(platform: Platform, retryMs: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void connect(platform, Math.min(retryMs * 2, longestRetryMs));
    }, retryMs);
    timers.add(timer);
  }

  const settled = Promise.all(platforms.map((platform) => connect(platform, firstRetryMs)));
  return {
    settled: settled.then(() => {}),
    async stop() {
      isStopped = true;
      timers.forEach(clearTimeout);
      await Promise.allSettled(platforms.map((platform) => platform.stop()));
    },
  };
}

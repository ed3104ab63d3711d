import type { Logger } from '#src/log.ts';
import type { ImageStore } from '#src/images/store.ts';
import type { DrawQueue } from '#src/queue/queue.ts';
import type { Store } from '#src/store/store.ts';
import type { PlatformName } from '#src/types/chat.ts';
import type { CommandDescription } from '#src/types/command.ts';
import type { Platform } from '#src/types/platform.ts';
import type { Acceptance } from './accept.ts';
import type { Estimator } from './estimate.ts';
import type { Models } from './models.ts';
import type { Publisher } from './publisher.ts';
import type { Tracker } from './tracker.ts';

/** What everything about requests is built on. */
export interface Foundation {
  store: Store;
  queue: DrawQueue;
  images: ImageStore;
  models: Models;
  publisher: Publisher;
  logger: Logger;
  /** Those that are set up here. */
  platforms: Platform[];
  /** `@throws AppError CONFIG_INVALID` for a platform that is not set up. */
  platformOf(name: PlatformName): Platform;
  /** Most requests one person may have waiting. */
  waitingPerPerson: number;
  /** Where people reach the console; null: only on this machine. */
  publicUrl: string | null;
  /** Unsigned 32-bit; tests bring their own. */
  randomSeed(): number;
}

/** What commands work with. */
export interface BotServices extends Foundation {
  acceptance: Acceptance;
  tracker: Tracker;
  estimator: Estimator;
  commands(): CommandDescription[];
  /** Cancels one request for somebody who may; the sentence says what became of it. */
  cancel(requestId: string): Promise<'cancelled' | 'stopping' | 'finished'>;
}

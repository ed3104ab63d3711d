import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { PlatformName } from './chat.ts';
import type { Platform } from './platform.ts';

/** What a platform's file in `src/platforms/` exports by default. */
export interface PlatformModule {
  name: PlatformName;
  /** Whether its settings are there; a platform without them is not started. */
  isConfigured(config: Config): boolean;
  /**
   * Connects to nothing yet: that is `Platform.start`. The platform's library is loaded here, so that
   * one that is not configured costs nothing.
   */
  create(options: { config: Config; logger: Logger }): Platform | Promise<Platform>;
}

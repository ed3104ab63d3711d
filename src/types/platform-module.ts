import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { PlatformName } from './chat.ts';
import type { CommandDescription } from './command.ts';
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
  /** How the app is made on the platform; nothing where there is nothing to make. */
  setUp?(options: SetUpOptions): Promise<SetUp>;
}

export interface SetUpOptions {
  config: Config;
  commands: CommandDescription[];
  /** The platform is to post events to QUARTET_PUBLIC_URL, where it can. */
  isHttp?: boolean;
}

export interface SetUp {
  /** What a person does, one step a line. */
  steps: string[];
  /** Ready to be pasted or opened; null while a step has to come first. */
  text: string | null;
}

import {
  Client,
  DiscordAPIError,
  Events,
  GatewayCloseCodes,
  GatewayIntentBits,
  Options,
  type ClientOptions,
} from 'discord.js';
import { AppError } from '#src/errors.ts';
import { badToken, isUnclear, toPlatformError } from './failures.ts';
import { reasonOf, type LogTarget } from './log-target.ts';

/** None of them is privileged: nothing has to be switched on for the application. */
export const intents = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessageReactions,
  GatewayIntentBits.DirectMessageReactions,
] as const;

export interface Timing {
  /** One call, uploads included. */
  callMs: number;
  /** Until the connection stands. */
  startMs: number;
  /** Until servers that are out of order are no longer waited for. */
  guildsMs: number;
  /** Until the connection counts as closed. */
  stopMs: number;
  /** Until autocomplete has to be answered; Discord gives up after 3 s. */
  suggestMs: number;
}

export const defaultTiming: Timing = {
  callMs: 60_000,
  startMs: 30_000,
  guildsMs: 3000,
  stopMs: 5000,
  suggestMs: 2200,
};

export interface ConnectionOptions {
  token: string;
  /** As `https://discord.com/api`. */
  apiUrl: string;
  timing: Timing;
  /** How new sessions are spaced; the library's own way by default. */
  ws?: ClientOptions['ws'];
  logger: LogTarget;
  /** Puts the listeners on a client. */
  listen(client: Client): void;
  /** A new session began: what happened since the last one is lost. */
  onGap(): void;
}

export interface Connection {
  /** The client, for calls and caches; another one after every `open`. */
  readonly client: Client;
  isOpen(): boolean;
  /** Why the last attempt failed, or why Discord hung up for good; null while all is well. */
  failure(): AppError | null;
  /** @throws AppError PLATFORM_FAILED */
  open(): Promise<void>;
  close(): Promise<void>;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { timing, logger } = options;
  let client = create();
  let wasUsed = false;
  let isConnected = false;
  let failure: AppError | null = null;

  function create(): Client {
    const made = new Client({
      intents,
      shards: 'auto',
      rest: { api: options.apiUrl, version: '10', timeout: timing.callMs, retries: 2 },
      waitGuildTimeout: timing.guildsMs,
      // Whatever a prompt says, nobody is notified.
      allowedMentions: { parse: [], repliedUser: false },
      makeCache: Options.cacheWithLimits({
        ...Options.DefaultMakeCacheSettings,
        MessageManager: 0,
        ReactionManager: 0,
        PresenceManager: 0,
        VoiceStateManager: 0,
      }),
      ...(options.ws === undefined ? {} : { ws: options.ws }),
    });
    // For calls without a connection, as `doctor` makes them.
    made.rest.setToken(options.token);
    const about = (error: unknown) => ({ platform: 'discord', error: reasonOf(error) });
    made.on(Events.Error, (error) => logger.error(about(error), 'An event of Discord failed.'));
    made.on(Events.ShardError, (error) =>
      logger.warn(about(error), 'The connection to Discord had an error.'),
    );
    return made;
  }

  /** Every new session after a shard's first one leaves a gap. */
  function watch(watched: Client): void {
    const begun = new Set<number>();
    watched.on(Events.ShardReady, (shard) => {
      if (begun.has(shard)) {
        logger.info({ platform: 'discord', shard }, 'Connected to Discord again, after a gap.');
        isConnected = true;
        options.onGap();
      }
      begun.add(shard);
    });
    watched.on(Events.ShardResume, () => (isConnected = true));
    watched.on(Events.ShardReconnecting, () => (isConnected = false));
    watched.on(Events.ShardDisconnect, ({ code }) => {
      isConnected = false;
      // The library gives up in silence.
      if (begun.size > 0) {
        failure = closeError(code);
        logger.error({ platform: 'discord', code }, `Discord hung up: ${failure.message}`);
      }
    });
  }

  async function open(): Promise<void> {
    if (wasUsed) {
      await client.destroy();
      client = create();
    }
    wasUsed = true;
    const opened = client;
    options.listen(opened);
    watch(opened);
    const closed = Promise.withResolvers<never>();
    opened.once(Events.ShardDisconnect, ({ code }) => closed.reject(closeError(code)));
    const timer = setTimeout(
      () => closed.reject(failed('Discord did not answer in time.', true)),
      timing.startMs,
    );
    const ready = new Promise<void>((resolve) => opened.once(Events.ClientReady, () => resolve()));
    closed.promise.catch(() => {});
    const login = opened.login(options.token);
    login.catch(() => {});
    try {
      await Promise.race([Promise.all([login, ready]), closed.promise]);
      isConnected = true;
      failure = null;
    } catch (error) {
      await close();
      throw (failure = toLoginError(error));
    } finally {
      clearTimeout(timer);
    }
  }

  async function close(): Promise<void> {
    isConnected = false;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timing.stopMs);
    });
    await Promise.race([client.destroy().catch(() => {}), limit]);
    clearTimeout(timer);
    // The library forgets it, and a diagnosis would call it wrong.
    client.rest.setToken(options.token);
  }

  return {
    get client() {
      return client;
    },
    isOpen: () => isConnected,
    failure: () => failure,
    open,
    close,
  };
}

function failed(message: string, isRetryable: boolean): AppError {
  return new AppError('PLATFORM_FAILED', message, { retryable: isRetryable });
}

/** Why Discord closed a connection for good. */
function closeError(code: number): AppError {
  switch (code) {
    case GatewayCloseCodes.AuthenticationFailed:
      return failed(badToken, false);
    case GatewayCloseCodes.DisallowedIntents:
    case GatewayCloseCodes.InvalidIntents:
      return failed(
        'Discord refuses the events that are asked for (intents). Quartet needs none that has to be switched on: look at whether the token belongs to a bot of https://discord.com/developers/applications.',
        false,
      );
    default:
      return failed(`Discord closed the connection for good (${code}).`, false);
  }
}

/** The library's own words for the same, where its event comes later. */
const closeWords: Record<string, number> = {
  'Authentication failed': GatewayCloseCodes.AuthenticationFailed,
  'Used invalid intents': GatewayCloseCodes.InvalidIntents,
  'Used disallowed intents': GatewayCloseCodes.DisallowedIntents,
};

/** The sentence for a login that failed. The token itself is in none of them. */
function toLoginError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const message = thrown instanceof Error ? thrown.message : '';
  const code = closeWords[message];
  if (code !== undefined) return closeError(code);
  if (message.includes('invalid token')) return failed(badToken, false);
  if (message.startsWith('Not enough sessions')) {
    return failed(
      'Discord allows no more logins today: this token was used to log in too often. It is tried again later.',
      true,
    );
  }
  if (thrown instanceof DiscordAPIError || isUnclear(thrown)) {
    return toPlatformError(thrown, { channel: 'Discord', missing: [] });
  }
  return failed('Discord refused the login.', true);
}

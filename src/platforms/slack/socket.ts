import { setTimeout as sleep } from 'node:timers/promises';
import { SocketModeReceiver, type SocketModeReceiverOptions } from '@slack/bolt';
import { AppError } from '#src/errors.ts';
import { toPlatformError } from './failures.ts';
import type { Timing } from './calls.ts';
import type { BoltLogger } from './bolt-logger.ts';

export interface Connection {
  receiver: SocketModeReceiver;
  /** Resolves after Slack's greeting. @throws AppError PLATFORM_FAILED */
  open(): Promise<void>;
  close(): Promise<void>;
  isOpen(): boolean;
}

export interface ConnectionOptions {
  appToken: string;
  apiUrl: string;
  timing: Timing;
  logger: BoltLogger;
  /** The connection stands again; `wasLost` when it was not Slack that asked for a new one. */
  onReopened(wasLost: boolean): void;
}

const longestWaitMs = 30_000;

/**
 * Socket Mode with our own reconnecting: the library gives up, with an unhandled rejection, when
 * Slack cannot be reached, and waits 5 s even where Slack itself asked for a new connection.
 */
export function createConnection(options: ConnectionOptions): Connection {
  const { timing, logger } = options;
  const clientOptions: NonNullable<
    NonNullable<SocketModeReceiverOptions['installerOptions']>['clientOptions']
  > = {
    slackApiUrl: options.apiUrl,
    retryConfig: { retries: 2, factor: 2, minTimeout: timing.retryMs },
    timeout: timing.callMs,
  };
  const receiver = new SocketModeReceiver({
    appToken: options.appToken,
    logger,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions },
  });
  let isClosing = false;
  let isConnected = false;
  let wasAsked = false;

  receiver.client.on('ws_message', (data: unknown) => {
    // Slack renews its connections by asking; it keeps events meanwhile.
    if (typeof data === 'string' && /^\s*\{[^{]*"type"\s*:\s*"disconnect"/.test(data))
      wasAsked = true;
  });
  receiver.client.on('disconnected', () => {
    if (!isConnected) return;
    isConnected = false;
    if (!isClosing) void reopen();
  });

  async function connect(): Promise<void> {
    const controller = new AbortController();
    try {
      await Promise.race([
        receiver.client.start(),
        sleep(timing.startMs, undefined, { signal: controller.signal }).then(() => {
          throw new AppError(
            'PLATFORM_FAILED',
            `Slack's connection did not greet within ${Math.ceil(timing.startMs / 1000)} s. Check the network and that Socket Mode is switched on for the app.`,
            { retryable: true },
          );
        }),
      ]);
      isConnected = true;
    } catch (error) {
      void Promise.resolve(receiver.client.disconnect()).catch(() => undefined);
      throw error ?? new Error('the connection was closed');
    } finally {
      controller.abort();
    }
  }

  async function reopen(): Promise<void> {
    const wasLost = !wasAsked;
    wasAsked = false;
    for (let failures = 0; ; failures += 1) {
      if (failures > 0 || wasLost) {
        await sleep(Math.min(timing.retryMs * 2 ** failures, longestWaitMs));
      }
      if (isClosing) return;
      try {
        await connect();
        options.onReopened(wasLost || failures > 0);
        return;
      } catch (error) {
        logger.warn(`Slack cannot be reached, trying again: ${messageOf(error)}`);
      }
    }
  }

  return {
    receiver,
    isOpen: () => isConnected,
    async open() {
      isClosing = false;
      try {
        await connect();
      } catch (error) {
        isClosing = true;
        throw toPlatformError('apps.connections.open', error);
      }
    },
    async close() {
      isClosing = true;
      if (!isConnected) return;
      isConnected = false;
      await Promise.race([
        receiver.client.disconnect(),
        sleep(timing.callMs, undefined, { ref: false }),
      ]);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

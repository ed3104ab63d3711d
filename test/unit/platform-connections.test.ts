import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { AppError } from '#src/errors.ts';
import type { Logger } from '#src/log.ts';
import { connectPlatforms } from '#src/platform-connections.ts';
import type { Inbox, Platform } from '#src/types/platform.ts';

let log: string[];
let connected: number;

const write = (level: string) => (_: object, message: string) =>
  void log.push(`${level}: ${message}`);
const logger = {
  info: write('info'),
  warn: write('warn'),
  error: write('error'),
} as unknown as Logger;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  log = [];
  connected = 0;
});
afterEach(() => mock.timers.reset());

/** A platform whose first starts fail as told. */
function platform(name: 'discord' | 'slack', failures: AppError[] = []) {
  const counts = { starts: 0, stops: 0 };
  const made = {
    name,
    counts,
    async start() {
      counts.starts += 1;
      const failure = failures.shift();
      if (failure) throw failure;
    },
    async stop() {
      counts.stops += 1;
    },
  };
  return made as typeof made & Platform;
}

const connect = (...platforms: Platform[]) =>
  connectPlatforms(
    platforms,
    () => ({}) as Inbox,
    logger,
    async () => void (connected += 1),
  );
const away = () => new AppError('PLATFORM_FAILED', 'Discord did not answer.', { retryable: true });
const refused = () => new AppError('PLATFORM_FAILED', 'Discord does not take the token.');

/** Lets the clock go on, and what waits for it. */
async function pass(ms: number): Promise<void> {
  mock.timers.tick(ms);
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('connecting platforms', () => {
  it('connects one although the other is refused, and leaves the refused one alone', async () => {
    const discord = platform('discord', [refused()]);
    const slack = platform('slack');
    const connections = connect(discord, slack);
    await connections.settled;
    await pass(600_000);
    assert.equal(connected, 1);
    assert.equal(discord.counts.starts, 1);
    assert.deepEqual(log.toSorted(), [
      'error: discord is not connected: Discord does not take the token.',
      'info: slack is connected.',
    ]);
    await connections.stop();
  });

  it('tries one that cannot be reached again and again, at longer and longer intervals', async () => {
    const discord = platform('discord', [away(), away(), away()]);
    const slack = platform('slack');
    const connections = connect(discord, slack);
    await connections.settled;
    assert.match(log.join('\n'), /did not answer\. Trying again in 5 s\./);
    await pass(5000);
    assert.match(log.join('\n'), /Trying again in 10 s\./);
    await pass(9999);
    assert.equal(discord.counts.starts, 2);
    await pass(1);
    await pass(20_000);
    assert.equal(discord.counts.starts, 4);
    assert.equal(connected, 2);
    assert.equal(slack.counts.starts, 1);
    await connections.stop();
  });

  it('tries nothing further once it is stopped', async () => {
    const discord = platform('discord', [away()]);
    const connections = connect(discord);
    await connections.settled;
    await connections.stop();
    await pass(600_000);
    assert.equal(discord.counts.starts, 1);
  });
});

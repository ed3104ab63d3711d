import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBot, type Bot } from '#src/bot.ts';
import { loadConfig, type Config } from '#src/config.ts';
import { createLogger } from '#src/log.ts';
import type { Engine } from '#src/types/engine.ts';
import type { PlatformModule } from '#src/types/platform-module.ts';
import { startWorker, type Worker } from '#src/worker.ts';

export const silent = createLogger({ level: process.env.QUARTET_TEST_LOG ? 'debug' : 'silent' });

export interface Product {
  config: Config;
  bot(): Bot;
  startBot(): Promise<Bot>;
  stopBot(): Promise<void>;
  startWorker(engine: Engine): Promise<Worker>;
  stopWorker(): Promise<void>;
  /** Everything, and the data folder. */
  stop(): Promise<void>;
}

/** Bot and worker in this process on a database of their own. */
export function createProduct(
  databaseUrl: string,
  platforms: PlatformModule[],
  env: NodeJS.ProcessEnv = {},
): Product {
  const dataDir = mkdtempSync(join(tmpdir(), 'quartet-product-'));
  const config = loadConfig({ QUARTET_DATA_DIR: dataDir, QUARTET_PORT: '0', ...env });
  let bot: Bot | null = null;
  let worker: Worker | null = null;
  const options = { config, databaseUrl, logger: silent };
  const product: Product = {
    config,
    bot() {
      if (bot === null) throw new Error('the bot is not started');
      return bot;
    },
    async startBot() {
      bot = await startBot({ ...options, platforms, sweepMs: 300, editIntervalMs: 100 });
      await bot.connected;
      return bot;
    },
    async stopBot() {
      await bot?.stop();
      bot = null;
    },
    async startWorker(engine) {
      worker = await startWorker({ ...options, engine, lockMs: 1500 });
      return worker;
    },
    async stopWorker() {
      await worker?.stop({ givesBack: true });
      worker = null;
    },
    async stop() {
      await product.stopWorker();
      await product.stopBot();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return product;
}

/** What never comes true ends the test rather than the patience of whoever waits for it. */
const patienceMs = 120_000;

/** Waits for a fact. */
export async function until<Value>(
  look: () => Value | Promise<Value>,
): Promise<NonNullable<Value>> {
  const end = Date.now() + patienceMs;
  while (Date.now() < end) {
    const value = await look();
    if (value) return value;
    await sleep(20);
  }
  throw new Error(`Waited in vain for ${String(look)}`);
}

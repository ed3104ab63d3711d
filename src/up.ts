import { startBot, type Bot } from './bot.ts';
import type { Config } from './config.ts';
import type { AppError } from './errors.ts';
import type { Logger } from './log.ts';
import { startEmbeddedPostgres } from './store/embedded-postgres.ts';
import { startWorkerProcess } from './worker-process.ts';

export interface UpOptions {
  config: Config;
  logger: Logger;
  /** The worker's settings as flags, beside the environment. */
  workerArgs: string[];
  env: NodeJS.ProcessEnv;
  /** The database that this program started ended by itself, or no worker can ever start. */
  onFatal(error: AppError): void;
}

export interface Up {
  bot: Bot;
  stop(): Promise<void>;
}

/**
 * Everything on one machine: the database where none is given, the bot in this process, the worker in
 * another, its engine in a third.
 * @throws AppError with one sentence; nothing is left running.
 */
export async function startAll({
  config,
  logger,
  workerArgs,
  env,
  onFatal,
}: UpOptions): Promise<Up> {
  await using started = new AsyncDisposableStack();
  let { databaseUrl } = config;
  if (databaseUrl === null) {
    const postgres = await startEmbeddedPostgres({
      dataDir: config.dataDir,
      onLog: (line) => logger.debug({}, `PostgreSQL: ${line}`),
      onUnexpectedExit: onFatal,
    });
    started.defer(() => postgres.stop());
    ({ databaseUrl } = postgres);
  }
  const bot = await startBot({ config, databaseUrl, logger });
  const worker = startWorkerProcess({
    args: workerArgs,
    env: { ...env, DATABASE_URL: databaseUrl },
    logger,
    onUnfit: onFatal,
  });
  // The worker first: what it puts back is told while the bot still listens.
  started.defer(() => bot.stop());
  started.defer(() => worker.stop());

  const running = started.move();
  return { bot, stop: () => running.disposeAsync() };
}

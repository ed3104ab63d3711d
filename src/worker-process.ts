import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { AppError, type ErrorCode } from './errors.ts';
import type { Logger } from './log.ts';

/** A worker in a process of its own that is started again when it dies. */
export interface WorkerProcess {
  /** null while it is between two lives. */
  readonly pid: number | null;
  /** It puts back what it draws, and ends; killed when it does not. */
  stop(): Promise<void>;
}

export interface WorkerProcessOptions {
  /** The command line after `worker`. */
  args: string[];
  /** Its settings: the database is only known to whoever started it. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** It could not start, and no other start would end otherwise: a device or model that is not there. */
  onUnfit(error: AppError): void;
}

/** What a worker tells whoever started it, when it cannot start. */
export interface FailedStart {
  code: ErrorCode;
  message: string;
  retryable: boolean;
}

const cliFile = join(import.meta.dirname, 'cli.ts');
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** Whoever lived that long did not die of its start. */
const settledMs = 60_000;
const stopMs = 7000;

export function startWorkerProcess({
  args,
  env,
  logger,
  onUnfit,
}: WorkerProcessOptions): WorkerProcess {
  let child: ChildProcess | null = null;
  let timer: NodeJS.Timeout | undefined;
  let pauseMs = firstPauseMs;
  let isStopping = false;

  function start(): void {
    const startedAt = Date.now();
    const spawned = fork(cliFile, ['worker', ...args], {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child = spawned;
    let failed: FailedStart | null = null;
    spawned.once('message', (message) => (failed = message as FailedStart));
    spawned.once('exit', (code, signal) => {
      child = null;
      const end = () => ended(code, signal);
      // Its last words may still be on their way.
      if (spawned.connected) spawned.once('disconnect', end);
      else end();
    });
    const ended = (code: number | null, signal: NodeJS.Signals | null) => {
      if (isStopping) return;
      if (failed && !failed.retryable) return onUnfit(new AppError(failed.code, failed.message));
      if (Date.now() - startedAt > settledMs) pauseMs = firstPauseMs;
      const why = failed ? `could not start: ${failed.message}` : 'ended.';
      logger.error({ code, signal }, `The worker ${why} Another starts in ${pauseMs / 1000} s.`);
      timer = setTimeout(start, pauseMs);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    };
  }

  start();
  return {
    get pid() {
      return child?.pid ?? null;
    },
    async stop() {
      isStopping = true;
      clearTimeout(timer);
      if (!child) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const killer = setTimeout(() => child?.kill('SIGKILL'), stopMs);
      await exited;
      clearTimeout(killer);
    },
  };
}

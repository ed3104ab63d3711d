import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach } from 'node:test';
import type { StoredRequest } from '#src/store/requests.ts';
import { openStore, type Store } from '#src/store/store.ts';
import { startTestPostgres, type TestPostgres } from './postgres.ts';
import { descendants } from './processes.ts';
import { until } from './product.ts';
import { startProgram } from './run-up.ts';

/** A chat server for a whole file; programs come and go. */
export interface Chat {
  env: NodeJS.ProcessEnv;
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface KillBench {
  databaseUrl: string;
  store: Store;
  /** Words of this test alone. */
  prompt: string;
  killBot(): void;
  killWorker(): void;
  /** The worker's own child; it starts another. */
  killEngine(): void;
  enginePid(): number | null;
  startBot(): Promise<void>;
  startWorker(): Promise<void>;
  /** Calls `kill` as soon as the chat has seen so many: what answers them may or may not arrive. */
  killWhen(kill: () => void, seen: () => number, count: number): Promise<void>;
  /** This test's request, once it is there. */
  latest(): Promise<StoredRequest | undefined>;
  /** And once it has ended. */
  finished(): Promise<StoredRequest>;
}

const patienceMs = 60_000;
const program = join(import.meta.dirname, '../fixtures/impatient.ts');

/** Bot and worker as processes of their own, living before each test. */
export function useKillBench(openChat: () => Promise<Chat>): KillBench {
  const bench = {} as KillBench;
  let postgres: TestPostgres;
  let chat: Chat;
  let dataDir: string;
  let env: NodeJS.ProcessEnv;
  let count = 0;
  const running: Record<'bot' | 'worker', ChildProcess | null> = { bot: null, worker: null };

  /** Ready, or killed before it was. */
  async function start(name: 'bot' | 'worker'): Promise<void> {
    const onStart = (child: ChildProcess) => (running[name] = child);
    const result = await startProgram([name], env, { file: program, onStart });
    if ('child' in result || running[name]?.signalCode === 'SIGKILL') return;
    throw new Error(`The ${name} ended with ${result.code}:\n${result.output}`);
  }

  before(async () => {
    [postgres, chat] = await Promise.all([startTestPostgres({ isDurable: true }), openChat()]);
    dataDir = mkdtempSync(join(tmpdir(), 'quartet-kills-'));
    bench.databaseUrl = await postgres.createDatabase();
    const own = { DATABASE_URL: bench.databaseUrl, QUARTET_DATA_DIR: dataDir, QUARTET_PORT: '0' };
    env = { ...own, ...chat.env };
    bench.store = await openStore({ databaseUrl: bench.databaseUrl, onError: () => {} });
  });
  beforeEach(async () => {
    count += 1;
    bench.prompt = `a red apple, number ${count}`;
    await Promise.all([
      isRunning(running.bot) ? null : bench.startBot(),
      isRunning(running.worker) ? null : bench.startWorker(),
    ]);
  });
  after(async () => {
    for (const child of Object.values(running)) {
      if (!isRunning(child)) continue;
      child?.kill('SIGKILL');
      await once(child as ChildProcess, 'exit');
    }
    await bench.store.close();
    await chat.close();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  bench.startBot = () => start('bot');
  bench.startWorker = () => start('worker');
  bench.killBot = () => void running.bot?.kill('SIGKILL');
  bench.killWorker = () => void running.worker?.kill('SIGKILL');
  bench.enginePid = () =>
    descendants(running.worker?.pid ?? 0).find(({ command }) =>
      command.includes('engine/process.ts'),
    )?.pid ?? null;
  bench.killEngine = () => {
    const pid = bench.enginePid();
    if (pid !== null) process.kill(pid, 'SIGKILL');
  };
  bench.killWhen = (kill, seen, wanted) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const patience = setTimeout(() => {
      leave();
      reject(new Error('It never came to that.'));
    }, patienceMs);
    const leave = chat.onChange(() => {
      if (seen() < wanted) return;
      leave();
      clearTimeout(patience);
      kill();
      resolve();
    });
    return promise;
  };
  bench.latest = async () => {
    const [request] = await bench.store.requests.listRecent({ limit: 1 });
    return request?.prompt === bench.prompt ? request : undefined;
  };
  bench.finished = () =>
    until(async () => {
      const request = await bench.latest();
      const isOpen = ['accepted', 'queued', 'running'].includes(request?.status ?? 'accepted');
      return request && !isOpen ? request : null;
    });
  return bench;
}

function isRunning(child: ChildProcess | null): boolean {
  return child !== null && child.exitCode === null && child.signalCode === null;
}

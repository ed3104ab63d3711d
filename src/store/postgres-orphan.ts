import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import { isAlive } from './data-lock.ts';

const patienceMs = 30_000;

/**
 * Ends the server that a killed Quartet left behind in a cluster, and clears a pid file whose
 * number some other program has by now. Call it only while holding the data directory's lock.
 * @throws AppError STORAGE_FAILED when that server does not end.
 */
export async function stopOrphan(cluster: string): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  const pid = readPid(pidFile);
  // Of a dead number PostgreSQL takes care itself, with checks of its own.
  if (pid === null || !isAlive(pid)) return;
  if (!servesCluster(pid, cluster)) {
    rmSync(pidFile, { force: true });
    return;
  }
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    signalOrphan(pid, signal);
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (!isAlive(pid)) return;
      await sleep(50);
    }
  }
  throw new AppError(
    'STORAGE_FAILED',
    `A database server from an earlier start still runs on ${cluster} and does not stop: end process ${pid} and start again.`,
  );
}

export function readPid(pidFile: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
    return pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

function signalOrphan(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in between, or is another user's, which the wait reports.
  }
}

/** Whether this process is PostgreSQL on that cluster: its working folder is the cluster. */
function servesCluster(pid: number, cluster: string): boolean {
  try {
    if (process.platform === 'linux')
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
    const flags = ['-p', String(pid), '-o', 'command='];
    return execFileSync('ps', flags, { encoding: 'utf8' }).includes(cluster);
  } catch {
    return false;
  }
}

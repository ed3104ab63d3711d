import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../errors.ts';

/** A holder on another machine cannot be asked whether it lives: it has to touch the file. */
const heartbeatMs = 5000;
const silentAfterMs = 30_000;

interface Holder {
  pid: number;
  /** Tells a process from a later one with the same number; null where the system does not say. */
  startedAt: string | null;
  host: string;
}

export interface DataLock {
  release(): void;
}

/**
 * Makes this process the only one that works on a data directory.
 * @throws AppError CONFIG_INVALID naming the process that holds it.
 */
export function lockDataDirectory(dataDir: string): DataLock {
  const path = join(dataDir, 'quartet.lock');
  const self: Holder = {
    pid: process.pid,
    startedAt: startOf(process.pid),
    host: hostname(),
  };
  const content = JSON.stringify(self);
  for (let attempt = 0; !tryCreate(path, content); attempt++) {
    const found = readLock(path);
    if (found === null) continue;
    if (attempt >= 20 || isHeld(path, found)) throw inUse(dataDir, found);
    takeAway(path, found);
  }
  const heartbeat = setInterval(() => touch(path), heartbeatMs);
  heartbeat.unref();
  return {
    release() {
      clearInterval(heartbeat);
      if (readLock(path) === content) rmSync(path, { force: true });
    },
  };
}

function tryCreate(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readLock(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function isHeld(path: string, content: string): boolean {
  const holder = parse(content);
  // A file that is not complete yet belongs to a start that is happening right now.
  if (holder === null || holder.host !== hostname()) return ageMs(path) < silentAfterMs;
  return isAlive(holder.pid) && startOf(holder.pid) === holder.startedAt;
}

function parse(content: string): Holder | null {
  try {
    return JSON.parse(content) as Holder;
  } catch {
    return null;
  }
}

/** Renames first: of several starts that find the same dead holder only one gets its file. */
function takeAway(path: string, dead: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  // Another start may have replaced the dead file in between: its lock goes back.
  if (readLock(aside) === dead) rmSync(aside, { force: true });
  else renameSync(aside, path);
}

function inUse(dataDir: string, content: string): AppError {
  const holder = parse(content);
  const host = holder === null || holder.host === hostname() ? '' : ` on ${holder.host}`;
  return new AppError(
    'CONFIG_INVALID',
    `The data directory ${dataDir} is in use by another Quartet (process ${holder?.pid ?? 'unknown'}${host}): stop that one, or give this one its own directory with QUARTET_DATA_DIR.`,
  );
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces; the start time is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return Infinity;
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // A full disk or a removed folder shows itself where data is written.
  }
}

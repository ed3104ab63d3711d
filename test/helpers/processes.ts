import { readdirSync, readFileSync } from 'node:fs';

interface Found {
  pid: number;
  parent: number;
  command: string;
}

/** Processes below one, by what the kernel says (Linux). */
export function descendants(pid: number): Found[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => read(Number(name)));
  const children = all.filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child, ...descendants(child.pid)]);
}

function read(pid: number): Found[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return [{ pid, parent: Number(/PPid:\s+(\d+)/.exec(status)?.[1]), command }];
  } catch {
    // It has just ended.
    return [];
  }
}

/** Whether it still runs; one that has ended and that nobody has asked for its exit code does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

import {
  accessSync,
  constants,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import type { AppError, Fault } from '../errors.ts';

/** One JSON object on standard output, or sentences on standard error. */
export function printError({ code, message, faults, cause }: AppError, isJson: boolean): void {
  if (isJson) {
    console.log(JSON.stringify({ error: { code, message, faults } }));
    return;
  }
  console.error(faults.length > 0 ? faults.map((fault) => fault.message).join('\n') : message);
  if (code === 'INTERNAL' && cause instanceof Error && cause.stack) console.error(cause.stack);
}

/** Whether a file can be put there; nothing is created. null: it can. */
export function writeFault(field: string, path: string, kind: 'file' | 'folder'): Fault | null {
  const reason = whyNotWritable(resolve(path), kind);
  if (reason === null) return null;
  return {
    field,
    value: path,
    allowed: 'a place that this user may write to',
    nearest: null,
    message: `${field} ${path} cannot be written: ${reason}. Choose another place with --${field}.`,
  };
}

function whyNotWritable(path: string, kind: 'file' | 'folder'): string | null {
  if (kind === 'file') {
    if (isFolder(path)) return 'it is a folder';
    if (existsSync(path)) return whyNotAccessible(path, constants.W_OK);
  }
  let folder = kind === 'file' ? dirname(path) : path;
  while (!existsSync(folder)) {
    const parent = dirname(folder);
    if (parent === folder) return 'its drive is not there';
    folder = parent;
  }
  if (!isFolder(folder)) return `${folder} is not a folder`;
  return whyNotAccessible(folder, constants.W_OK | constants.X_OK);
}

function whyNotAccessible(path: string, mode: number): string | null {
  try {
    accessSync(path, mode);
    return null;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return code === 'EROFS' ? 'the file system is read-only' : `this user may not write to ${path}`;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Writes under a temporary name first, so that no half-written file is ever seen. */
export function writeWhole(path: string, write: (temporary: string) => void): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${process.pid}-${Date.now()}.tmp`);
  try {
    write(temporary);
    renameSync(temporary, path);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
}

export function writeBytes(path: string, bytes: Uint8Array): void {
  writeWhole(path, (temporary) => writeFileSync(temporary, bytes));
}

/** A file name from a prompt: letters and digits of any script, the rest dashes. */
export function slug(prompt: string): string {
  const words = prompt.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...words.join('-')].slice(0, 40).join('').replace(/-$/, '') || 'picture';
}

/** A path in the folder that nothing has yet: `name.png`, `name-2.png`, … */
export function freePath(folder: string, name: string, taken: Set<string>): string {
  for (let i = 1; ; i += 1) {
    const path = join(folder, i === 1 ? `${name}.png` : `${name}-${i}.png`);
    if (!taken.has(path) && !existsSync(path)) {
      taken.add(path);
      return path;
    }
  }
}

const barWidth = 24;

/** A bar on a terminal; nothing elsewhere. */
export interface Progress {
  update(done: number, total: number, text: string): void;
  /** Takes the bar away, to make room for a line. */
  clear(): void;
}

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { update: () => {}, clear: () => {} };
  return {
    update(done, total, text) {
      const filled = Math.round((barWidth * done) / total);
      stream.write(`\r\u001B[K${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${text}`);
    },
    clear: () => stream.write('\r\u001B[K'),
  };
}

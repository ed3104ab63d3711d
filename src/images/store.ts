import { createHash, randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../errors.ts';

/** Pictures by the SHA-256 of their bytes: the same picture is kept once. */
export interface ImageStore {
  /** Returns the address. Storing what is there already does nothing. `@throws AppError STORAGE_FAILED` */
  put(bytes: Uint8Array): Promise<string>;
  /** `@throws AppError STORAGE_FAILED` when it is gone or cannot be read. */
  read(sha256: string): Promise<Buffer>;
  has(sha256: string): Promise<boolean>;
  remove(sha256: string): Promise<void>;
}

const addressPattern = /^[0-9a-f]{64}$/;

/** Files `ab/abcdef….png` in a folder; a file is whole or not there. */
export function createImageStore(folder: string): ImageStore {
  const pathOf = (sha256: string) => {
    if (!addressPattern.test(sha256))
      throw new AppError('INTERNAL', `${sha256} is no address of a picture.`);
    return join(folder, sha256.slice(0, 2), `${sha256}.png`);
  };
  const has = (sha256: string) =>
    access(pathOf(sha256)).then(
      () => true,
      () => false,
    );

  return {
    async put(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (await has(sha256)) return sha256;
      const path = pathOf(sha256);
      const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(temporary, bytes, { flush: true });
        await rename(temporary, path);
      } catch (cause) {
        await rm(temporary, { force: true }).catch(() => {});
        throw failed(`The picture could not be stored in ${folder}`, cause);
      }
      return sha256;
    },
    async read(sha256) {
      try {
        return await readFile(pathOf(sha256));
      } catch (cause) {
        throw failed(`The picture ${sha256.slice(0, 12)} could not be read from ${folder}`, cause);
      }
    },
    has,
    remove: (sha256) => rm(pathOf(sha256), { force: true }),
  };
}

function failed(what: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason =
    code === 'ENOSPC'
      ? 'the disk is full: make room there'
      : code === 'ENOENT'
        ? 'the file is gone'
        : code === 'EACCES'
          ? 'this user may not: change the owner of the folder'
          : message;
  return new AppError('STORAGE_FAILED', `${what}: ${reason}.`, {
    cause,
    retryable: code !== 'ENOENT',
  });
}

import { AppError, toAppError } from '../errors.ts';

/**
 * One sentence for what kept the database in this folder from starting: from a file system's error
 * or from what PostgreSQL wrote.
 */
export function explainStart(thrown: unknown, folder: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const options = { cause: thrown };
  if (/ENOSPC|EDQUOT|No space left|quota exceeded/i.test(text)) {
    return new AppError(
      'STORAGE_FAILED',
      `The disk that holds ${folder} is full: free some space (a new database takes about 60 MB), or choose another directory with QUARTET_DATA_DIR.`,
      options,
    );
  }
  if (/EROFS|Read-only file system/i.test(text)) {
    return new AppError(
      'CONFIG_INVALID',
      `${folder} is on a read-only file system: choose a directory that can be written with QUARTET_DATA_DIR.`,
      options,
    );
  }
  if (
    /EACCES|EPERM|Permission denied|not permitted|wrong ownership|invalid permissions/i.test(text)
  ) {
    return new AppError(
      'CONFIG_INVALID',
      `No permission to write ${folder} as this user: give it to the user who runs Quartet (chown -R), or choose another directory with QUARTET_DATA_DIR.`,
      options,
    );
  }
  if (/ENOTDIR|EEXIST|Not a directory/i.test(text)) {
    return new AppError(
      'CONFIG_INVALID',
      `${folder} cannot be made: part of that path is a file. Choose a directory with QUARTET_DATA_DIR.`,
      options,
    );
  }
  const said = /(?:FATAL|PANIC|error): +(.+)/i.exec(text)?.[1] ?? toAppError(thrown).message;
  return new AppError(
    'STORAGE_FAILED',
    `The database in ${folder} did not start: ${said.trim().slice(0, 300)}`,
    options,
  );
}

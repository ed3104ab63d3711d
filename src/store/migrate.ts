import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import type { Database } from './database.ts';

/** Any number, the same in every version. */
const lockKey = 7_860_001;
const defaultFolder = join(import.meta.dirname, 'migrations');

interface Migration {
  number: number;
  name: string;
  sql: string;
  checksum: string;
}

/**
 * Brings the tables up to this version: the numbered files of the folder that were not applied yet,
 * in order, all in one transaction. Several processes may call it at once.
 * Returns the names that were applied.
 * @throws AppError STORAGE_FAILED when a file was changed after it had been applied, CONFIG_INVALID
 * when the database was made by a newer version.
 */
export function migrate(database: Database, folder = defaultFolder): Promise<string[]> {
  const migrations = readMigrations(folder);
  return database.transaction(async ({ query }) => {
    await query('SELECT pg_advisory_xact_lock($1)', [lockKey]);
    await query(`CREATE TABLE IF NOT EXISTS migrations (
      number integer PRIMARY KEY,
      name text NOT NULL,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`);
    const applied = await query<{ number: number; name: string; checksum: string }>(
      'SELECT number, name, checksum FROM migrations ORDER BY number',
    );
    for (const row of applied) checkApplied(row, migrations);
    const pending = migrations.filter(
      ({ number }) => !applied.some((row) => row.number === number),
    );
    for (const { number, name, sql, checksum } of pending) {
      await query(sql);
      await query('INSERT INTO migrations (number, name, checksum) VALUES ($1, $2, $3)', [
        number,
        name,
        checksum,
      ]);
    }
    return pending.map(({ name }) => name);
  });
}

function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  return names.sort().map((name) => {
    // Line endings depend on the checkout, the meaning does not.
    const sql = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
    const checksum = createHash('sha256').update(sql).digest('hex');
    return { number: Number.parseInt(name, 10), name, sql, checksum };
  });
}

function checkApplied(
  row: { number: number; name: string; checksum: string },
  migrations: Migration[],
): void {
  const file = migrations.find(({ number }) => number === row.number);
  if (file === undefined) {
    throw new AppError(
      'CONFIG_INVALID',
      `The database was made by a newer Quartet (${row.name} is unknown here): update Quartet, or restore a backup of the older version.`,
    );
  }
  if (file.checksum !== row.checksum) {
    throw new AppError(
      'STORAGE_FAILED',
      `${row.name} was changed after it had been applied to this database: put the file back and write a new one.`,
    );
  }
}

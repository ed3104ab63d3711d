import { DatabaseError, Pool, types, type PoolClient, type QueryResultRow } from 'pg';
import { AppError } from '../errors.ts';

/** What a repository needs: queries whose failures are AppErrors. */
export interface Queries {
  /** All rows. `@throws AppError STORAGE_FAILED` */
  query<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** The first row, or null. `@throws AppError STORAGE_FAILED` */
  find<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row | null>;
}

export interface Database extends Queries {
  /** All or nothing. */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  databaseUrl: string;
  /** Most connections at once. */
  connections?: number;
  /** A connection that nobody was using broke; the next query opens another. */
  onError?(error: Error): void;
}

const bigint = 20;

/** Connects when first used. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new Pool({
    connectionString: options.databaseUrl,
    max: options.connections ?? 8,
    connectionTimeoutMillis: 15_000,
    keepAlive: true,
    types: {
      // Seeds and counts: far below 2^53.
      getTypeParser: (oid: number, format?: 'text') =>
        oid === bigint ? Number : types.getTypeParser(oid, format),
    } as typeof types,
  });
  let isClosed = false;
  // A server that stops right after us cuts what has not left yet: nobody need hear of that.
  pool.on('error', (error) => isClosed || options.onError?.(error));
  return {
    ...queriesOn(pool),
    async transaction(work) {
      const client = await pool.connect().catch(fail);
      let broken: Error | undefined;
      try {
        await client.query('BEGIN');
        const result = await work(queriesOn(client));
        await client.query('COMMIT');
        return result;
      } catch (thrown) {
        await client.query('ROLLBACK').catch((error: Error) => (broken = error));
        return fail(thrown);
      } finally {
        client.release(broken);
      }
    },
    close() {
      isClosed = true;
      return pool.end();
    },
  };
}

function queriesOn(client: Pool | PoolClient): Queries {
  const query = async <Row extends QueryResultRow>(sql: string, values: unknown[] = []) =>
    (await client.query<Row>(sql, values).catch(fail)).rows;
  return {
    query,
    find: async <Row extends QueryResultRow>(sql: string, values: unknown[] = []) =>
      (await query<Row>(sql, values))[0] ?? null,
  };
}

/** The constraint that a write broke, or null when it failed for another reason. */
export function brokenConstraint(thrown: unknown): string | null {
  const cause = thrown instanceof AppError ? thrown.cause : thrown;
  return cause instanceof DatabaseError && cause.code === '23505'
    ? (cause.constraint ?? null)
    : null;
}

/** Sentences for what a person can do something about. Never the address: it holds a password. */
export function explainDatabaseError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const error = thrown as Error & { code?: string };
  return new AppError('STORAGE_FAILED', explain(error.code ?? '', error), {
    cause: thrown,
    retryable: !(thrown instanceof DatabaseError) || /^(08|40|53|57)/.test(error.code ?? ''),
  });
}

function fail(thrown: unknown): never {
  throw explainDatabaseError(thrown);
}

function explain(code: string, error: Error): string {
  if (code === '53100')
    return 'The disk of the database is full: free some space there and try again.';
  if (code === '25006')
    return 'The database is read-only: point DATABASE_URL at the one that can be written.';
  if (code === '28P01' || code === '28000') {
    return 'The database refused user or password: check DATABASE_URL.';
  }
  if (code === '3D000')
    return 'The database does not exist: create it, or check the name in DATABASE_URL.';
  if (code === '42501') {
    return `The database user lacks a right (${error.message}): make it the owner of the database.`;
  }
  if (code === '53300') return 'The database has no free connection: raise max_connections there.';
  if (
    /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|57P|08)/.test(code) ||
    /timeout|terminated|ended/i.test(error.message)
  ) {
    return `The database cannot be reached (${code || error.message}): check that it runs and that DATABASE_URL is right.`;
  }
  return `The database could not do it: ${error.message}`;
}

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createPostgresBackend,
  runMigrations,
  type BackendFactory,
  type ConnectionOptions,
  type RedisQueueBackend,
} from 'bullmq';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { AppError } from '../errors.ts';
import { explainDatabaseError, openDatabase } from '../store/database.ts';

export interface QueueConnectionOptions {
  /** Where given, the queue is there. */
  redisUrl?: string | undefined;
  /** Else the queue lies in the state's own database. */
  databaseUrl?: string | undefined;
  /** Several queues may share one server. */
  name: string;
  /** Connections that break and come back; default: a process warning. */
  onError?(error: Error): void;
}

/** What BullMQ's classes are made with, the same for both servers. */
export interface QueueConnection {
  /** How people call it; no secret in it. */
  server: string;
  connection: ConnectionOptions;
  /**
   * undefined: Redis. BullMQ's constructors take either nothing or a factory, by overload: callers that
   * serve both hand it over untyped.
   */
  backend: BackendFactory<RedisQueueBackend> | undefined;
  /** One caller at a time, over all processes. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result>;
  onError(error: Error): void;
  /** From then on no error is told: the server may stop before the last connection has left. */
  close(): Promise<void>;
}

const lockMs = 10_000;
const releaseLock =
  'if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) else return 0 end';

/**
 * Connects, and sets up the queue's tables where it lies in PostgreSQL.
 * @throws AppError STORAGE_FAILED when the server cannot be reached, CONFIG_INVALID without an address.
 */
export async function connectQueue(options: QueueConnectionOptions): Promise<QueueConnection> {
  const { redisUrl, databaseUrl } = options;
  let isClosed = false;
  const tell = oncePerMinute(options.onError ?? warn);
  const onError = (error: Error) => isClosed || tell(error);
  const connect = async () => {
    if (redisUrl !== undefined) return connectRedis({ ...options, onError }, redisUrl);
    if (databaseUrl !== undefined) return connectPostgres({ ...options, onError }, databaseUrl);
    throw noServer();
  };
  const connection = await connect();
  return {
    ...connection,
    close() {
      isClosed = true;
      return connection.close();
    },
  };
}

/** A server that is away is tried twice a second, and every try fails alike. */
function oncePerMinute(tell: (error: Error) => void): (error: Error) => void {
  const told = new Map<string, number>();
  return (error) => {
    const now = Date.now();
    if (now - (told.get(error.message) ?? 0) < 60_000) return;
    told.set(error.message, now);
    tell(error);
  };
}

function noServer(): AppError {
  return new AppError('CONFIG_INVALID', 'The queue has no server: set REDIS_URL or DATABASE_URL.');
}

/** With its errors already looked at. */
type Options = QueueConnectionOptions & { onError(error: Error): void };

async function connectRedis({ name, onError }: Options, url: string): Promise<QueueConnection> {
  const { hostname, port } = new URL(url);
  const server = `Redis at ${hostname}:${port || 6379}`;
  let isOpen = false;
  const client = new Redis(url, {
    lazyConnect: true,
    // A wrong address is told at once; a server that restarts later is waited for.
    retryStrategy: (attempt) => (isOpen ? Math.min(attempt * 100, 2000) : null),
  });
  let refused: Error | undefined;
  client.on('error', (error: Error) => (isOpen ? onError(error) : (refused = error)));
  try {
    await client.connect();
    await client.ping();
    isOpen = true;
  } catch (thrown) {
    client.disconnect();
    const reason = (refused ?? (thrown as Error)).message;
    throw new AppError(
      'STORAGE_FAILED',
      `${server} cannot be used (${reason}): check that it runs and that REDIS_URL is right.`,
      { cause: thrown, retryable: true },
    );
  }
  const key = `quartet:${name}:turns`;
  return {
    server,
    connection: { url, maxRetriesPerRequest: null },
    backend: undefined,
    exclusively: oneByOne(async (work) => {
      const token = randomUUID();
      while ((await client.set(key, token, 'PX', lockMs, 'NX')) === null) await sleep(10);
      try {
        return await work();
      } finally {
        await client.eval(releaseLock, 1, key, token);
      }
    }),
    onError,
    async close() {
      await client.quit().catch(() => client.disconnect());
    },
  };
}

async function connectPostgres(
  { name, onError }: Options,
  databaseUrl: string,
): Promise<QueueConnection> {
  const client = new Client({ connectionString: databaseUrl });
  try {
    await client.connect();
    await runMigrations(client);
  } catch (thrown) {
    throw explainDatabaseError(thrown);
  } finally {
    await client.end().catch(() => {});
  }
  const database = openDatabase({ databaseUrl, connections: 1, onError });
  return {
    server: 'PostgreSQL',
    connection: { connectionString: databaseUrl, max: 4, keepAlive: true },
    // The two kinds differ only in types that none of our calls touches.
    backend: createPostgresBackend as unknown as QueueConnection['backend'],
    exclusively: oneByOne((work) =>
      database.transaction(async ({ query }) => {
        await query('SELECT pg_advisory_xact_lock(hashtext($1))', [`quartet:${name}:turns`]);
        return work();
      }),
    ),
    onError,
    close: () => database.close(),
  };
}

/** Within the process callers wait for each other here rather than at the server. */
function oneByOne(exclusively: QueueConnection['exclusively']): QueueConnection['exclusively'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(() => exclusively(work));
    last = mine.catch(() => {});
    return mine;
  };
}

function warn(error: Error): void {
  process.emitWarning(error);
}

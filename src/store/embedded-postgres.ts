import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { Client } from 'pg';
import { AppError } from '../errors.ts';
import { lockDataDirectory, type DataLock } from './data-lock.ts';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { explainStart } from './postgres-failure.ts';
import { createPostgresLauncher, type PostgresLauncher } from './postgres-launcher.ts';
import { stopOrphan } from './postgres-orphan.ts';

const user = 'quartet';
const startAttempts = 5;
const stopPatienceMs = 30_000;

export interface EmbeddedPostgresOptions {
  /** The program's data directory; the database lives in `postgres/` below it. */
  dataDir: string;
  /** false: the disk is never waited for. For tests: a power cut may lose everything. */
  isDurable?: boolean;
  /** What the server writes, line by line. */
  onLog?(line: string): void;
  /** The server ended although nobody stopped it. */
  onUnexpectedExit?(error: AppError): void;
}

export interface EmbeddedPostgres {
  /** With the password in it. */
  readonly databaseUrl: string;
  readonly pid: number;
  /** Close pools and queues first: open connections are cut. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL's own programs on a free loopback port; the first start makes the cluster. What
 * a killed process left behind is cleared first.
 * @throws AppError CONFIG_INVALID (directory in use, not writable, no programs) or STORAGE_FAILED
 * (disk full, damaged), each with one sentence.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const folder = join(resolve(options.dataDir), 'postgres');
  let lock: DataLock | null = null;
  try {
    makeDirectory(dirname(folder));
    lock = lockDataDirectory(dirname(folder));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return await startLocked(options, folder, lock);
  } catch (thrown) {
    lock?.release();
    throw explainStart(thrown, folder);
  }
}

/** Asks first: on a read-only disk making a folder together with its parents only says ENOENT. */
function makeDirectory(path: string): void {
  let existing = path;
  while (!existsSync(existing) && existing !== dirname(existing)) existing = dirname(existing);
  accessSync(existing, constants.W_OK);
  mkdirSync(path, { recursive: true });
}

async function startLocked(
  options: EmbeddedPostgresOptions,
  folder: string,
  lock: DataLock,
): Promise<EmbeddedPostgres> {
  const binaries = await findPostgresBinaries();
  const cluster = join(folder, 'cluster');
  await stopOrphan(cluster);
  const launcher = tiedToUs(createPostgresLauncher(folder, binaries));
  const password = readPassword(folder, launcher);
  if (existsSync(cluster)) checkVersion(cluster);
  else await createCluster(options, folder, binaries, launcher);

  const { child, port } = await startServer(options, cluster, binaries, launcher);
  let isStopping = false;
  child.once('exit', (code, signal) => {
    lock.release();
    if (isStopping) return;
    options.onUnexpectedExit?.(
      new AppError(
        'STORAGE_FAILED',
        `The database in ${folder} ended by itself (${signal ?? `exit code ${code}`}): restart Quartet, and look for a full disk or too little memory.`,
      ),
    );
  });
  const stop = async () => {
    isStopping = true;
    await stopServer(child);
    lock.release();
  };
  try {
    const databaseUrl = await createDatabase(port, password);
    return { databaseUrl, pid: child.pid ?? 0, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** What it starts ends with this process, whenever that is: it would outlive it otherwise. */
function tiedToUs(launcher: PostgresLauncher): PostgresLauncher {
  return {
    ...launcher,
    launch(program, flags) {
      const child = launcher.launch(program, flags);
      const kill = () => child.kill('SIGINT');
      process.once('exit', kill);
      child.once('exit', () => process.off('exit', kill));
      return child;
    },
  };
}

function readPassword(folder: string, launcher: PostgresLauncher): string {
  const path = join(folder, 'password');
  if (!existsSync(path)) {
    if (existsSync(join(folder, 'cluster'))) {
      throw new AppError(
        'CONFIG_INVALID',
        `${path} is missing: the database beside it cannot be opened without. Put the file back from a backup.`,
      );
    }
    writeFileSync(path, randomBytes(24).toString('base64url'), { mode: 0o600 });
    launcher.own(path);
  }
  return readFileSync(path, 'utf8').trim();
}

function checkVersion(cluster: string): void {
  const made = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (made === '18') return;
  throw new AppError(
    'CONFIG_INVALID',
    `${cluster} was made by PostgreSQL ${made} and this Quartet brings 18: back up with the Quartet that made it and restore here.`,
  );
}

/** Made aside and renamed at the end: a first start that was interrupted leaves nothing half done. */
async function createCluster(
  options: EmbeddedPostgresOptions,
  folder: string,
  binaries: PostgresBinaries,
  launcher: PostgresLauncher,
): Promise<void> {
  const partial = join(folder, 'cluster.partial');
  rmSync(partial, { recursive: true, force: true });
  const flags = [
    `--pgdata=${partial}`,
    `--username=${user}`,
    `--pwfile=${join(folder, 'password')}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(options.isDurable === false ? ['--no-sync'] : []),
  ];
  const child = launcher.launch(binaries.initdb, flags);
  const said = collectLines(child, options);
  const code = await exitOf(child);
  if (code !== 0) {
    rmSync(partial, { recursive: true, force: true });
    throw new Error(`initdb: ${said.join('\n')}`);
  }
  renameSync(partial, join(folder, 'cluster'));
}

/** Another program may take the port between looking and starting: then the next one is tried. */
async function startServer(
  options: EmbeddedPostgresOptions,
  cluster: string,
  binaries: PostgresBinaries,
  launcher: PostgresLauncher,
): Promise<{ child: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort();
    const flags = serverFlags(options, cluster, port);
    const child = launcher.launch(binaries.postgres, flags);
    const said: string[] = collectLines(child, options);
    const isReady = await Promise.race([
      exitOf(child).then(() => false),
      saysReady(child).then(() => true),
    ]);
    if (isReady) return { child, port };
    const text = said.join('\n');
    if (
      attempt === startAttempts ||
      !/Address already in use|could not create any TCP/.test(text)
    ) {
      throw new Error(text);
    }
  }
}

function serverFlags(options: EmbeddedPostgresOptions, cluster: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    logging_collector: 'off',
    log_destination: 'stderr',
    lc_messages: 'C',
    ...(options.isDurable === false
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
      : {}),
  };
  const pairs = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', cluster, '-p', String(port), ...pairs];
}

function saysReady(child: ChildProcess): Promise<void> {
  return new Promise((ready) => {
    let text = '';
    const listen = (chunk: Buffer) => {
      text = (text + chunk.toString('utf8')).slice(-4096);
      if (!text.includes('ready to accept connections')) return;
      child.stderr?.off('data', listen);
      ready();
    };
    child.stderr?.on('data', listen);
  });
}

/** The last lines of both streams; they have to be read, or the server blocks on a full pipe. */
function collectLines(child: ChildProcess, options: EmbeddedPostgresOptions): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString('utf8').split('\n').filter(Boolean)) {
        lines.push(line);
        if (lines.length > 50) lines.shift();
        options.onLog?.(line);
      }
    });
  }
  return lines;
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = exitOf(child);
  child.kill('SIGINT');
  const force = setTimeout(() => child.kill('SIGQUIT'), stopPatienceMs);
  await ended;
  clearTimeout(force);
}

function findFreePort(): Promise<number> {
  return new Promise((found, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => found(port));
    });
  });
}

/** The server's own database stays untouched: ours has its own, made on the first start. */
async function createDatabase(port: number, password: string): Promise<string> {
  const address = (name: string) => `postgresql://${user}:${password}@127.0.0.1:${port}/${name}`;
  const client = new Client({ connectionString: address('postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = 'quartet'");
    if (rowCount === 0) await client.query('CREATE DATABASE quartet');
  } finally {
    await client.end();
  }
  return address('quartet');
}

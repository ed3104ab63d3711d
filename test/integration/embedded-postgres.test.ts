import assert from 'node:assert/strict';
import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '#src/store/embedded-postgres.ts';
import { findPostgresBinaries } from '#src/store/postgres-binaries.ts';
import { createPostgresLauncher } from '#src/store/postgres-launcher.ts';

const holder = join(import.meta.dirname, '../fixtures/hold-postgres.ts');
let dataDir: string;
const children: ChildProcess[] = [];
const servers: number[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'quartet-embedded-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  // A killed holder leaves its server behind; one that was recovered from is gone.
  for (const pid of servers.splice(0)) endServer(pid);
  rmSync(dataDir, { recursive: true, force: true });
});

async function hold(): Promise<{ child: ChildProcess; pid: number; databaseUrl: string }> {
  const child = fork(holder, [dataDir]);
  children.push(child);
  const [message] = (await once(child, 'message')) as [{ pid: number; databaseUrl: string }];
  servers.push(message.pid);
  return { child, ...message };
}

function endServer(pid: number): void {
  try {
    process.kill(pid, 'SIGQUIT');
  } catch {
    // It ended before.
  }
}

async function run(databaseUrl: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}

describe('the embedded database', () => {
  it('keeps what was written from one start to the next, with a password of its own', async () => {
    const first = await startEmbeddedPostgres({ dataDir });
    await run(first.databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    await first.stop();
    assert.equal(statSync(join(dataDir, 'postgres/password')).mode & 0o777, 0o600);
    const second = await startEmbeddedPostgres({ dataDir });
    assert.deepEqual(await run(second.databaseUrl, 'SELECT answer FROM kept'), [{ answer: 42 }]);
    const stranger = new URL(second.databaseUrl);
    stranger.password = 'wrong';
    await assert.rejects(run(stranger.href, 'SELECT 1'), /password authentication failed/);
    await second.stop();
  });

  it('refuses a second start on the same data, naming the process that has it', async () => {
    const { child } = await hold();
    await assert.rejects(
      startEmbeddedPostgres({ dataDir }),
      (thrown: Error & { code?: string }) => {
        assert.equal(thrown.code, 'CONFIG_INVALID');
        assert.ok(thrown.message.includes(`process ${child.pid}`), thrown.message);
        return true;
      },
    );
  });

  it('recovers when the program was killed: its server is stopped, its data is there', async () => {
    const { child, pid, databaseUrl } = await hold();
    await run(databaseUrl, 'CREATE TABLE kept AS SELECT 1 AS one');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const again = await startEmbeddedPostgres({ dataDir });
    assert.notEqual(again.pid, pid);
    assert.deepEqual(await run(again.databaseUrl, 'SELECT one FROM kept'), [{ one: 1 }]);
    await again.stop();
  });

  it('recovers when the server itself was killed, and tells that it ended', async () => {
    let ended: Error | undefined;
    const told = Promise.withResolvers<void>();
    const first = await startEmbeddedPostgres({
      dataDir,
      onUnexpectedExit(error) {
        ended = error;
        told.resolve();
      },
    });
    await run(first.databaseUrl, 'CREATE TABLE kept AS SELECT 1 AS one');
    process.kill(first.pid, 'SIGKILL');
    await told.promise;
    assert.match(ended?.message ?? '', /ended by itself/);
    const again = await startEmbeddedPostgres({ dataDir });
    assert.deepEqual(await run(again.databaseUrl, 'SELECT one FROM kept'), [{ one: 1 }]);
    await again.stop();
  });

  it('starts over when its first start was interrupted', async () => {
    mkdirSync(join(dataDir, 'postgres/cluster.partial'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres/cluster.partial/half'), '');
    const server = await startEmbeddedPostgres({ dataDir });
    await server.stop();
  });

  // Anyone else cannot make such a folder for somebody else to enter.
  if (process.getuid?.() === 0) {
    it('works below a folder that only root may enter', async () => {
      chmodSync(dataDir, 0o700);
      const server = await startEmbeddedPostgres({ dataDir: join(dataDir, 'inner') });
      assert.deepEqual(await run(server.databaseUrl, 'SELECT 1 AS one'), [{ one: 1 }]);
      await server.stop();
    });
  }

  if (process.getuid?.() === 0) {
    for (const [what, mode] of [
      ['a folder', 'u+rwx,go='],
      ['files', 'go='],
    ] as const) {
      it(`makes a cluster with programs in ${what} that only root may enter`, async () => {
        const programs = join(dataDir, 'programs');
        const folder = join(dataDir, 'cluster');
        mkdirSync(folder);
        const { initdb } = await findPostgresBinaries();
        cpSync(join(dirname(initdb), '..'), programs, { recursive: true, verbatimSymlinks: true });
        spawnSync('chmod', [...(what === 'files' ? ['-R'] : []), mode, programs]);
        const binaries = {
          initdb: join(programs, 'bin/initdb'),
          postgres: join(programs, 'bin/postgres'),
        };
        const launcher = createPostgresLauncher(folder, binaries);
        const flags = [`--pgdata=${folder}/data`, '--auth=scram-sha-256', '--no-sync'];
        writeFileSync(join(folder, 'password'), 'x');
        launcher.own(join(folder, 'password'));
        const child = launcher.launch(binaries.initdb, [...flags, `--pwfile=${folder}/password`]);
        const [code] = (await once(child, 'close')) as [number];
        assert.equal(code, 0);
      });
    }
  }

  it('says in one sentence that its folder cannot be written', async () => {
    writeFileSync(join(dataDir, 'file'), '');
    await assert.rejects(
      startEmbeddedPostgres({ dataDir: join(dataDir, 'file') }),
      (thrown: Error & { code?: string }) => {
        assert.ok(['CONFIG_INVALID', 'STORAGE_FAILED'].includes(thrown.code ?? ''), thrown.code);
        assert.ok(
          thrown.message.includes(dataDir) && !thrown.message.includes('\n'),
          thrown.message,
        );
        return true;
      },
    );
  });
});

/** A small disk of its own in memory, which only root may attach. */
function mount(options: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dataDir]).status === 0;
}

// Nothing that could be installed gives a container without the right to mount a disk of its own.
if (canMount()) {
  describe('the embedded database on a disk', () => {
    afterEach(() => {
      spawnSync('umount', [dataDir]);
    });

    for (const size of ['8k', '20m']) {
      it(`says that it is full, at ${size}`, async () => {
        assert.ok(mount(`size=${size}`));
        await assert.rejects(startEmbeddedPostgres({ dataDir: join(dataDir, 'data') }), {
          code: 'STORAGE_FAILED',
          message: /^The disk that holds .* is full: /,
        });
      });
    }

    it('says that it is read-only', async () => {
      assert.ok(mount('ro'));
      for (const folder of [dataDir, join(dataDir, 'data')]) {
        await assert.rejects(startEmbeddedPostgres({ dataDir: folder }), {
          code: 'CONFIG_INVALID',
          message: /is on a read-only file system: .*QUARTET_DATA_DIR/,
        });
      }
    });
  });
}

function canMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'quartet-mount-'));
  try {
    if (spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', probe]).status !== 0) return false;
    spawnSync('umount', [probe]);
    return true;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

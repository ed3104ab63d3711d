import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openDatabase } from '#src/store/database.ts';
import { migrate } from '#src/store/migrate.ts';
import { openStore } from '#src/store/store.ts';
import { startTestPostgres, type TestPostgres } from '../helpers/postgres.ts';

let postgres: TestPostgres;
before(async () => {
  postgres = await startTestPostgres();
});
after(() => postgres.stop());

const migrationCount = readdirSync(join(import.meta.dirname, '../../src/store/migrations')).length;

describe('migrations', () => {
  it('are applied once, also by two processes at the same time', async () => {
    const fresh = await postgres.createDatabase();
    const [one, two] = [openDatabase({ databaseUrl: fresh }), openDatabase({ databaseUrl: fresh })];
    const applied = await Promise.all([migrate(one), migrate(two)]);
    const counts = applied.map((names) => names.length).toSorted((a, b) => a - b);
    assert.deepEqual(counts, [0, migrationCount]);
    assert.deepEqual(await migrate(one), []);
    await Promise.all([one.close(), two.close()]);
  });

  it('refuse a file that was changed after it had been applied, and a newer database', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quartet-migrations-'));
    const file = join(folder, '0001-a.sql');
    const database = openDatabase({ databaseUrl: await postgres.createDatabase() });
    writeFileSync(file, 'CREATE TABLE a (x int);');
    assert.deepEqual(await migrate(database, folder), ['0001-a.sql']);
    writeFileSync(file, 'CREATE TABLE a (x text);');
    await assert.rejects(migrate(database, folder), {
      code: 'STORAGE_FAILED',
      message: /0001-a\.sql was changed/,
    });
    rmSync(file);
    await assert.rejects(migrate(database, folder), {
      code: 'CONFIG_INVALID',
      message: /made by a newer Quartet/,
    });
    await database.close();
    rmSync(folder, { recursive: true });
  });

  it('bring a database of an older version up to date, with what is in it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quartet-migrations-'));
    const all = join(import.meta.dirname, '../../src/store/migrations');
    copyFileSync(join(all, '0001-initial.sql'), join(folder, '0001-initial.sql'));
    const older = await postgres.createDatabase();
    const database = openDatabase({ databaseUrl: older });
    assert.deepEqual(await migrate(database, folder), ['0001-initial.sql']);
    await database.query(
      "INSERT INTO members (workspace_id, id, name, locale) VALUES ('w1', 'u1', 'Bao', 'en')",
    );
    await database.close();
    rmSync(folder, { recursive: true });
    const [one, two] = await Promise.all([
      openStore({ databaseUrl: older }),
      openStore({ databaseUrl: older }),
    ]);
    assert.equal((await one.members.find('w1', 'u1'))?.name, 'Bao');
    assert.equal(await two.interactions.claimEvent('discord', 'e'), true);
    await Promise.all([one.close(), two.close()]);
  });

  it('leave nothing behind when one fails', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quartet-migrations-'));
    writeFileSync(join(folder, '0001-a.sql'), 'CREATE TABLE a (x int);');
    writeFileSync(join(folder, '0002-b.sql'), 'CREATE TABLE broken (;');
    const database = openDatabase({ databaseUrl: await postgres.createDatabase() });
    await assert.rejects(migrate(database, folder), { code: 'STORAGE_FAILED' });
    assert.equal(await database.find("SELECT 1 FROM pg_tables WHERE tablename = 'a'"), null);
    await database.close();
    rmSync(folder, { recursive: true });
  });
});

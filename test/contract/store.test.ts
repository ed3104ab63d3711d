import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { openDatabase } from '#src/store/database.ts';
import { migrate } from '#src/store/migrate.ts';
import type { NewRequest, StoredRequest } from '#src/store/requests.ts';
import { openStore, type Store } from '#src/store/store.ts';
import { startTestPostgres, type TestPostgres } from '../helpers/postgres.ts';

let postgres: TestPostgres;
let databaseUrl: string;
let store: Store;
before(async () => {
  postgres = await startTestPostgres();
});
after(() => postgres.stop());
beforeEach(async () => {
  databaseUrl = await postgres.createDatabase();
  store = await openStore({ databaseUrl });
});
afterEach(() => store.close());

let invocations = 0;
function newRequest(changes: Partial<NewRequest> = {}): NewRequest {
  invocations += 1;
  return {
    invocationId: `invocation-${invocations}`,
    platform: 'console',
    workspaceId: 'w1',
    channelId: 'c1',
    threadId: null,
    requesterId: 'u1',
    locale: 'en',
    prompt: 'a red apple',
    options: { model: 'pocket' },
    ...changes,
  };
}

async function accept(changes: Partial<NewRequest> = {}): Promise<StoredRequest> {
  return (await store.requests.accept(newRequest(changes))).request;
}

async function acceptWithCandidates(count = 4): Promise<StoredRequest> {
  const request = await accept();
  for (let number = 1; number <= count; number += 1) {
    await store.candidates.save({
      requestId: request.id,
      number,
      seed: 4294967295,
      sha256: 'ab',
      width: 128,
      height: 96,
      info: {},
    });
  }
  return request;
}

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

describe('a request', () => {
  it('is accepted once, however often its invocation arrives', async () => {
    const invocation = newRequest();
    const accepted = await Promise.all(
      Array.from({ length: 8 }, () => store.requests.accept(invocation)),
    );
    assert.equal(new Set(accepted.map(({ request }) => request.id)).size, 1);
    assert.equal(accepted.filter(({ isNew }) => isNew).length, 1);
  });

  it('is found by its short id, its id and its messages', async () => {
    const request = await accept();
    assert.match(request.shortId, /^[23456789a-z]{6}$/);
    assert.equal(
      (await store.requests.findByShortId(request.shortId.toUpperCase()))?.id,
      request.id,
    );
    const message = { channelId: 'c1', messageId: 'm1', threadId: null };
    await store.requests.setStatusMessage(request.id, message);
    assert.equal((await store.requests.findByMessage('console', message))?.id, request.id);
    assert.equal(await store.requests.findByMessage('slack', message), null);
    assert.equal(
      await store.requests.findByMessage('console', { ...message, messageId: 'm2' }),
      null,
    );
  });

  it('moves forward only: what is finished stays finished', async () => {
    const { id } = await accept();
    assert.equal((await store.requests.move(id, 'queued'))?.status, 'queued');
    assert.equal((await store.requests.move(id, 'running'))?.status, 'running');
    assert.equal((await store.requests.move(id, 'queued'))?.status, 'queued');
    const failed = await store.requests.move(id, 'failed', {
      failure: { code: 'ENGINE_DIED', message: 'gone' },
    });
    assert.deepEqual([failed?.failureCode, failed?.failureMessage], ['ENGINE_DIED', 'gone']);
    assert.ok(failed?.finishedAt instanceof Date);
    assert.equal(await store.requests.move(id, 'done'), null);
    assert.equal((await store.requests.find(id))?.status, 'failed');
  });

  it('is joined by a burst of the same child, until that one is finished', async () => {
    const parent = { id: (await accept()).id, relation: 'reroll' as const, change: { seed: 8 } };
    const burst = await Promise.all(
      Array.from({ length: 10 }, () => store.requests.accept(newRequest({ parent }))),
    );
    assert.equal(new Set(burst.map(({ request }) => request.id)).size, 1);
    const [first] = burst as [(typeof burst)[number]];
    await store.requests.move(first.request.id, 'done');
    const later = await store.requests.accept(newRequest({ parent }));
    assert.equal(later.isNew, true);
    assert.deepEqual(
      (await store.requests.listChildren(parent.id)).map(({ relation }) => relation),
      ['reroll', 'reroll'],
    );
    assert.deepEqual(later.request.change, { seed: 8 });
  });

  it('is listed as open until it is finished, oldest first', async () => {
    const [one, two, three] = [await accept(), await accept({ requesterId: 'u2' }), await accept()];
    await store.requests.move(two.id, 'cancelled');
    assert.deepEqual(
      (await store.requests.listOpen()).map(({ id }) => id),
      [one.id, three.id],
    );
    assert.deepEqual(await store.requests.listOpenOf('w1', 'u2'), []);
    assert.equal((await store.requests.listRecent({ limit: 2 })).length, 2);
  });

  it('takes its candidates and votes with it when it is removed', async () => {
    const { id } = await acceptWithCandidates();
    await store.votes.cast({ requestId: id, voterId: 'u1', candidate: 1, source: 'button' });
    assert.equal(await store.candidates.isUsed('ab'), true);
    await store.requests.remove(id);
    assert.equal(await store.candidates.isUsed('ab'), false);
    assert.deepEqual(await store.candidates.list(id), []);
  });
});

describe('a vote', () => {
  const cast = (
    requestId: string,
    voterId: string,
    candidate: number,
    source: 'reaction' | 'button' = 'reaction',
  ) => store.votes.cast({ requestId, voterId, candidate, source });

  it('counts once per person, the latest', async () => {
    const { id } = await acceptWithCandidates();
    await cast(id, 'u1', 1);
    await cast(id, 'u1', 3);
    await cast(id, 'u2', 2);
    const tally = await store.votes.tally(id);
    assert.deepEqual(
      tally.candidates.map(({ votes }) => votes),
      [0, 1, 1, 0],
    );
    assert.deepEqual([tally.leading, tally.isTie, tally.voters], [2, true, 2]);
  });

  it('falls back to the latest that is still there when it is taken off', async () => {
    const { id } = await acceptWithCandidates();
    for (const candidate of [1, 2, 3]) await cast(id, 'u1', candidate);
    await store.votes.remove({ requestId: id, voterId: 'u1', candidate: 3 });
    assert.equal(await store.votes.of(id, 'u1'), 2);
    await store.votes.remove({ requestId: id, voterId: 'u1', candidate: 1 });
    assert.equal(await store.votes.of(id, 'u1'), 2);
    await store.votes.remove({ requestId: id, voterId: 'u1', candidate: 2 });
    assert.equal(await store.votes.of(id, 'u1'), null);
  });

  it('is the latest again when it is cast again', async () => {
    const { id } = await acceptWithCandidates();
    for (const candidate of [1, 2, 1]) await cast(id, 'u1', candidate);
    assert.equal(await store.votes.of(id, 'u1'), 1);
  });

  it('leads with the lowest number where nobody voted, and with none where there is no picture', async () => {
    const { id } = await acceptWithCandidates(2);
    const tally = await store.votes.tally(id);
    assert.deepEqual(
      [tally.leading, tally.isTie, tally.voters, tally.candidates.length],
      [1, true, 0, 2],
    );
    assert.equal((await store.votes.tally((await accept()).id)).leading, null);
  });

  it('survives a read-back when its reaction is still there', async () => {
    const { id } = await acceptWithCandidates();
    await cast(id, 'u1', 3);
    await store.votes.readBack(id, [
      { voterId: 'u1', candidate: 1 },
      { voterId: 'u1', candidate: 3 },
    ]);
    assert.equal(await store.votes.of(id, 'u1'), 3);
  });

  it('becomes the lowest number of a read-back when it is gone or was missed', async () => {
    const { id } = await acceptWithCandidates();
    await cast(id, 'u1', 1);
    await cast(id, 'button', 4, 'button');
    await store.votes.readBack(id, [
      { voterId: 'u1', candidate: 4 },
      { voterId: 'u1', candidate: 2 },
      { voterId: 'missed', candidate: 3 },
    ]);
    assert.deepEqual(
      await Promise.all(['u1', 'missed', 'button'].map((voter) => store.votes.of(id, voter))),
      [2, 3, 4],
    );
  });
});

describe('a delivery', () => {
  it('is begun by one at a time and keeps its nonce over its attempts', async () => {
    const { id } = await accept();
    const name = { requestId: id, kind: 'status' as const };
    const [one, two] = await Promise.all([
      store.deliveries.begin(name),
      store.deliveries.begin(name),
    ]);
    assert.equal([one, two].filter((delivery) => delivery !== null).length, 1);
    const first = one ?? two;
    await store.deliveries.failed(name, 'the platform was away', false);
    const second = await store.deliveries.begin(name);
    assert.deepEqual(
      [second?.attempts, second?.nonce, second?.state],
      [2, first?.nonce, 'pending'],
    );
    assert.ok((second?.nonce.length ?? 99) <= 25);
  });

  it('is taken over when whoever began it has died', async () => {
    const name = { requestId: (await accept()).id, kind: 'results' as const };
    await store.deliveries.begin(name, 0);
    assert.equal((await store.deliveries.begin(name))?.attempts, 2);
  });

  it('remembers its message once it is posted', async () => {
    const name = { requestId: (await accept()).id, kind: 'mention' as const, key: 'done' };
    await store.deliveries.begin(name);
    assert.equal((await store.deliveries.listPending()).length, 1);
    await store.deliveries.posted(name, { channelId: 'c', messageId: 'm', threadId: 't' });
    assert.equal((await store.deliveries.find(name))?.message?.messageId, 'm');
    assert.deepEqual(await store.deliveries.listPending(), []);
  });
});

describe('settings of people and places', () => {
  it('have defaults and change one by one', async () => {
    assert.equal((await store.channels.settings('w1', 'c1')).reroll, 'anyone');
    await store.channels.change('w1', 'c1', { reroll: { people: 3 }, model: 'tiny' });
    await store.channels.change('w1', 'c1', { style: 'flat' });
    const settings = await store.channels.settings('w1', 'c1');
    assert.deepEqual(
      [settings.reroll, settings.model, settings.style],
      [{ people: 3 }, 'tiny', 'flat'],
    );
    assert.equal((await store.channels.settings('w2', 'c1')).model, null);
  });

  it('keep a lead a lead when they are seen again', async () => {
    await store.members.setRole('w1', 'u1', 'lead');
    await store.members.seen({ workspaceId: 'w1', id: 'u1', name: 'Bao', locale: 'zh-CN' });
    assert.deepEqual(await store.members.leads('w1'), [
      { workspaceId: 'w1', id: 'u1', name: 'Bao', locale: 'zh-CN', role: 'lead' },
    ]);
  });

  it('tell styles apart without regard to case', async () => {
    const style = { name: 'Retro', prompt: '{prompt}, film grain', createdBy: 'u1' };
    assert.equal(await store.styles.add('w1', style), true);
    assert.equal(await store.styles.add('w1', { ...style, name: 'retro' }), false);
    assert.equal((await store.styles.find('w1', 'RETRO'))?.prompt, style.prompt);
    assert.equal(await store.styles.remove('w1', 'retro'), true);
    assert.deepEqual(await store.styles.list('w1'), []);
  });

  it('fold blocked words', async () => {
    assert.equal(await store.blockedWords.add('w1', '  Gün ', 'u1'), true);
    assert.equal(await store.blockedWords.add('w1', 'gün', 'u1'), false);
    assert.deepEqual(await store.blockedWords.list('w1'), ['gün']);
  });
});

describe('a database that cannot be used', () => {
  it('is told in one sentence without its password', async () => {
    const address = new URL(databaseUrl);
    address.password = 'hunter2';
    await assert.rejects(openStore({ databaseUrl: address.href }), (thrown: Error) => {
      assert.match(thrown.message, /refused user or password/);
      assert.doesNotMatch(thrown.message, /hunter2/);
      return true;
    });
    await assert.rejects(openStore({ databaseUrl: 'postgresql://x:y@127.0.0.1:1/z' }), {
      code: 'STORAGE_FAILED',
      message: /cannot be reached/,
    });
  });
});

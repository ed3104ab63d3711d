import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
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
    assert.equal(await store.requests.setResultsMessage(id, null), false);
  });

  it('keeps the picture that it is drawn from', async () => {
    const { id } = await accept({ options: { image: { sha256: 'ab', strength: 0.1 } } });
    assert.equal(await store.candidates.isUsed('ab'), true);
    await store.requests.remove(id);
    assert.equal(await store.candidates.isUsed('ab'), false);
  });

  it('holds its thread while others were asked for in it', async () => {
    const root = await accept();
    const thread = { channelId: 'c1', messageId: 'm2', threadId: 'm1' };
    await store.requests.setResultsMessage(root.id, thread);
    const found = async () => (await store.requests.find(root.id)) as StoredRequest;
    assert.equal(await store.requests.holdsThread(await found()), false);
    const child = await accept({ threadId: 'm1' });
    assert.equal(await store.requests.holdsThread(await found()), true);
    assert.equal(await store.requests.holdsThread(child), false);
    await store.requests.remove(child.id);
    assert.equal(await store.requests.holdsThread(await found()), false);
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

  it('is the latest again when its button is pressed again', async () => {
    const { id } = await acceptWithCandidates();
    for (const candidate of [1, 2, 1]) await cast(id, 'u1', candidate, 'button');
    assert.equal(await store.votes.of(id, 'u1'), 1);
  });

  it('stays where it was when the same reaction is told twice, and is the latest when it was taken off between', async () => {
    const { id } = await acceptWithCandidates();
    for (const candidate of [1, 2, 1]) await cast(id, 'u1', candidate);
    assert.equal(await store.votes.of(id, 'u1'), 2);
    await store.votes.remove({ requestId: id, voterId: 'u1', candidate: 1 });
    await cast(id, 'u1', 1);
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
    const present = [
      { voterId: 'u1', candidate: 1 },
      { voterId: 'u1', candidate: 3 },
    ];
    await store.votes.readBack(id, present, await store.votes.now());
    assert.equal(await store.votes.of(id, 'u1'), 3);
  });

  it('becomes the lowest number of a read-back when it is gone or was missed', async () => {
    const { id } = await acceptWithCandidates();
    await cast(id, 'u1', 1);
    await cast(id, 'button', 4, 'button');
    const present = [
      { voterId: 'u1', candidate: 4 },
      { voterId: 'u1', candidate: 2 },
      { voterId: 'missed', candidate: 3 },
    ];
    await store.votes.readBack(id, present, await store.votes.now());
    assert.deepEqual(
      await Promise.all(['u1', 'missed', 'button'].map((voter) => store.votes.of(id, voter))),
      [2, 3, 4],
    );
  });
});

describe('votes that change while reactions are read back', () => {
  it('are newer than what was read: one that was given stays, one that was taken off stays away', async () => {
    const { id } = await acceptWithCandidates();
    const name = (voterId: string, candidate: number) => ({ requestId: id, voterId, candidate });
    await store.votes.cast({ ...name('leaves', 1), source: 'reaction' });
    const since = await store.votes.now();
    const read = [
      { voterId: 'leaves', candidate: 1 },
      { voterId: 'was missed', candidate: 3 },
      { voterId: 'stays', candidate: 2 },
    ];
    await store.votes.cast({ ...name('comes', 4), source: 'reaction' });
    await store.votes.remove(name('leaves', 1));
    await store.votes.remove(name('was missed', 3));
    await store.votes.readBack(id, read, since);
    const voters = ['comes', 'leaves', 'was missed', 'stays'];
    assert.deepEqual(await Promise.all(voters.map((voter) => store.votes.of(id, voter))), [
      4,
      null,
      null,
      2,
    ]);
  });
});

describe('an event', () => {
  it('is claimed once; one whose id does not last is another one later', async () => {
    const { claimEvent, releaseEvent } = store.interactions;
    assert.equal(await claimEvent('discord', 'e'), true);
    assert.equal(await claimEvent('discord', 'e'), false);
    assert.equal(await claimEvent('discord', 'e', 30), false);
    assert.equal(await claimEvent('slack', 'e'), true);
    assert.equal(await claimEvent('discord', 'e', 0), true);
    await releaseEvent('discord', 'e');
    assert.equal(await claimEvent('discord', 'e'), true);
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

  it('lose nothing when two people change different ones at once, and go back to their defaults', async () => {
    await Promise.all([
      store.channels.change('w1', 'c1', { reroll: 'requester' }),
      store.channels.change('w1', 'c1', { model: 'tiny', allowsAdult: false }),
      store.channels.change('w1', 'c1', { style: 'flat', isAllowed: false }),
      store.channels.change('w1', 'c1', {}),
    ]);
    assert.deepEqual(await store.channels.settings('w1', 'c1'), {
      isAllowed: false, model: 'tiny', style: 'flat', locale: null, reroll: 'requester', allowsAdult: false,
    }); // prettier-ignore
    const now = await store.channels.change('w1', 'c1', { style: null, reroll: 'anyone' });
    assert.deepEqual([now.style, now.reroll, now.model], [null, 'anyone', 'tiny']);
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

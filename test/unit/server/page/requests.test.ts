import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createRequests,
  drawnNow,
  isSettled,
  leadingOf,
  lineOfOne,
  ratioOf,
  wantedCount,
} from '#src/server/page/data/requests.ts';
import { historyHash, parseRoute, threadHash } from '#src/server/page/router.ts';
import type { ConsoleCandidate, ConsoleRequest, ConsoleStatus } from '#src/types/console.ts';

const status = (given: Partial<ConsoleStatus> = {}): ConsoleStatus => ({
  requestId: 'one', state: 'running', title: '', lines: [], progress: null, preview: null, controls: [], ...given,
}); // prettier-ignore
const request = (given: Partial<ConsoleRequest> = {}): ConsoleRequest => ({
  id: 'one', shortId: 'abc123', platform: 'console', threadId: null, requester: 'you', locale: 'en', prompt: 'a cat',
  acceptedAt: '2026-01-01T10:00:00.000Z', parentId: null, relation: null, canAct: true, ownVote: null,
  line: 'a cat --size 160x80 --seed 7 --count 2', status: status(), results: null, ...given,
}); // prettier-ignore
const candidate = (number: number, votes = 0): ConsoleCandidate => ({
  number, seed: 6 + number, width: 160, height: 80, altText: '', votes, url: `/images/${number}.png`,
}); // prettier-ignore
const results = (...candidates: ConsoleCandidate[]) => ({
  requestId: 'one', title: '', lines: [], candidates, count: 2, isComplete: false, controls: [],
}); // prettier-ignore

describe('what the page knows of requests', () => {
  it('is newest first, and oldest first in a thread', () => {
    const requests = createRequests();
    requests.put(request({ id: 'b', threadId: 'a', acceptedAt: '2026-01-01T10:01:00.000Z' }));
    requests.put(request({ id: 'a' }));
    requests.put(request({ id: 'c', threadId: 'a', acceptedAt: '2026-01-01T10:02:00.000Z' }));
    const ids = (entries: { request: ConsoleRequest }[]) =>
      entries.map((entry) => entry.request.id);
    assert.deepEqual(ids(requests.all()), ['c', 'b', 'a']);
    assert.deepEqual(ids(requests.inThread('a')), ['b', 'c']);
    requests.hear({ type: 'removed', requestId: 'b' });
    assert.deepEqual(ids(requests.inThread('a')), ['c']);
    assert.deepEqual(ids(requests.inThread('c')), []);
  });

  it('follows the events of the server, and tells whoever asked', () => {
    const requests = createRequests();
    const told: string[] = [];
    const stop = requests.subscribe((id) => told.push(id));
    requests.hear({ type: 'request', request: request() });
    requests.change('one', { busy: 'reroll' });
    requests.hear({ type: 'status', status: status({ state: 'done' }) });
    requests.change('one', {
      request: request({ results: results(candidate(1)), status: status({ state: 'done' }) }),
    });
    requests.hear({ type: 'status', status: status({ requestId: 'unknown' }) });
    assert.equal(requests.find('one')?.request.status.state, 'done');
    assert.equal(requests.find('one')?.request.results?.candidates.length, 1);
    assert.equal(requests.find('one')?.busy, 'reroll');
    requests.hear({ type: 'removed', requestId: 'one' });
    assert.equal(requests.find('one'), undefined);
    stop();
    requests.put(request());
    assert.deepEqual(told, ['one', 'one', 'one', 'one', 'one']);
  });

  it('says which picture is drawn, how many are wanted and of what shape', () => {
    assert.equal(wantedCount(request()), 2);
    assert.equal(wantedCount(request({ line: 'a cat' })), 4);
    assert.equal(ratioOf(request()), 2);
    assert.equal(drawnNow(request({ status: status({ state: 'queued' }) })), null);
    assert.equal(drawnNow(request()), 1);
    assert.equal(drawnNow(request({ results: results(candidate(1)) })), 2);
    const progress = { done: 12, total: 24, text: '' };
    assert.equal(drawnNow(request({ status: status({ progress }) })), 1);
    assert.equal(drawnNow(request({ status: status({ progress: { ...progress, done: 13 } }) })), 2);
  });

  it('finds the leading picture: most votes, then the lowest number, none without votes', () => {
    assert.equal(leadingOf(request({ results: results(candidate(1), candidate(2)) })), null);
    const tied = results(candidate(1, 2), candidate(2, 2));
    assert.equal(leadingOf(request({ results: tied }))?.number, 1);
  });

  it('asks for one picture by its own seed', () => {
    assert.equal(lineOfOne(request(), 8), 'a cat --size 160x80 --seed 8 --count 1');
  });

  it('drops "queued" lines once the card is there, and keeps everything else', () => {
    const requests = createRequests();
    const cancel = { id: 'cancel:one', action: 'cancel', label: '', style: 'danger' } as const;
    const queued = { text: 'Queued as abc123.', controls: [cancel] };
    assert.equal(isSettled(queued, requests), false);
    requests.put(request());
    assert.equal(isSettled(queued, requests), true);
    assert.equal(isSettled({ text: 'You have 4 waiting.', controls: [] }, requests), false);
    assert.equal(isSettled({ text: 'abc123\nmore', controls: [] }, requests), false);
  });
});

describe('an address', () => {
  it('is read as it is written', () => {
    assert.deepEqual(parseRoute(threadHash('a/b')), { name: 'thread', id: 'a/b' });
    const history = { name: 'history', search: 'red apple', platform: 'all' };
    assert.deepEqual(parseRoute(historyHash('red apple', 'all')), history);
    assert.deepEqual(parseRoute('#/queue'), { name: 'queue' });
    for (const hash of ['', '#', '#/', '#/nothing', '#/r/']) {
      assert.deepEqual(parseRoute(hash), { name: 'create' });
    }
    assert.deepEqual(parseRoute('#/r/%E0%A4'), { name: 'thread', id: '%E0%A4' });
    const odd = { name: 'history', search: '', platform: 'console' };
    assert.deepEqual(parseRoute('#/history?platform=nowhere'), odd);
  });
});

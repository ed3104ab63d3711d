import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { QueuedJob } from '#src/queue/jobs.ts';
import { asSeen, findStandings } from '#src/requests/positions.ts';

function job(requestId: string, requesterId: string): QueuedJob {
  return {
    requestId,
    workspaceId: 'w',
    requesterId,
    priorityClass: 'person',
    turn: null,
    isCancelled: false,
    draw: {
      model: 'pocket', prompt: '', negative: '', width: 1, height: 1, steps: 1, cfg: 1, seeds: [1], tile: 0, wantPreviews: false,
    },
  }; // prettier-ignore
}

const tenSeconds = { secondsFor: async () => 10, forget: () => {} };

describe('the queue as people see it', () => {
  it('shows what a worker took in advance as next, not as being drawn', () => {
    const [a, b, c] = [job('a', 'x'), job('b', 'y'), job('c', 'x')];
    const seen = asSeen({ running: [a, b], waiting: [c] }, (id) => id === 'a');
    assert.deepEqual(seen, { running: [a], waiting: [b, c] });
  });

  it('gives place, reason and time from what is drawn, what is before and how many draw', async () => {
    const view = {
      running: [job('a', 'x')],
      waiting: [job('b', 'y'), job('c', 'x'), job('d', 'y')],
    };
    const standings = await findStandings(view, tenSeconds, () => 0.5, 1);
    assert.deepEqual(standings.get('a'), { position: null, startsIn: null, secondsLeft: 5 });
    assert.deepEqual(standings.get('c'), {
      position: { place: 2, peopleBefore: 1, ownBefore: 0 },
      startsIn: 15,
      secondsLeft: 25,
    });
    assert.deepEqual(standings.get('d'), {
      position: { place: 3, peopleBefore: 1, ownBefore: 1 },
      startsIn: 25,
      secondsLeft: 35,
    });
    const two = await findStandings(view, tenSeconds, () => 0.5, 2);
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((id) => two.get(id)?.secondsLeft),
      [5, 10, 15, 20],
    );
  });

  it('knows no time where nothing like it was drawn yet', async () => {
    const unknown = { secondsFor: async () => null, forget: () => {} };
    const standings = await findStandings(
      { running: [], waiting: [job('a', 'x')] },
      unknown,
      () => 0,
      1,
    );
    assert.equal(standings.get('a')?.secondsLeft, null);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rerollOf, variationOf } from '#src/requests/descend.ts';
import type { RequestOptions } from '#src/requests/options.ts';
import { freshBaseSeed } from '#src/requests/seeds.ts';
import type { StoredCandidate } from '#src/store/candidates.ts';
import type { StoredRequest } from '#src/store/requests.ts';

const drawn: RequestOptions = {
  model: 'pocket', prompt: 'a cat', typedPrompt: 'a cat', negative: '', width: 128, height: 128, steps: 2,
  cfg: 1, seeds: [7, 8, 9, 10], tile: 0, style: null, notes: [], wantPreviews: false,
}; // prettier-ignore

const requestOf = (options: Partial<RequestOptions> = {}) =>
  ({ id: 'r1', options: { ...drawn, ...options } }) as unknown as StoredRequest;
const pictureOf = (number: number, seed: number) => ({ number, seed }) as StoredCandidate;
/** Gives these one after the other. */
const random =
  (...values: number[]) =>
  () =>
    values.shift() as number;

describe('fresh seeds', () => {
  it('are none of those that were taken, from either side and over the end of 32 bits', () => {
    assert.equal(freshBaseSeed([7, 8, 9, 10], 4, random(4, 10, 7, 11)), 11);
    const last = 2 ** 32 - 1;
    assert.equal(freshBaseSeed([last - 1, last, 0, 1], 4, random(last - 4, 1, last, 2)), 2);
    assert.equal(freshBaseSeed([0], 4, random(last - 2, 1)), 1);
  });
});

describe('a reroll', () => {
  it('changes the seeds alone, and says so', () => {
    const { options, parent } = rerollOf(requestOf(), random(8, 100));
    assert.deepEqual(options, { ...drawn, seeds: [100, 101, 102, 103] });
    assert.deepEqual(parent, { id: 'r1', relation: 'reroll', change: { seeds: options.seeds } });
  });

  it('of variations draws other neighbours of the same picture', () => {
    const variation = { baseSeed: 50, strength: 0.3 };
    const { options } = rerollOf(requestOf({ variation }), random(49, 100));
    assert.deepEqual([options.variation, options.seeds[0]], [variation, 100]);
  });
});

describe('variations', () => {
  it('of a picture turn its own noise', () => {
    const { options, parent } = variationOf(requestOf(), pictureOf(3, 9), random(9, 100));
    assert.deepEqual(options.variation, { baseSeed: 9, strength: 0.3 });
    assert.deepEqual(options.seeds, [100, 101, 102, 103]);
    assert.deepEqual([parent.relation, parent.candidate], ['variation', 3]);
  });

  it('of a variation start from the noise that one had, not from its bare seed', () => {
    const first = variationOf(requestOf(), pictureOf(1, 7), random(100)).options;
    const second = variationOf(requestOf(first), pictureOf(2, 101), random(200)).options;
    assert.deepEqual(second.variation, {
      baseSeed: 7,
      via: [{ seed: 101, strength: 0.3 }],
      strength: 0.3,
    });
    const third = variationOf(requestOf(second), pictureOf(4, 203), random(7, 101, 300)).options;
    assert.deepEqual(third.variation?.via, [
      { seed: 101, strength: 0.3 },
      { seed: 203, strength: 0.3 },
    ]);
    assert.equal(third.seeds[0], 300);
  });
});

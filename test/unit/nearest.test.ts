import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nearestName } from '#src/nearest.ts';

const flags = ['size', 'ar', 'n', 'no', 'steps', 'seed'];

describe('the nearest name', () => {
  it('is the one that was meant', () => {
    assert.equal(nearestName('sied', flags), 'seed');
    assert.equal(nearestName('Stpes', flags), 'steps');
    assert.equal(nearestName('step', flags), 'steps');
  });

  it('is none where half of the name would have to change', () => {
    for (const name of ['cat', 'fun', 'ra', 'brave', ''])
      assert.equal(nearestName(name, flags), null);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeen } from '#src/platforms/slack/seen.ts';

test('takes a key once and forgets the oldest', () => {
  const seen = createSeen(2);
  assert.deepEqual(
    ['a', 'a', 'b', 'c', 'a'].map((key) => seen.isNew(key)),
    [true, false, true, true, true],
  );
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { createGenerator, randn } from '#models/latents/noise.ts';
import { z } from 'zod';

const golden = z
  .object({
    cases: z.array(
      z.object({
        seed: z.number(),
        shape: z.array(z.number()),
        first: z.array(z.number()),
        last: z.array(z.number()),
        sum: z.number(),
        sumsq: z.number(),
      }),
    ),
  })
  .parse(
    JSON.parse(readFileSync(new URL('../../fixtures/golden/noise.json', import.meta.url), 'utf8')),
  );

function assertNear(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-6) {
  assert.equal(actual.length, expected.length);
  for (let index = 0; index < expected.length; index += 1) {
    const difference = Math.abs((actual[index] ?? NaN) - (expected[index] ?? NaN));
    assert.ok(
      difference <= tolerance,
      `value ${index} is ${actual[index]} instead of ${expected[index]}`,
    );
  }
}

describe('randn', () => {
  for (const { seed, shape, first, last, sum, sumsq } of golden.cases) {
    it(`gives the reference's noise for seed ${seed} and shape [${shape.join(', ')}]`, () => {
      const values = randn(seed, shape);
      const count = shape.reduce((product, side) => product * side, 1);
      assert.equal(values.length, count);
      assertNear(values.subarray(0, first.length), first);
      assertNear(values.subarray(count - last.length), last);
      const total = values.reduce((accumulated, value) => accumulated + value, 0);
      const squares = values.reduce((accumulated, value) => accumulated + value * value, 0);
      assertNear([total], [sum], 2e-6 * Math.sqrt(count));
      assertNear([squares], [sumsq], 2e-6 * sumsq);
    });
  }

  it('gives the same values for the same seed and others for the next one', () => {
    assert.deepEqual(randn(5, [4, 8]), randn(5, [4, 8]));
    assert.notDeepEqual(randn(5, [4, 8]), randn(6, [4, 8]));
  });

  it('gives one value for the empty shape and none for a side of 0', () => {
    assert.equal(randn(1, []).length, 1);
    assert.equal(randn(1, [4, 0, 8]).length, 0);
  });

  it('is close to a standard normal on a full-size latent', () => {
    const values = randn(123, [1, 16, 128, 128]);
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    const variance = values.reduce((total, value) => total + value * value, 0) / values.length;
    assert.ok(Math.abs(mean) < 0.01, `mean ${mean}`);
    assert.ok(Math.abs(variance - 1) < 0.01, `variance ${variance}`);
  });

  it('refuses a seed that is no unsigned 32-bit number', () => {
    for (const seed of [-1, 2 ** 32, 1.5, NaN]) {
      assert.throws(() => randn(seed, [4]), {
        code: 'INVALID_REQUEST',
        message: /0 to 4294967295/,
      });
    }
  });
});

describe('createGenerator', () => {
  it('continues with each draw', () => {
    const generator = createGenerator(7);
    const first = generator.randn([32]);
    const second = generator.randn([32]);
    assert.deepEqual([...first, ...second], [...randn(7, [64])]);
  });

  it('keeps the second half of a pair for the next short draw', () => {
    const generator = createGenerator(7);
    const parts = [generator.randn([3]), generator.randn([4]), generator.randn([5])];
    assert.deepEqual(
      parts.flatMap((part) => [...part]),
      [...randn(7, [12])],
    );
  });
});

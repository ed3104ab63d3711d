import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  addNoise,
  combineGuidance,
  createFlowMatchEuler,
  parseSchedulerConfig,
} from '#models/schedulers/flow-match-euler.ts';

const turbo = createFlowMatchEuler({ shift: 3 });

function assertNear(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  assert.equal(actual.length, expected.length);
  for (let index = 0; index < expected.length; index += 1) {
    const difference = Math.abs((actual[index] ?? NaN) - (expected[index] ?? NaN));
    assert.ok(
      difference <= tolerance,
      `value ${index} is ${actual[index]} instead of ${expected[index]}`,
    );
  }
}

describe('sigmas', () => {
  const schedules: [steps: number, sigmas: number[]][] = [
    [1, [1, 0]],
    [4, [1, 0.9, 0.75, 0.5, 0]],
    [8, [1, 0.9545454, 0.9, 0.8333333, 0.75, 0.6428571, 0.5, 0.3, 0]],
    [9, [1, 0.96, 0.9130436, 0.8571428, 0.7894737, 0.7058824, 0.6, 0.4615385, 0.2727273, 0]],
  ];
  for (const [steps, expected] of schedules) {
    it(`follows the reference's schedule of shift 3 with ${steps} steps`, () => {
      assertNear(turbo.sigmas(steps), expected, 1.2e-7);
    });
  }

  it("follows the reference's schedule of shift 6 with 28 steps", () => {
    const sigmas = createFlowMatchEuler({ shift: 6 }).sigmas(28);
    assert.equal(sigmas.length, 29);
    assertNear(sigmas.subarray(0, 5), [1, 0.993865, 0.987342, 0.980392, 0.972973], 5e-7);
    assert.equal(sigmas[28], 0);
  });

  it('gives evenly spaced levels with shift 1', () => {
    assertNear(createFlowMatchEuler({ shift: 1 }).sigmas(4), [1, 0.75, 0.5, 0.25, 0], 0);
  });
});

describe('timestep', () => {
  it('is the share of the picture', () => {
    const times = [...turbo.sigmas(8).subarray(0, 8)].map((sigma) => turbo.timestep(sigma));
    assertNear(times, [0, 0.0454546, 0.1, 0.1666667, 0.25, 0.3571429, 0.5, 0.7], 1.2e-7);
  });
});

describe('step', () => {
  it('moves the latents in place along the velocity', () => {
    const latents = Float32Array.of(1, -2, 0.5);
    turbo.step(latents, Float32Array.of(4, 8, -2), 0.75, 0.5);
    assert.deepEqual(latents, Float32Array.of(0, -4, 1));
  });

  it('rounds the product and the sum to float32', () => {
    const latents = Float32Array.of(0.1);
    turbo.step(latents, Float32Array.of(0.3), Math.fround(0.3), 0);
    const product = Math.fround(Math.fround(-Math.fround(0.3)) * Math.fround(0.3));
    assert.equal(latents[0], Math.fround(Math.fround(0.1) + product));
  });

  it('reaches the picture exactly when the velocity is constant', () => {
    const picture = Float32Array.of(0.25, -1.5);
    const noise = Float32Array.of(1.25, 0.5);
    const velocity = noise.map((value, index) => value - (picture[index] ?? 0));
    const latents = noise.slice();
    const sigmas = turbo.sigmas(8);
    for (let index = 0; index < 8; index += 1) {
      turbo.step(latents, velocity, sigmas[index] ?? NaN, sigmas[index + 1] ?? NaN);
    }
    assertNear(latents, picture, 1e-6);
  });

  it('refuses a velocity of another length', () => {
    assert.throws(() => turbo.step(new Float32Array(2), new Float32Array(3), 1, 0.5), {
      code: 'INTERNAL',
      message: /2 and 3/,
    });
  });
});

describe('estimateClean', () => {
  it('finds the picture at every level when the velocity is right', () => {
    const picture = Float32Array.of(0.25, -1.5);
    const noise = Float32Array.of(1.25, 0.5);
    const velocity = noise.map((value, index) => value - (picture[index] ?? 0));
    for (const sigma of turbo.sigmas(4)) {
      const latents = addNoise(picture, noise, sigma);
      assertNear(turbo.estimateClean(latents, velocity, sigma), picture, 1e-6);
    }
  });
});

describe('image-to-image', () => {
  it('skips the steps that the strength leaves out', () => {
    const starts = [
      [8, 0.6, 3],
      [8, 0.65, 2],
      [8, 1, 0],
      [8, 0.01, 7],
      [8, 0, 8],
      [1, 0.5, 0],
      [20, 0.5, 10],
    ] as const;
    for (const [steps, strength, expected] of starts) {
      assert.equal(turbo.startStep(steps, strength), expected, `${steps} steps at ${strength}`);
    }
    assertNear([turbo.sigmas(8)[3] ?? NaN], [0.8333333], 1e-7);
  });

  it('mixes the picture and the noise by sigma', () => {
    const mixed = addNoise(Float32Array.of(4, 0), Float32Array.of(0, 8), 0.75);
    assert.deepEqual(mixed, Float32Array.of(1, 6));
  });
});

describe('combineGuidance', () => {
  it('adds the difference to the positive prediction once per cfg above 1', () => {
    const out = new Float32Array(2);
    combineGuidance(Float32Array.of(1, 2), Float32Array.of(0.5, 4), 3, out);
    assert.deepEqual(out, Float32Array.of(2, -2));
  });

  it('gives the positive prediction at cfg 1', () => {
    const positive = Float32Array.of(0.1, -7);
    const out = new Float32Array(2);
    combineGuidance(positive, Float32Array.of(5, 5), 1, out);
    assert.deepEqual(out, positive);
  });

  it('can write over its input', () => {
    const positive = Float32Array.of(1);
    combineGuidance(positive, Float32Array.of(0), 2, positive);
    assert.deepEqual(positive, Float32Array.of(2));
  });
});

describe('parseSchedulerConfig', () => {
  const minimal = { _class_name: 'FlowMatchEulerDiscreteScheduler', shift: 3 };

  it('reads the shift of a saved pipeline', () => {
    const path = '../../fixtures/golden/tiny-z-image/scheduler/scheduler_config.json';
    const json: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
    assert.deepEqual(parseSchedulerConfig(json), { shift: 3 });
    assert.deepEqual(parseSchedulerConfig(minimal), { shift: 3 });
  });

  for (const field of [
    'use_dynamic_shifting',
    'use_karras_sigmas',
    'use_exponential_sigmas',
    'use_beta_sigmas',
    'invert_sigmas',
    'stochastic_sampling',
  ]) {
    it(`refuses ${field}`, () => {
      assert.throws(() => parseSchedulerConfig({ ...minimal, [field]: true }), {
        code: 'MODEL_INVALID',
        message: new RegExp(`scheduler_config\\.json.*${field} is true and must be false`),
      });
    });
  }

  it('refuses another scheduler and names it', () => {
    assert.throws(() => parseSchedulerConfig({ ...minimal, _class_name: 'DDIMScheduler' }), {
      code: 'MODEL_INVALID',
      message: /_class_name is "DDIMScheduler" and must be FlowMatchEulerDiscreteScheduler/,
    });
  });

  it('refuses a shift that is missing, no number or not above 0', () => {
    const faults: [unknown, RegExp][] = [
      [undefined, /shift is missing and must be a number/],
      ['3', /shift is "3" and must be a number/],
      [0, /shift is 0 and must be above 0/],
    ];
    for (const [shift, message] of faults) {
      assert.throws(() => parseSchedulerConfig({ ...minimal, shift }), {
        code: 'MODEL_INVALID',
        message,
      });
    }
  });

  it('refuses content that is no object and names the file it was given', () => {
    assert.throws(() => parseSchedulerConfig([], 'a/scheduler_config.json'), {
      code: 'MODEL_INVALID',
      message: /^a\/scheduler_config\.json .*JSON object/,
    });
  });
});

import { AppError } from '#src/errors.ts';

/** Draws normal noise; every call continues where the one before it stopped. */
export interface NoiseGenerator {
  /** Standard normal values. Shape: `shape`, float32, row-major. */
  randn(shape: readonly number[]): Float32Array;
}

const stateWords = 624;
const shiftWords = 397;
const twoPi = Math.fround(2 * Math.PI);
const largestSeed = 0xffff_ffff;

/** From here on the reference fills blocks of this many values instead of drawing one at a time. */
const blockSize = 16;

/**
 * Standard normal values as `torch.randn` gives them on a CPU generator with this seed, so that a
 * seed draws the same picture as in the reference pipeline. Equal to rounding, not to the last bit:
 * the reference's own logarithm and cosine differ between processors.
 *
 * Shape: `shape`, float32, row-major.
 * @param seed unsigned 32-bit
 * @throws AppError INVALID_REQUEST for a seed outside of 0 to 4294967295.
 */
export function randn(seed: number, shape: readonly number[]): Float32Array {
  return createGenerator(seed).randn(shape);
}

/**
 * A generator of its own for one candidate: 32-bit Mersenne Twister, then the Box-Muller transform.
 *
 * Source: PyTorch 2.13, `aten/src/ATen/core/MT19937RNGEngine.h`, `DistributionsHelper.h` and
 * `native/cpu/DistributionTemplates.h` (`normal_fill` from 16 values on).
 * @param seed unsigned 32-bit
 * @throws AppError INVALID_REQUEST for a seed outside of 0 to 4294967295.
 */
export function createGenerator(seed: number): NoiseGenerator {
  if (!Number.isInteger(seed) || seed < 0 || seed > largestSeed) {
    throw new AppError(
      'INVALID_REQUEST',
      `The seed ${seed} cannot be used: give a whole number from 0 to ${largestSeed}.`,
    );
  }
  const nextUint32 = createMersenneTwister(seed);
  // Outlives a call: an odd count leaves its partner to the next short draw.
  let spareNormal: number | undefined;

  /** 53 bits, the high word drawn first. */
  function nextDouble(): number {
    const high = nextUint32() & 0x1f_ffff;
    return (high * 2 ** 32 + nextUint32()) * 2 ** -53;
  }

  function nextNormal(): number {
    if (spareNormal !== undefined) {
      const spare = spareNormal;
      spareNormal = undefined;
      return spare;
    }
    const angle = 2 * Math.PI * nextDouble();
    const radius = Math.sqrt(-2 * Math.log1p(-nextDouble()));
    spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  function fillUniform(values: Float32Array, start: number): void {
    for (let index = start; index < values.length; index += 1) {
      values[index] = (nextUint32() & 0xff_ffff) * 2 ** -24;
    }
  }

  return {
    randn(shape) {
      const count = shape.reduce((product, side) => product * side, 1);
      const values = new Float32Array(count);
      if (count < blockSize) {
        for (let index = 0; index < count; index += 1) values[index] = nextNormal();
        return values;
      }
      fillUniform(values, 0);
      for (let start = 0; start + blockSize <= count; start += blockSize) {
        transformBlock(values, start);
      }
      if (count % blockSize !== 0) {
        // The last block overlaps the one before it and is drawn anew, as in the reference.
        fillUniform(values, count - blockSize);
        transformBlock(values, count - blockSize);
      }
      return values;
    },
  };
}

/** Box-Muller on 16 uniform values in place: the first eight give radii, the others angles. */
function transformBlock(values: Float32Array, start: number): void {
  const half = blockSize / 2;
  for (let index = start; index < start + half; index += 1) {
    const uniform = 1 - (values[index] ?? 0);
    const radius = Math.fround(Math.sqrt(-2 * Math.fround(Math.log(uniform))));
    const angle = Math.fround(twoPi * (values[index + half] ?? 0));
    values[index] = radius * Math.cos(angle);
    values[index + half] = radius * Math.sin(angle);
  }
}

/** Source: Matsumoto and Nishimura, "Mersenne Twister", 1998 (MT19937). */
function createMersenneTwister(seed: number): () => number {
  const state = new Uint32Array(stateWords);
  state[0] = seed;
  for (let index = 1; index < stateWords; index += 1) {
    const previous = state[index - 1] ?? 0;
    state[index] = Math.imul(1812433253, previous ^ (previous >>> 30)) + index;
  }
  let position = stateWords;

  function mix(index: number, next: number, source: number): void {
    const word = ((state[index] ?? 0) & 0x8000_0000) | ((state[next] ?? 0) & 0x7fff_ffff);
    state[index] = (state[source] ?? 0) ^ (word >>> 1) ^ (word & 1 ? 0x9908_b0df : 0);
  }

  function refill(): void {
    const turn = stateWords - shiftWords;
    for (let index = 0; index < turn; index += 1) mix(index, index + 1, index + shiftWords);
    for (let index = turn; index < stateWords - 1; index += 1) {
      mix(index, index + 1, index - turn);
    }
    mix(stateWords - 1, 0, shiftWords - 1);
    position = 0;
  }

  return () => {
    if (position === stateWords) refill();
    let word = state[position] ?? 0;
    position += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c_5680;
    word ^= (word << 15) & 0xefc6_0000;
    return (word ^ (word >>> 18)) >>> 0;
  };
}

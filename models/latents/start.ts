import type { DrawRequest } from '#src/types/model.ts';
import { createGenerator, type NoiseGenerator } from './noise.ts';

/**
 * The noise one candidate starts from: its generator's next values, or, for a variation, those of
 * the base seed turned towards them. Shape: float32 `[size]`.
 */
export function candidateNoise(
  generator: NoiseGenerator,
  size: number,
  variation: DrawRequest['variation'],
): Float32Array {
  const own = generator.randn([size]);
  if (!variation) return own;
  const noiseOf = (seed: number) => createGenerator(seed).randn([size]);
  let base = noiseOf(variation.baseSeed);
  for (const { seed, strength } of variation.via ?? []) {
    base = turnTowards(base, noiseOf(seed), strength);
  }
  return turnTowards(base, own, variation.strength);
}

/**
 * Spherical interpolation, which keeps the length that a denoiser expects of noise:
 * (sin((1 - s)·Ω)·a + sin(s·Ω)·b) / sin(Ω), Ω the angle between the two.
 */
export function turnTowards(from: Float32Array, to: Float32Array, strength: number): Float32Array {
  let [dot, fromSquare, toSquare] = [0, 0, 0];
  for (let i = 0; i < from.length; i += 1) {
    const [a, b] = [from[i] as number, to[i] as number];
    dot += a * b;
    fromSquare += a * a;
    toSquare += b * b;
  }
  const angle = Math.acos(Math.min(Math.max(dot / Math.sqrt(fromSquare * toSquare), -1), 1));
  if (Math.sin(angle) < 1e-6) return from.slice();
  const fromWeight = Math.sin((1 - strength) * angle) / Math.sin(angle);
  const toWeight = Math.sin(strength * angle) / Math.sin(angle);
  return from.map((a, i) => a * fromWeight + (to[i] as number) * toWeight);
}

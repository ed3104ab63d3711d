import { candidateSeeds } from '#src/request.ts';

/** A base seed whose candidates' seeds are none of those: unsigned 32-bit. */
export function freshBaseSeed(
  taken: readonly number[],
  count: number,
  randomSeed: () => number,
): number {
  for (;;) {
    const base = randomSeed();
    if (!candidateSeeds(base, count).some((seed) => taken.includes(seed))) return base;
  }
}

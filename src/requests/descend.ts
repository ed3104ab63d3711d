import { enlargeStrengthOf } from '#src/catalog/card.ts';
import { invalidRequest } from '#src/errors.ts';
import { candidateSeeds } from '#src/request.ts';
import type { StoredCandidate } from '#src/store/candidates.ts';
import type { NewRequest, StoredRequest } from '#src/store/requests.ts';
import type { Texts } from '#src/texts/index.ts';
import type { ModelCard } from '#src/types/model.ts';
import { optionsOf, type RequestOptions } from './options.ts';
import { freshBaseSeed } from './seeds.ts';

/** How a request comes from another one: what is drawn, and what is recorded of it. */
export interface Descent {
  options: RequestOptions;
  parent: NonNullable<NewRequest['parent']>;
}

/** How far variations turn from the leading picture's noise. */
const variationStrength = 0.3;
const enlargeFactor = 2;
const mostVariations = 4;

/** The same request with new seeds, none of which its parent had. */
export function rerollOf(parent: StoredRequest, randomSeed: () => number): Descent {
  const options = optionsOf(parent);
  const { length } = options.seeds;
  const taken = [...options.seeds, ...seedsOf(options.variation)];
  const seeds = candidateSeeds(freshBaseSeed(taken, length, randomSeed), length);
  return {
    options: { ...options, seeds },
    parent: { id: parent.id, relation: 'reroll', change: { seeds } },
  };
}

/** What a variation came from: its own seeds are others, or it would be the same picture. */
function seedsOf(variation: RequestOptions['variation']): number[] {
  return variation ? [variation.baseSeed, ...(variation.via ?? []).map(({ seed }) => seed)] : [];
}

/** Four neighbours of one picture, whatever noise that one came from. */
export function variationOf(
  parent: StoredRequest,
  candidate: StoredCandidate,
  randomSeed: () => number,
): Descent {
  const { variation: before, ...options } = optionsOf(parent);
  const base = freshBaseSeed([...options.seeds, ...seedsOf(before)], mostVariations, randomSeed);
  const seeds = candidateSeeds(base, mostVariations);
  const { seed } = candidate;
  const variation: RequestOptions['variation'] = before
    ? {
        baseSeed: before.baseSeed,
        via: [...(before.via ?? []), { seed, strength: before.strength }],
        strength: variationStrength,
      }
    : { baseSeed: seed, strength: variationStrength };
  // A picture drawn from another one varies by its noise alone.
  const change = options.image ? { seeds } : { seeds, variation };
  return {
    options: { ...options, ...change },
    parent: { id: parent.id, relation: 'variation', candidate: candidate.number, change },
  };
}

/**
 * One picture at twice its size: drawn again from itself, in tiles where the family needs them.
 * @throws AppError INVALID_REQUEST where the model draws nothing that large.
 */
export function enlargementOf(
  parent: StoredRequest,
  candidate: StoredCandidate,
  card: ModelCard,
  texts: Texts,
): Descent {
  const { variation: _, ...options } = optionsOf(parent);
  const width = candidate.width * enlargeFactor;
  const height = candidate.height * enlargeFactor;
  if (Math.max(width, height) > card.size.max) {
    const size = `${width}x${height}`;
    const message = texts('action.tooLarge', { size, max: card.size.max, model: card.name });
    throw invalidRequest([
      { field: 'size', value: size, allowed: `${card.size.max}`, nearest: null, message },
    ]);
  }
  const image = { sha256: candidate.sha256, strength: enlargeStrengthOf(card) };
  const change = { width, height, image, seeds: [candidate.seed] };
  return {
    options: { ...options, ...change, tile: 0 },
    parent: { id: parent.id, relation: 'enlarge', candidate: candidate.number, change },
  };
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { ModelCard } from '../types/model.ts';

export const cardFile = 'quartet.json';

/** `WxH` in pixels. */
export const sizePattern = /^(\d{1,5})\s*[x×*]\s*(\d{1,5})$/i;

const side = z.int().positive();
const size = z.string().regex(sizePattern, 'must be WIDTHxHEIGHT');

function range(number: z.ZodType<number, number>) {
  return z
    .object({ default: number, min: number, max: number })
    .refine(
      (limits) => limits.min <= limits.default && limits.default <= limits.max,
      'needs min <= default <= max',
    );
}

/** How much the enlarging second pass may change where the card does not say. */
const enlargeStrength = 0.35;

export function enlargeStrengthOf(card: ModelCard): number {
  return card.enlarge?.strength ?? enlargeStrength;
}

const cardSchema = z
  .object({
    name: z.string().min(1),
    family: z.string().min(1),
    size: z.object({
      default: size,
      min: side,
      max: side,
      multiple: side,
      presets: z.record(z.string(), size).default({}),
    }),
    steps: range(side),
    cfg: range(z.number().min(1)),
    promptTokens: side,
    styles: z
      .array(z.object({ name: z.string().min(1), prompt: z.string().includes('{prompt}') }))
      .default([]),
    presets: z
      .record(
        z.string(),
        z.object({
          size: size.optional(),
          steps: side.optional(),
          cfg: z.number().min(1).optional(),
        }),
      )
      .optional(),
    enlarge: z.object({ strength: z.number().gt(0).max(1) }).optional(),
  })
  .superRefine((card, context) => {
    const sizes = { default: card.size.default, ...card.size.presets };
    for (const [name, value] of Object.entries(sizes)) {
      const sides = value.match(sizePattern)?.slice(1).map(Number) ?? [];
      const fits = (pixels: number) =>
        pixels >= card.size.min && pixels <= card.size.max && pixels % card.size.multiple === 0;
      if (!sides.every(fits)) {
        context.addIssue(`size ${name} (${value}) is outside of the card's own limits`);
      }
    }
  });

/**
 * Reads a folder's `quartet.json`; null where it has none.
 * @throws AppError MODEL_INVALID naming the file and the fields that do not fit.
 */
export function readCard(folder: string): ModelCard | null {
  const path = join(folder, cardFile);
  if (!existsSync(path)) return null;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new AppError('MODEL_INVALID', `${path} is not readable as JSON.`, { cause });
  }
  const result = cardSchema.safeParse(json);
  if (result.success) return result.data as ModelCard;
  throw new AppError('MODEL_INVALID', `${path} does not fit: ${z.prettifyError(result.error)}`);
}

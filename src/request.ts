import { sizePattern } from './catalog/card.ts';
import { invalidRequest, type Fault } from './errors.ts';
import { nearestName } from './nearest.ts';
import { requestTexts, type RequestTexts } from './request-texts.ts';
import type { Locale } from './types/chat.ts';
import type { ModelCard, PromptTokenizer, Size } from './types/model.ts';

/**
 * What a person may say of a picture. Everything but the prompt has a default; values may be typed
 * or text, as flags and chat options bring them.
 */
export interface GenerateOptions {
  prompt?: string | undefined;
  negative?: string | undefined;
  /** `WxH`, or a size preset's name. */
  size?: string | undefined;
  steps?: number | string | undefined;
  /** 1 = off. */
  cfg?: number | string | undefined;
  /** Unsigned 32-bit; candidate i uses seed + i. Default: random. */
  seed?: number | string | undefined;
  count?: number | string | undefined;
  style?: string | undefined;
  /** Named settings of the model; what is said beside it wins. */
  preset?: string | undefined;
  /** Side of a VAE tile in pixels; default: decided from the size. */
  tile?: number | string | undefined;
  /** How much of the given picture changes, above 0 to 1. */
  strength?: number | string | undefined;
}

/** A request whose every value fits the model. */
export interface CheckedRequest extends Size {
  /** As the model will see it, the style applied. */
  prompt: string;
  typedPrompt: string;
  negative: string;
  steps: number;
  cfg: number;
  seeds: number[];
  style: string | null;
  tile: number;
  /** null without a picture to start from. */
  strength: number | null;
}

export interface CheckContext {
  /** Picture pixels per latent cell; tiles are multiples of four cells. */
  scale: number;
  hasImage?: boolean;
  /** Count and size that initial latents dictate. */
  latents?: { count: number; size: Size };
  /** Styles beyond the card's own. */
  styles?: ModelCard['styles'];
  locale?: Locale;
  /** Unsigned 32-bit; tests bring their own. */
  randomSeed?: () => number;
}

export const largestSeed = 0xffff_ffff;
export const largestCount = 4;
const defaultStrength = 0.6;
/** Smallest tile, in latent cells. */
const smallestTile = 8;

/** Candidate i of a request: seed + i modulo 2^32. */
export function candidateSeeds(seed: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (seed + i) % 2 ** 32);
}

export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

/**
 * Checks what a person asked for against a model.
 * @returns the complete request, and notes: things that work but do not do what one may expect.
 * @throws AppError INVALID_REQUEST with all faults at once; nothing is clamped.
 */
export function checkRequest(
  options: GenerateOptions,
  card: ModelCard,
  tokenizer: PromptTokenizer,
  context: CheckContext,
): { request: CheckedRequest; notes: string[] } {
  const texts = requestTexts[context.locale ?? 'en'];
  const checker = createChecker(texts);
  const preset = checker.preset(options.preset, card);

  const styles = [...card.styles, ...(context.styles ?? [])];
  const style = checker.style(options.style, styles);
  const typedPrompt = options.prompt ?? '';
  const prompt = style ? style.prompt.replaceAll('{prompt}', () => typedPrompt) : typedPrompt;
  const negative = options.negative ?? '';
  if (!/[^\s\p{Cc}\p{Cf}]/u.test(typedPrompt))
    checker.add('prompt', typedPrompt, null, texts.promptEmpty());
  checker.tokens('prompt', prompt, card, tokenizer);
  checker.tokens('negative', negative, card, tokenizer);

  const { latents } = context;
  const latentsSize = latents && `${latents.size.width}x${latents.size.height}`;
  const size = checker.size(options.size ?? latentsSize ?? preset?.size ?? card.size.default, card);
  const steps = checker.wholeNumber(
    'steps',
    options.steps ?? preset?.steps ?? card.steps.default,
    card.steps,
  );
  const cfg = checker.number('cfg', options.cfg ?? preset?.cfg ?? card.cfg.default, card.cfg);
  const seedRange = { min: 0, max: largestSeed };
  const seed = checker.wholeNumber(
    'seed',
    options.seed ?? (context.randomSeed ?? randomSeed)(),
    seedRange,
  );
  const countRange = { min: 1, max: largestCount };
  const count = checker.wholeNumber(
    'count',
    options.count ?? latents?.count ?? largestCount,
    countRange,
  );
  if (latents && count !== latents.count) {
    checker.add(
      'count',
      options.count,
      latents.count,
      texts.latentsMismatch('count', String(options.count), String(latents.count)),
    );
  }
  if (latentsSize && size && `${size.width}x${size.height}` !== latentsSize) {
    checker.add(
      'size',
      options.size,
      latentsSize,
      texts.latentsMismatch('size', String(options.size), latentsSize),
    );
  }
  const tile = options.tile === undefined ? 0 : checker.tile(options.tile, context.scale, card);
  const strength = checker.strength(options.strength, context.hasImage ?? false);

  if (checker.faults.length > 0 || !size) throw invalidRequest(checker.faults);
  const notes: string[] = [];
  if (negative !== '' && cfg === 1) notes.push(texts.negativeIsInert());
  if (cfg > 1 && card.cfg.default === 1) notes.push(texts.guidanceDoubles(cfg));
  const request: CheckedRequest = {
    prompt,
    typedPrompt,
    negative,
    ...size,
    steps,
    cfg,
    seeds: candidateSeeds(seed, count),
    style: style?.name ?? null,
    tile,
    strength,
  };
  return { request, notes };
}

interface Limits {
  min: number;
  max: number;
}

/** Collects faults, one per field. A value that does not fit comes back as NaN. */
function createChecker(texts: RequestTexts) {
  const faults: Fault[] = [];

  function add(
    field: string,
    value: unknown,
    nearest: Fault['nearest'],
    text: { allowed: string; message: string },
  ): void {
    if (faults.some((fault) => fault.field === field)) return;
    faults.push({ field, value, nearest, ...text });
  }

  function named<Item extends { name: string }>(
    field: string,
    value: string | undefined,
    items: Item[],
  ): Item | null {
    if (value === undefined) return null;
    const wanted = value.trim().toLowerCase();
    const item =
      items.find(({ name }) => name === value) ??
      items.find(({ name }) => name.toLowerCase() === wanted);
    if (item) return item;
    const known = items.map(({ name }) => name);
    const nearest = nearestName(value, known);
    add(field, value, nearest, texts.unknownName(field, value, known, nearest));
    return null;
  }

  return {
    faults,
    add,
    style: (value: string | undefined, styles: ModelCard['styles']) =>
      named('style', value, styles),
    preset(value: string | undefined, card: ModelCard) {
      const presets = Object.entries(card.presets ?? {}).map(([name, settings]) => ({
        name,
        ...settings,
      }));
      return named('preset', value, presets);
    },
    tokens(field: string, text: string, { promptTokens }: ModelCard, tokenizer: PromptTokenizer) {
      const tokens = tokenizer.encode(text).length;
      if (tokens > promptTokens)
        add(field, shorten(text), null, texts.promptTooLong(field, tokens, promptTokens));
    },
    wholeNumber(field: string, value: number | string, { min, max }: Limits): number {
      const number = toNumber(value);
      if (Number.isInteger(number) && number >= min && number <= max) return number;
      const nearest = Number.isNaN(number) ? null : Math.round(clamp(number, min, max));
      add(
        field,
        value,
        nearest,
        texts.wholeNumber(field, { value: String(value), min, max, nearest }),
      );
      return NaN;
    },
    number(field: string, value: number | string, { min, max }: Limits): number {
      const number = toNumber(value);
      if (number >= min && number <= max) return number;
      const nearest = Number.isNaN(number) ? null : clamp(number, min, max);
      add(field, value, nearest, texts.number(field, { value: String(value), min, max, nearest }));
      return NaN;
    },
    size(value: string, card: ModelCard): Size | null {
      const { min, max, multiple, presets } = card.size;
      // Phones begin with a capital.
      const name = Object.keys(presets).find(
        (one) => one.toLowerCase() === value.trim().toLowerCase(),
      );
      const size = parseSize(presets[name ?? ''] ?? value);
      if (!size) {
        add(
          'size',
          value,
          card.size.default,
          texts.sizeForm(value, card.size.default, Object.keys(presets)),
        );
        return null;
      }
      const fits = (side: number) => side >= min && side <= max && side % multiple === 0;
      const wrong = (['width', 'height'] as const).filter((side) => !fits(size[side]));
      if (wrong.length === 0) return size;
      const nearest = `${nearestSide(size.width, card)}x${nearestSide(size.height, card)}`;
      const sides = texts.sides(wrong.map((side) => [side, size[side]]));
      add('size', value, nearest, texts.sizeRange(sides, multiple, { value, min, max, nearest }));
      return null;
    },
    tile(value: number | string, scale: number, card: ModelCard): number {
      const multiple = 4 * scale;
      const [min, max] = [
        Math.max(smallestTile * scale, multiple),
        Math.max(card.size.max, multiple),
      ];
      const number = toNumber(value);
      if (Number.isInteger(number) && number >= min && number <= max && number % multiple === 0)
        return number;
      const nearest = Number.isNaN(number)
        ? null
        : clamp(Math.round(number / multiple) * multiple, min, max - (max % multiple));
      add(
        'tile',
        value,
        nearest,
        texts.tile(multiple, { value: String(value), min, max, nearest }),
      );
      return NaN;
    },
    strength(value: number | string | undefined, hasImage: boolean): number | null {
      if (value === undefined) return hasImage ? defaultStrength : null;
      const number = toNumber(value);
      if (!(number > 0 && number <= 1))
        add('strength', value, number > 1 ? 1 : null, texts.strength(String(value)));
      else if (!hasImage) add('strength', value, null, texts.strengthWithoutImage(String(value)));
      return number;
    },
  };
}

/** NaN for anything that is not wholly a number: an empty text is none. */
function toNumber(value: number | string): number {
  if (typeof value === 'number') return value;
  const text = plainDigits(value);
  return text === '' ? NaN : Number(text);
}

export function parseSize(value: string): Size | null {
  const match = sizePattern.exec(plainDigits(value));
  return match ? { width: Number(match[1]), height: Number(match[2]) } : null;
}

/** As Chinese keyboards write them: `１０２４ｘ７６８`, `３：２`. */
function plainDigits(text: string): string {
  return text.normalize('NFKC').trim();
}

/** `most` is the widest that the model draws: `most` to 1. */
export type RatioSize = { size: string } | { most: number; nearest: string } | null;

/**
 * The size of this ratio whose area comes closest to the model's default.
 * @param ratio `3:2`; null when it is no ratio.
 */
export function ratioToSize(ratio: string, card: ModelCard): RatioSize {
  const match = /^(\d{1,4}(?:\.\d+)?)\s*[:/]\s*(\d{1,4}(?:\.\d+)?)$/.exec(plainDigits(ratio));
  const base = parseSize(card.size.default);
  const [across, down] = [Number(match?.[1]), Number(match?.[2])];
  if (!base || !(across > 0) || !(down > 0)) return null;
  const { lowest, highest } = sidesOf(card);
  const [short, long] = [Math.min(across, down), Math.max(across, down)];
  if (long / short > highest / lowest) {
    const most = Math.floor(highest / lowest);
    return { most, nearest: across > down ? `${most}:1` : `1:${most}` };
  }
  const equal = Math.sqrt((base.width * base.height) / (across * down));
  const unit = clamp(equal, lowest / short, highest / long);
  return { size: `${nearestSide(across * unit, card)}x${nearestSide(down * unit, card)}` };
}

function sidesOf({ size: { min, max, multiple } }: ModelCard) {
  return {
    lowest: Math.ceil(min / multiple) * multiple,
    highest: Math.floor(max / multiple) * multiple,
  };
}

function nearestSide(side: number, card: ModelCard): number {
  const { multiple } = card.size;
  const { lowest, highest } = sidesOf(card);
  return clamp(Math.round(side / multiple) * multiple, lowest, highest);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

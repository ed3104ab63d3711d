import packageJson from '../../package.json' with { type: 'json' };
import { enlargeStrengthOf } from '../catalog/card.ts';
import type { CatalogModel } from '../catalog/catalog.ts';
import { AppError, invalidRequest, type Fault } from '../errors.ts';
import type { PictureRecord } from '../images/metadata.ts';
import { resizePicture } from '../images/resize.ts';
import { checkRequest, parseSize, type CheckedRequest, type GenerateOptions } from '../request.ts';
import type { DrawRequest, ModelCard, PromptTokenizer, Size } from '../types/model.ts';
import {
  fileFault,
  readSourceLatents,
  readSourcePicture,
  type RepeatSource,
  type SourceLatents,
  type SourcePicture,
} from './source.ts';

export interface PlanOptions extends GenerateOptions {
  /** A picture to start from: a path or a file's bytes. */
  image?: string | Uint8Array | undefined;
  /** Second pass over the picture of `from`: drawn again from itself at twice its size. */
  enlarge?: boolean | undefined;
  /** A safetensors file whose `latents` take the place of the seeds' noise. */
  initLatents?: string | undefined;
}

export interface Plan {
  request: CheckedRequest;
  draw: DrawRequest;
  notes: string[];
  /** Record of one candidate, as its file will carry it. */
  record(candidate: number): PictureRecord;
}

const program = { name: packageJson.name, version: packageJson.version };

/**
 * Everything a request needs, checked: options, files, and what a repeated picture dictates.
 * @throws AppError INVALID_REQUEST with all faults at once.
 */
export async function makePlan(
  options: PlanOptions,
  from: RepeatSource | null,
  model: CatalogModel,
  tokenizer: PromptTokenizer,
): Promise<Plan> {
  const grid = model.family.latentGrid(model.folder);
  const faults: Fault[] = [];
  const merged = mergeOptions(options, from, model.card);
  const image = await collect(faults, () => findImage(options, from));
  const latents = await collect(faults, () => findLatents(options, from, grid.channels));
  if (image && latents) {
    faults.push(
      fileFault(
        'init-latents',
        'init-latents',
        'initial latents and a picture to start from exclude each other: leave one out.',
      ),
    );
  }
  if (image && merged.size === undefined) merged.size = fittingSize(image.picture, model.card);
  // Whether the picture itself can be had is told on its own.
  const wantsImage = [options.image, options.enlarge, from?.record?.image].some(
    (wish) => wish !== undefined,
  );
  const checked = await collect(faults, () =>
    Promise.resolve(
      checkRequest(merged, model.card, tokenizer, {
        scale: grid.scale,
        hasImage: wantsImage,
        ...(latents && { latents: latentsFrame(latents, grid.scale) }),
      }),
    ),
  );
  if (faults.length > 0 || !checked) throw invalidRequest(faults);
  const { request, notes } = checked;

  const draw: DrawRequest = {
    prompt: request.prompt,
    negative: request.negative,
    width: request.width,
    height: request.height,
    steps: request.steps,
    cfg: request.cfg,
    seeds: request.seeds,
    tile: request.tile,
  };
  if (image) {
    const { pixels } = await resizePicture(image.picture, request);
    draw.image = { pixels, strength: request.strength ?? enlargeStrengthOf(model.card) };
  }
  if (latents) draw.initLatents = latents.latents;
  const { variation } = from?.record ?? {};
  if (variation && !image) draw.variation = variation;

  // A repeated picture keeps the words it was asked for with.
  const said = options.prompt === undefined && options.style === undefined ? from?.record : null;
  return {
    request,
    draw,
    notes,
    record: (candidate) => ({
      version: 1,
      prompt: request.prompt,
      typedPrompt: said?.typedPrompt ?? request.typedPrompt,
      negative: request.negative,
      width: request.width,
      height: request.height,
      steps: request.steps,
      cfg: request.cfg,
      seed: request.seeds[candidate] as number,
      style: said?.style ?? request.style,
      model: { name: model.name, family: model.family.id, fingerprint: model.fingerprint() },
      tile: request.tile,
      ...(image &&
        draw.image && { image: { sha256: image.sha256, strength: draw.image.strength } }),
      ...(latents && {
        initLatents: { sha256: latents.sha256, index: latents.index ?? candidate },
      }),
      ...(draw.variation && { variation: draw.variation }),
      program,
    }),
  };
}

/** What is said wins over what the repeated picture says. */
function mergeOptions(
  options: PlanOptions,
  from: RepeatSource | null,
  card: ModelCard,
): GenerateOptions {
  const said = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
  const merged: GenerateOptions = { ...from?.options, ...said };
  // New words or another style apply to what was typed, not to what a style made of it.
  if (from?.record && options.style !== undefined && options.prompt === undefined) {
    merged.prompt = from.record.typedPrompt;
  }
  if (options.enlarge && from) {
    const { width, height } = from.picture;
    merged.size = options.size ?? `${width * 2}x${height * 2}`;
    merged.strength = options.strength ?? enlargeStrengthOf(card);
    if (options.tile === undefined) delete merged.tile;
  }
  if (options.preset !== undefined) {
    const preset = card.presets?.[options.preset];
    for (const key of ['size', 'steps', 'cfg'] as const) {
      if (preset?.[key] !== undefined && options[key] === undefined) merged[key] = undefined;
    }
  }
  return merged;
}

/** The picture to start from. A repeated image-to-image picture needs the same file again. */
async function findImage(
  options: PlanOptions,
  from: RepeatSource | null,
): Promise<SourcePicture | null> {
  if (options.enlarge) {
    if (from) return from;
    throw invalidRequest([
      fileFault('enlarge', 'enlarge', 'it needs a picture: add --from FILE.png.'),
    ]);
  }
  const needed = from?.record?.image;
  if (options.image === undefined) {
    if (!needed) return null;
    throw invalidRequest([
      fileFault(
        'image',
        'none',
        `the picture was drawn from another one (SHA-256 ${needed.sha256.slice(0, 12)}…): give that file with --image.`,
      ),
    ]);
  }
  const image = await readSourcePicture('image', options.image);
  if (needed && options.strength === undefined && image.sha256 !== needed.sha256) {
    throw invalidRequest([
      fileFault(
        'image',
        options.image,
        `this is another file than the one the picture was drawn from (SHA-256 ${needed.sha256.slice(0, 12)}…). Give that file, or say a --strength to draw from this one.`,
      ),
    ]);
  }
  return image;
}

async function findLatents(
  options: PlanOptions,
  from: RepeatSource | null,
  channels: number,
): Promise<(SourceLatents & { index?: number }) | null> {
  const needed = from?.record?.initLatents;
  if (options.initLatents === undefined) {
    if (!needed) return null;
    throw invalidRequest([
      fileFault(
        'init-latents',
        'none',
        `the picture was drawn from given latents (SHA-256 ${needed.sha256.slice(0, 12)}…): give that file with --init-latents.`,
      ),
    ]);
  }
  const source = await readSourceLatents(options.initLatents, channels);
  if (!needed || options.count !== undefined) return source;
  if (source.sha256 !== needed.sha256) {
    throw invalidRequest([
      fileFault(
        'init-latents',
        options.initLatents,
        'these are other latents than the ones the picture was drawn from.',
      ),
    ]);
  }
  const [, found, height, width] = source.latents.shape;
  const size = found * height * width;
  const data = source.latents.data.slice(needed.index * size, (needed.index + 1) * size);
  return { ...source, latents: { data, shape: [1, found, height, width] }, index: needed.index };
}

function latentsFrame({ latents }: SourceLatents, scale: number): { count: number; size: Size } {
  const [count, , height, width] = latents.shape;
  return { count, size: { width: width * scale, height: height * scale } };
}

/** The picture's own size on the model's grid, or the model's default where it does not fit. */
function fittingSize({ width, height }: Size, { size }: ModelCard): string {
  const onGrid = [width, height].map((side) => Math.round(side / size.multiple) * size.multiple);
  const fits = onGrid.every((side) => side >= size.min && side <= size.max);
  return fits && parseSize(onGrid.join('x')) ? onGrid.join('x') : size.default;
}

/** Runs one check; its faults join the others. */
async function collect<Result>(
  faults: Fault[],
  check: () => Promise<Result>,
): Promise<Result | null> {
  try {
    return await check();
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.faults.length === 0) throw thrown;
    faults.push(...thrown.faults);
    return null;
  }
}

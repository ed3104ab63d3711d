import { openCatalog, type CatalogModel } from '../catalog/catalog.ts';
import { createEngine } from '../engine/client.ts';
import { AppError, invalidRequest } from '../errors.ts';
import { buildPictureTexts, type PictureRecord } from '../images/metadata.ts';
import { encodePng } from '../images/png.ts';
import type { Engine } from '../types/engine.ts';
import type { DrawEvent, LatentsBatch, PromptTokenizer, StageSeconds } from '../types/model.ts';
import type { Device, DeviceChoice } from '../types/runtime.ts';
import { makePlan, type Plan, type PlanOptions } from './plan.ts';
import { fileFault, readRepeatSource, type RepeatSource } from './source.ts';

export interface GeneratorOptions {
  /** A registered name or a folder. Default: the built-in model. */
  model?: string | undefined;
  /** Default: the best device that is there. */
  device?: DeviceChoice | undefined;
  /** Where imported models are registered. Default: `./data`. */
  dataDir?: string | undefined;
  /** Longest silence of the engine process before it is given up. */
  stepTimeoutMs?: number | undefined;
  /** Stands in for the engine process; tests bring their own. */
  engine?: Engine | undefined;
}

export interface GenerateRequest extends PlanOptions {
  /** Another model than the generator's. */
  model?: string | undefined;
  /** A PNG of ours to repeat: a path or the file's bytes. What is said beside it wins. */
  from?: string | Uint8Array | undefined;
  /** Whether to give back the final latents. */
  wantLatents?: boolean | undefined;
}

export interface GeneratedImage {
  /** The file's bytes, its settings inside. */
  png: Buffer;
  seed: number;
  width: number;
  height: number;
}

/** Generation info. Nothing of it is in the files. */
export interface GenerationMetadata {
  model: PictureRecord['model'];
  device: Device;
  request: Omit<Plan['request'], 'seeds'>;
  /** In the order of the images. Unit: seconds, bytes. */
  pictures: {
    seed: number;
    seconds: StageSeconds & { encode: number };
    peakBytes: number | null;
  }[];
  /** The engine's own account. Unit: seconds. */
  engine: { load: number; draw: number; run: number };
  notes: string[];
}

export interface GenerateResult {
  images: GeneratedImage[];
  /** From the call to the last file. */
  seconds: number;
  metadata: GenerationMetadata;
  /** Before the VAE's scale and shift, where they were wanted. */
  latents?: LatentsBatch;
}

export interface GenerateHooks {
  signal?: AbortSignal | undefined;
  onStep?: ((event: DrawEvent & { type: 'step' }, count: number) => void) | undefined;
  /** Each image as it is ready, before the next one is drawn to its end. */
  onImage?: ((image: GeneratedImage, candidate: number) => void | Promise<void>) | undefined;
  /** Called once everything is checked and before anything is drawn. */
  onAccepted?: ((plan: Plan) => void | Promise<void>) | undefined;
}

export interface Generator {
  /**
   * Draws pictures.
   * @throws AppError INVALID_REQUEST with all faults, MODEL_NOT_FOUND, MODEL_INVALID,
   * DEVICE_UNAVAILABLE, ENGINE_DIED, ENGINE_TIMEOUT, OUT_OF_MEMORY or CANCELLED.
   */
  generate(request: GenerateRequest, hooks?: GenerateHooks): Promise<GenerateResult>;
  /** Ends the engine process. */
  close(): Promise<void>;
}

/** A generator with an engine process of its own, which is started at the first request. */
export function createGenerator(options: GeneratorOptions = {}): Generator {
  const catalog = openCatalog({ dataDir: options.dataDir ?? './data' });
  // Whoever never generates needs not hear of it.
  catalog.catch(() => {});
  const engine =
    options.engine ??
    createEngine({
      device: options.device ?? 'auto',
      ...(options.stepTimeoutMs !== undefined && { timeoutMs: options.stepTimeoutMs }),
    });
  const tokenizers = new Map<string, PromptTokenizer>();

  function tokenizerOf(model: CatalogModel): PromptTokenizer {
    let tokenizer = tokenizers.get(model.folder);
    if (!tokenizer) {
      tokenizer = model.family.loadTokenizer(model.folder);
      tokenizers.set(model.folder, tokenizer);
    }
    return tokenizer;
  }

  /** The model that is asked for, or the one that a repeated picture was drawn with. */
  async function findModel(
    request: GenerateRequest,
    from: RepeatSource | null,
  ): Promise<CatalogModel> {
    const record = from?.record;
    const model = (await catalog).resolve(
      request.model ?? record?.model.name ?? options.model ?? 'pocket',
    );
    if (record && request.model === undefined && model.fingerprint() !== record.model.fingerprint) {
      throw invalidRequest([
        fileFault(
          'from',
          request.from ?? '',
          `the picture was drawn with other weights named ${record.model.name} (${record.model.fingerprint.slice(0, 12)}; here ${model.fingerprint().slice(0, 12)}), so it would not come out the same. Say --model ${model.name} to draw it with these.`,
        ),
      ]);
    }
    return model;
  }

  async function generate(
    request: GenerateRequest,
    hooks: GenerateHooks = {},
  ): Promise<GenerateResult> {
    const start = performance.now();
    const signal = hooks.signal ?? new AbortController().signal;
    const from = request.from === undefined ? null : await readRepeatSource(request.from);
    const model = await findModel(request, from);
    // The engine loads while the request is checked; a fault is told first.
    const loading = engine.load({ family: model.family.id, folder: model.folder });
    loading.catch(() => {});
    const plan = await makePlan(request, from, model, tokenizerOf(model));
    await hooks.onAccepted?.(plan);
    const load = await untilAborted(loading, signal);

    const encoding: Promise<GeneratedImage>[] = [];
    const pictures: GenerationMetadata['pictures'] = [];
    const latents: LatentsBatch[] = [];
    const draw = { ...plan.draw, ...(request.wantLatents && { wantLatents: true }) };
    const events = engine.draw(draw, { signal });
    let next = await events.next();
    for (; !next.done; next = await events.next()) {
      const event = next.value;
      if (event.type === 'step') {
        hooks.onStep?.(event, draw.seeds.length);
        continue;
      }
      const picture = {
        seed: event.seed,
        seconds: { ...event.seconds, encode: 0 },
        peakBytes: event.peakBytes ?? null,
      };
      pictures.push(picture);
      if (event.latents) latents.push(event.latents);
      const encoded = encode(event, plan, picture.seconds, hooks);
      encoded.catch(() => {});
      encoding.push(encoded);
    }
    const images = await Promise.all(encoding);
    const { seeds: _, ...settings } = plan.request;
    return {
      images,
      seconds: (performance.now() - start) / 1000,
      metadata: {
        model: plan.record(0).model,
        device: load.device,
        request: settings,
        pictures,
        engine: { load: load.seconds, draw: next.value.seconds, run: next.value.runSeconds },
        notes: plan.notes,
      },
      ...(latents.length > 0 && { latents: joinLatents(latents) }),
    };
  }

  return { generate, close: () => engine.close() };
}

/** Whoever cancels does not wait for gigabytes of weights. `@throws AppError CANCELLED` */
async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = () => reject(new AppError('CANCELLED', 'The request was cancelled.'));
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Runs beside the drawing of the next candidate. */
async function encode(
  { candidate, picture, seed }: DrawEvent & { type: 'candidate' },
  plan: Plan,
  seconds: { encode: number },
  hooks: GenerateHooks,
): Promise<GeneratedImage> {
  const start = performance.now();
  const png = await encodePng(picture, buildPictureTexts(plan.record(candidate)));
  seconds.encode = (performance.now() - start) / 1000;
  const image = { png, seed, width: picture.width, height: picture.height };
  await hooks.onImage?.(image, candidate);
  return image;
}

function joinLatents(parts: LatentsBatch[]): LatentsBatch {
  const [first] = parts as [LatentsBatch];
  const size = first.data.length;
  const data = new Float32Array(size * parts.length);
  parts.forEach((part, i) => data.set(part.data, i * size));
  const [, channels, height, width] = first.shape;
  return { data, shape: [parts.length, channels, height, width] };
}

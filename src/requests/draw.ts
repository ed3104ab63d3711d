import sharp from 'sharp';
import packageJson from '../../package.json' with { type: 'json' };
import type { Catalog, CatalogModel } from '#src/catalog/catalog.ts';
import { AppError } from '#src/errors.ts';
import { buildPictureTexts, type PictureRecord } from '#src/images/metadata.ts';
import { encodePng, readPicture } from '#src/images/png.ts';
import { resizePicture } from '#src/images/resize.ts';
import type { ImageStore } from '#src/images/store.ts';
import type { Logger } from '#src/log.ts';
import type { DrawResult, DrawSettings, QueuedJob } from '#src/queue/jobs.ts';
import type { DrawContext, DrawHandler } from '#src/queue/worker.ts';
import type { StoredCandidate } from '#src/store/candidates.ts';
import type { Store } from '#src/store/store.ts';
import type { Engine, EngineDrawEvent } from '#src/types/engine.ts';
import type { DrawRequest, Picture } from '#src/types/model.ts';
import type { Device } from '#src/types/runtime.ts';
import { createLock } from './lock.ts';
import { requestOptions, type RequestOptions } from './options.ts';
import { createProgressReports } from './progress-reports.ts';
import type { CandidateInfo } from './results.ts';

export interface DrawerOptions {
  store: Store;
  images: ImageStore;
  catalog: Catalog;
  engine: Engine;
  logger: Logger;
}

const program = { name: packageJson.name, version: packageJson.version };

/**
 * Draws jobs, one at a time; the pictures of one are encoded and stored while the next is drawn, so
 * it is meant to be given two at once.
 */
export function createDrawer(options: DrawerOptions): DrawHandler {
  const { store, images, catalog, engine, logger } = options;
  const engineLock = createLock();

  return async (job, context) => {
    const { requestId } = job;
    const request = await store.requests.find(requestId);
    // Deleted or cancelled while it waited.
    if (request === null || request.status === 'cancelled' || job.isCancelled) throw cancelled();
    const words = requestOptions.parse(request.options);
    const known = await drawnBefore(job);
    const model = catalog.resolve(job.draw.model);
    const stored: Promise<StoredCandidate>[] = [];
    // Waiting for the engine is no part of a job's seconds.
    let start = performance.now();
    try {
      const leave = await engineLock.enter(context.signal);
      start = performance.now();
      try {
        await drawMissing(job, words, model, known, context, stored);
      } finally {
        leave();
      }
    } finally {
      // What was drawn is kept, also when the rest failed.
      await Promise.allSettled(stored);
    }
    const candidates = [...known, ...(await Promise.all(stored))];
    const seconds = (performance.now() - start) / 1000;
    logger.info(
      { requestId, model: model.name, pictures: stored.length, seconds: round(seconds) },
      'Job drawn.',
    );
    return result(candidates, seconds);
  };

  /** Pictures of an earlier attempt whose process died: they stay as they are. */
  async function drawnBefore({ requestId, draw }: QueuedJob): Promise<StoredCandidate[]> {
    const rows = await store.candidates.list(requestId);
    const kept: StoredCandidate[] = [];
    for (const row of rows) {
      const isSame = draw.seeds[row.number - 1] === row.seed;
      if (isSame && (await images.has(row.sha256))) kept.push(row);
    }
    return kept;
  }

  async function drawMissing(
    job: QueuedJob,
    words: RequestOptions,
    model: CatalogModel,
    known: StoredCandidate[],
    context: DrawContext,
    stored: Promise<StoredCandidate>[],
  ): Promise<void> {
    const numbers = job.draw.seeds
      .map((_, i) => i + 1)
      .filter((number) => !known.some((row) => row.number === number));
    if (numbers.length === 0) return;
    const reports = createProgressReports(context.reportProgress, (thrown) =>
      logger.warn({ requestId: job.requestId }, `Progress not reported: ${String(thrown)}`),
    );
    const { device } = await engine.load({ family: model.family.id, folder: model.folder });
    const request = await drawRequest(job.draw, numbers, images);
    try {
      for await (const event of engine.draw(request, { signal: context.signal })) {
        const number = numbers[event.candidate] as number;
        if (event.type === 'step') {
          await reports.step(number, event, () => encodePreview(event.preview));
          continue;
        }
        const saved = save(job, words, model, number, event, device).then(async (row) => {
          const { seed, sha256, width, height } = row;
          await reports.now({ type: 'candidate', number, seed, sha256, width, height });
          return row;
        });
        // Looked at when all are drawn.
        saved.catch(() => {});
        stored.push(saved);
      }
    } finally {
      reports.stop();
    }
  }

  async function save(
    { requestId, draw }: QueuedJob,
    words: RequestOptions,
    model: CatalogModel,
    number: number,
    event: EngineDrawEvent & { type: 'candidate' },
    device: Device,
  ): Promise<StoredCandidate> {
    const start = performance.now();
    const { picture, seed, peakBytes } = event;
    const texts = buildPictureTexts(recordOf(draw, words, model, seed));
    const sha256 = await images.put(await encodePng(picture, texts));
    const encode = (performance.now() - start) / 1000;
    const info: CandidateInfo = {
      seconds: { ...event.seconds, encode },
      peakBytes: peakBytes ?? null,
      device,
    };
    const { width, height } = picture;
    const row = { requestId, number, seed, sha256, width, height, info: { ...info } };
    try {
      await store.candidates.save(row);
    } catch (thrown) {
      if ((await store.requests.find(requestId)) !== null) throw thrown;
      // Deleted while it was drawn.
      if (!(await store.candidates.isUsed(sha256))) await images.remove(sha256);
      throw cancelled();
    }
    return row;
  }
}

async function drawRequest(
  draw: DrawSettings,
  numbers: number[],
  images: ImageStore,
): Promise<DrawRequest> {
  const { prompt, negative, width, height, steps, cfg, tile, variation, image } = draw;
  const seeds = numbers.map((number) => draw.seeds[number - 1] as number);
  const { wantPreviews } = draw;
  const request: DrawRequest = {
    prompt,
    negative,
    width,
    height,
    steps,
    cfg,
    seeds,
    tile,
    wantPreviews,
  };
  if (variation) request.variation = variation;
  if (image) {
    const picture = await readPicture(await images.read(image.sha256));
    const { pixels } = await resizePicture(picture, { width, height });
    request.image = { pixels, strength: image.strength };
  }
  return request;
}

/** What the file says of itself: only what determines it. */
function recordOf(
  draw: DrawSettings,
  { typedPrompt, style }: RequestOptions,
  model: CatalogModel,
  seed: number,
): PictureRecord {
  const { prompt, negative, width, height, steps, cfg, tile, variation, image } = draw;
  return {
    version: 1,
    prompt,
    typedPrompt,
    negative,
    width,
    height,
    steps,
    cfg,
    seed,
    style,
    model: { name: model.name, family: model.family.id, fingerprint: model.fingerprint() },
    tile,
    ...(image && { image }),
    ...(variation && { variation }),
    program,
  };
}

async function encodePreview(preview: Picture | undefined): Promise<string | undefined> {
  if (!preview) return undefined;
  const { pixels, width, height } = preview;
  const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  return png.toString('base64');
}

function result(candidates: StoredCandidate[], seconds: number): DrawResult {
  return {
    seconds,
    candidates: candidates
      .toSorted((a, b) => a.number - b.number)
      .map(({ number, seed, sha256, width, height }) => ({ number, seed, sha256, width, height })),
  };
}

function cancelled(): AppError {
  return new AppError('CANCELLED', 'The request was cancelled.');
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

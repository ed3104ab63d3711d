import { AppError } from '#src/errors.ts';
import type {
  DrawEvent,
  DrawRequest,
  LatentsBatch,
  Pipeline,
  PromptTokenizer,
} from '#src/types/model.ts';
import type { FloatTensor, Runtime } from '#src/types/runtime.ts';
import { candidateNoise } from '../latents/start.ts';
import { createGenerator } from '../latents/noise.ts';
import { renderPreview } from '../latents/preview.ts';
import { addNoise, combineGuidance, createFlowMatchEuler } from '../schedulers/flow-match-euler.ts';
import { createAutoencoder, type Posterior } from './autoencoder.ts';
import { batchEqual, repeatBatch, splitBatch } from './batch.ts';
import { createConditioning } from './conditioning.ts';
import type { ZImageConfig } from './config.ts';
import { captionPositions, imagePositions, ropeFrequencies, ropeTables } from './rope.ts';
import { createSessions, type ModelWeights } from './sessions.ts';

/** Everything of a request that all of its candidates share. */
interface Plan {
  /** `[1, channels, height, width]` in latent cells. */
  dims: LatentsBatch['shape'];
  /** High to low, the final 0 included, from the step where this request starts. */
  sigmas: Float32Array;
  /** One row per step. */
  modulation: FloatTensor[];
  predict: Predict;
  /** Image-to-image: where to start from. */
  posterior: Posterior | null;
}

/** The guided velocity at these latents. Shape: float32 `[channels, height, width]` in and out. */
type Predict = (latents: Float32Array, modulation: FloatTensor) => Promise<Float32Array>;

export async function createPipeline(
  runtime: Runtime,
  config: ZImageConfig,
  weights: ModelWeights,
  tokenizer: PromptTokenizer,
): Promise<Pipeline> {
  const sessions = createSessions(runtime, config, weights);
  const conditioning = createConditioning(config, sessions, tokenizer);
  const autoencoder = createAutoencoder(config.vae, sessions);
  const scheduler = createFlowMatchEuler({ shift: config.shift });
  await sessions.prepare();

  async function makePlan(request: DrawRequest): Promise<Plan> {
    const { scale, channels } = config.vae;
    const dims: Plan['dims'] = [1, channels, request.height / scale, request.width / scale];
    const { image } = request;
    const start = image ? scheduler.startStep(request.steps, image.strength) : 0;
    const sigmas = scheduler.sigmas(request.steps).subarray(start);
    const positive = await conditioning.encodePrompt(request.prompt);
    const negative = request.cfg === 1 ? null : await conditioning.encodePrompt(request.negative);
    const posterior = image
      ? await autoencoder.encode({ ...request, pixels: image.pixels }, request.tile)
      : null;
    return {
      dims,
      sigmas,
      modulation: await conditioning.modulate(
        Array.from(sigmas.subarray(0, -1), (sigma) => scheduler.timestep(sigma)),
      ),
      predict: await createPredict(dims, positive, negative, request.cfg),
      posterior,
    };
  }

  /** Both sides of guidance in one run where their captions are equally long, else in two. */
  async function createPredict(
    dims: Plan['dims'],
    positive: FloatTensor,
    negative: FloatTensor | null,
    cfg: number,
  ): Promise<Predict> {
    const denoiser = await sessions.get('denoiser');
    const { patch, axesDims, ropeTheta } = config.transformer;
    const axes = axesDims.map((dim) => ropeFrequencies(dim, ropeTheta));
    const sides = batchEqual(negative ? [positive, negative] : [positive]).map((caption) => {
      const rows = caption.dims[1] as number;
      const image = imagePositions(dims[2] / patch, dims[3] / patch, rows);
      return { caption, ...ropeTables([...image, ...captionPositions(rows)], axes) };
    });
    return async (latents, modulation) => {
      const velocities: Float32Array[] = [];
      for (const side of sides) {
        const inputs = { latents: repeatBatch(latents, dims, side.caption), modulation, ...side };
        const { velocity } = await denoiser.run(inputs);
        velocities.push(...splitBatch(velocity as FloatTensor));
      }
      const [guided, unguided] = velocities as [Float32Array, Float32Array | undefined];
      if (unguided) combineGuidance(guided, unguided, cfg, guided);
      return guided;
    };
  }

  /** The candidate's noise, over the picture where there is one. */
  function startLatents(request: DrawRequest, candidate: number, plan: Plan): Float32Array {
    const size = plan.dims.reduce((product, dim) => product * dim, 1);
    if (request.initLatents) {
      return request.initLatents.data.slice(candidate * size, (candidate + 1) * size);
    }
    const generator = createGenerator(request.seeds[candidate] as number);
    // The posterior is drawn before the noise, as the reference's generator does.
    const clean = plan.posterior?.sample(generator);
    const noise = candidateNoise(generator, size, request.variation);
    return clean ? addNoise(clean, noise, plan.sigmas[0] as number) : noise;
  }

  async function* draw(
    request: DrawRequest,
    signal: AbortSignal,
  ): AsyncGenerator<DrawEvent, void, void> {
    const lap = stopwatch();
    await checkpoint(signal);
    const plan = await makePlan(request);
    const preview = request.wantPreviews ? await autoencoder.previewMap() : null;
    const { dims, sigmas, modulation } = plan;
    let text = lap();
    for (const [candidate, seed] of request.seeds.entries()) {
      const latents = startLatents(request, candidate, plan);
      for (const [step, row] of modulation.entries()) {
        await checkpoint(signal);
        const stepLap = stopwatch();
        const velocity = await plan.predict(latents, row);
        const [sigma, next] = [sigmas[step] as number, sigmas[step + 1] as number];
        scheduler.step(latents, velocity, sigma, next);
        const event: DrawEvent = {
          type: 'step',
          candidate,
          step: step + 1,
          steps: modulation.length,
          seconds: stepLap(),
        };
        if (preview) {
          // One step straight to sigma 0: where the flow points now.
          const clean = latents.slice();
          scheduler.step(clean, velocity, next, 0);
          event.preview = renderPreview(preview, clean, dims[2], dims[3]);
        }
        yield event;
      }
      const denoise = lap();
      const picture = await autoencoder.decode(latents, request, request.tile, () =>
        checkpoint(signal),
      );
      const event: DrawEvent = {
        type: 'candidate',
        candidate,
        seed,
        picture,
        seconds: { text, denoise, decode: lap() },
      };
      if (request.wantLatents) event.latents = { data: latents, shape: dims };
      text = 0;
      yield event;
      lap();
    }
  }

  return { draw, dispose: () => sessions.release() };
}

/** Seconds since it was made or last called. */
function stopwatch(): () => number {
  let mark = performance.now();
  return () => {
    const now = performance.now();
    const seconds = (now - mark) / 1000;
    mark = now;
    return seconds;
  };
}

/** Lets messages in, then stops here if the request was cancelled meanwhile. */
async function checkpoint(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (signal.aborted) throw new AppError('CANCELLED', 'The request was cancelled.');
}

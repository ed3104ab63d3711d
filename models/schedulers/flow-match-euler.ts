import { AppError } from '#src/errors.ts';
import { z } from 'zod';

/** The part of `scheduler_config.json` that a picture depends on. */
export interface FlowMatchEulerConfig {
  /** Static shift of the schedule, above 0: the larger, the more steps at high noise. */
  shift: number;
}

/** Schedule and step of flow matching. Sigma is the share of noise: 1 = noise alone, 0 = picture. */
export interface FlowMatchEuler {
  /**
   * The noise levels of a run, high to low, the last 0 included.
   *
   * Shape: `[steps + 1]`, float32. Formula: `s = linspace(1, 1 / steps, steps)`, then
   * `shift * s / (1 + (shift - 1) * s)`.
   */
  sigmas(steps: number): Float32Array;
  /** The time a model is asked about: `1 - sigma`, so 0 = noise alone. */
  timestep(sigma: number): number;
  /**
   * One Euler step in place, in float32: `latents += (sigmaNext - sigma) * velocity`.
   * @param velocity same shape as `latents`; the direction from the picture to the noise
   */
  step(latents: Float32Array, velocity: Float32Array, sigma: number, sigmaNext: number): void;
  /**
   * The picture's latents as they look from here, float32: `latents - sigma * velocity`.
   * @param sigma the level that `latents` are at
   */
  estimateClean(latents: Float32Array, velocity: Float32Array, sigma: number): Float32Array;
  /**
   * Image-to-image: the index into `sigmas` at which a run starts; the steps before it are skipped.
   * @param strength 0 to 1; 1 = from the start, 0 = no step at all (then it equals `steps`)
   */
  startStep(steps: number, strength: number): number;
}

/**
 * The scheduler of one model. Pure: keeps nothing between calls.
 *
 * Source: diffusers `schedulers/scheduling_flow_match_euler_discrete.py` and
 * `pipelines/z_image/pipeline_z_image{,_img2img}.py`, as of pull request 13730.
 */
export function createFlowMatchEuler({ shift }: FlowMatchEulerConfig): FlowMatchEuler {
  const { fround } = Math;
  return {
    sigmas(steps) {
      const sigmas = new Float32Array(steps + 1);
      for (let index = 0; index < steps; index += 1) {
        // Rounded where the reference rounds: it shifts in float32.
        const base = fround(1 + (steps === 1 ? 0 : (index * (1 / steps - 1)) / (steps - 1)));
        sigmas[index] = fround(shift * base) / fround(1 + fround((shift - 1) * base));
      }
      return sigmas;
    },
    timestep: (sigma) => fround(1 - sigma),
    step(latents, velocity, sigma, sigmaNext) {
      checkLengths(latents, velocity);
      const change = fround(sigmaNext - sigma);
      for (let index = 0; index < latents.length; index += 1) {
        latents[index] = (latents[index] ?? 0) + fround(change * (velocity[index] ?? 0));
      }
    },
    estimateClean(latents, velocity, sigma) {
      checkLengths(latents, velocity);
      return latents.map((value, index) => value - fround(sigma * (velocity[index] ?? 0)));
    },
    startStep: (steps, strength) =>
      Math.trunc(Math.max(steps - Math.min(steps * strength, steps), 0)),
  };
}

/**
 * Image-to-image: latents at a noise level, float32: `sigma * noise + (1 - sigma) * clean`.
 * @param clean scaled and shifted latents of the picture; same shape as `noise`
 */
export function addNoise(clean: Float32Array, noise: Float32Array, sigma: number): Float32Array {
  checkLengths(clean, noise);
  const noiseShare = Math.fround(sigma);
  const cleanShare = Math.fround(1 - noiseShare);
  return clean.map(
    (value, index) =>
      Math.fround(noiseShare * (noise[index] ?? 0)) + Math.fround(cleanShare * value),
  );
}

/**
 * Classifier-free guidance, float32: `out = positive + (cfg - 1) * (positive - negative)`.
 * @param cfg 1 = off; gives `positive` as it is
 * @param out may be one of the inputs; all three have the same shape
 */
export function combineGuidance(
  positive: Float32Array,
  negative: Float32Array,
  cfg: number,
  out: Float32Array,
): void {
  checkLengths(positive, negative);
  checkLengths(positive, out);
  const scale = Math.fround(cfg - 1);
  for (let index = 0; index < out.length; index += 1) {
    const value = positive[index] ?? 0;
    out[index] = value + Math.fround(scale * Math.fround(value - (negative[index] ?? 0)));
  }
}

const configSchema = z.object({
  _class_name: z.literal(
    'FlowMatchEulerDiscreteScheduler',
    'must be FlowMatchEulerDiscreteScheduler: no other scheduler is supported',
  ),
  shift: z.number('must be a number').positive('must be above 0'),
  num_train_timesteps: z.literal(1000, 'must be 1000').optional(),
  use_dynamic_shifting: mustBeOff('a shift that depends on the size is not supported'),
  use_karras_sigmas: mustBeOff('Karras sigmas are not supported'),
  use_exponential_sigmas: mustBeOff('exponential sigmas are not supported'),
  use_beta_sigmas: mustBeOff('beta sigmas are not supported'),
  invert_sigmas: mustBeOff('inverted sigmas are not supported'),
  stochastic_sampling: mustBeOff('stochastic sampling is not supported'),
  shift_terminal: z.null('must be null: a stretched end is not supported').optional(),
});

function mustBeOff(reason: string) {
  return z.literal([false, null], `must be false: ${reason}`).optional();
}

/**
 * Checks the parsed content of a `scheduler_config.json`.
 * @throws AppError MODEL_INVALID naming each field that does not fit and its value.
 */
export function parseSchedulerConfig(
  json: unknown,
  source = 'scheduler/scheduler_config.json',
): FlowMatchEulerConfig {
  const result = configSchema.safeParse(json, { reportInput: true });
  if (result.success) return { shift: result.data.shift };
  const faults = result.error.issues.map((issue) => {
    const value = issue.input === undefined ? 'missing' : JSON.stringify(issue.input);
    return issue.path.length === 0
      ? 'it must be a JSON object'
      : `${issue.path.join('.')} is ${value} and ${issue.message}`;
  });
  throw new AppError('MODEL_INVALID', `${source} cannot be used: ${faults.join('; ')}.`);
}

function checkLengths(one: Float32Array, other: Float32Array): void {
  if (one.length === other.length) return;
  throw new AppError(
    'INTERNAL',
    `Two tensors of one step differ in length: ${one.length} and ${other.length} values.`,
  );
}

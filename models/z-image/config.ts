import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '#src/errors.ts';
import { parseSchedulerConfig } from '../schedulers/flow-match-euler.ts';
import type { BufferType } from './rope.ts';

const size = z.int().positive();

/** The dtype a config declares, whichever name it has there. */
const bufferTypes: Record<string, BufferType> = { bfloat16: 'bfloat16', float16: 'float16' };

/** Newer checkpoints say `rope_parameters.rope_theta` and `dtype`, older ones `rope_theta` and `torch_dtype`. */
const textEncoderSchema = z
  .object({
    architectures: z.array(z.string()).optional(),
    model_type: z.literal('qwen3', 'only the Qwen3 layout is supported'),
    hidden_size: size,
    intermediate_size: size,
    num_hidden_layers: z.int().min(2),
    num_attention_heads: size,
    num_key_value_heads: size,
    head_dim: size.optional(),
    hidden_act: z.literal('silu').default('silu'),
    rms_norm_eps: z.number().positive(),
    vocab_size: size,
    attention_bias: z.boolean().default(false),
    max_position_embeddings: size.optional(),
    rope_theta: z.number().positive().optional(),
    rope_scaling: z.null('scaled rotary embeddings are not supported').optional(),
    rope_parameters: z
      .object({
        rope_theta: z.number().positive().optional(),
        rope_type: z.literal('default', 'only default rotary embeddings are supported').optional(),
      })
      .nullish(),
    dtype: z.string().optional(),
    torch_dtype: z.string().optional(),
    use_sliding_window: z.literal(false, 'sliding windows are not supported').optional(),
  })
  .transform((config, context) => {
    const ropeTheta = config.rope_parameters?.rope_theta ?? config.rope_theta;
    if (ropeTheta === undefined) {
      context.addIssue('rope_theta is missing, and so is rope_parameters.rope_theta');
      return z.NEVER;
    }
    return {
      hiddenSize: config.hidden_size,
      intermediateSize: config.intermediate_size,
      layers: config.num_hidden_layers,
      heads: config.num_attention_heads,
      kvHeads: config.num_key_value_heads,
      headDim: config.head_dim ?? config.hidden_size / config.num_attention_heads,
      normEps: config.rms_norm_eps,
      vocabSize: config.vocab_size,
      attentionBias: config.attention_bias,
      maxPositions: config.max_position_embeddings ?? Infinity,
      ropeTheta,
      bufferType: bufferTypes[config.dtype ?? config.torch_dtype ?? ''] ?? 'float32',
    };
  });

const transformerSchema = z
  .object({
    _class_name: z.literal('ZImageTransformer2DModel'),
    all_patch_size: z.tuple([size], 'only one patch size is supported'),
    all_f_patch_size: z.tuple([z.literal(1)], 'only single frames are supported'),
    in_channels: size,
    dim: size,
    n_layers: size,
    n_refiner_layers: z.int().nonnegative(),
    n_heads: size,
    n_kv_heads: size,
    norm_eps: z.number().positive(),
    qk_norm: z.literal(true, 'query and key norms are needed'),
    cap_feat_dim: size,
    siglip_feat_dim: z.null('the Omni variant is not supported').optional(),
    rope_theta: z.number().positive(),
    t_scale: z.number().positive(),
    axes_dims: z.array(z.int().positive().multipleOf(2)).length(3),
  })
  .superRefine((config, context) => {
    const headDim = config.dim / config.n_heads;
    const axes = config.axes_dims.reduce((sum, dim) => sum + dim, 0);
    if (axes !== headDim) {
      context.addIssue(`axes_dims add up to ${axes}, but a head (dim / n_heads) has ${headDim}`);
    }
    if (config.n_kv_heads !== config.n_heads) {
      context.addIssue(`n_kv_heads ${config.n_kv_heads} must equal n_heads ${config.n_heads}`);
    }
  })
  .transform((config) => ({
    patch: config.all_patch_size[0],
    channels: config.in_channels,
    dim: config.dim,
    layers: config.n_layers,
    refinerLayers: config.n_refiner_layers,
    heads: config.n_heads,
    headDim: config.dim / config.n_heads,
    /** The reference's own rounding of 8/3 · dim. */
    ffnDim: Math.trunc((config.dim / 3) * 8),
    /** The time embedding is never wider than 256. */
    timeDim: Math.min(config.dim, 256),
    normEps: config.norm_eps,
    captionDim: config.cap_feat_dim,
    ropeTheta: config.rope_theta,
    timeScale: config.t_scale,
    axesDims: config.axes_dims as [number, number, number],
  }));

const vaeSchema = z
  .object({
    _class_name: z.literal('AutoencoderKL'),
    in_channels: z.literal(3),
    out_channels: z.literal(3),
    latent_channels: size,
    block_out_channels: z.array(size).min(1),
    down_block_types: z.array(z.literal('DownEncoderBlock2D')),
    up_block_types: z.array(z.literal('UpDecoderBlock2D')),
    layers_per_block: size,
    norm_num_groups: size,
    act_fn: z.literal('silu'),
    mid_block_add_attention: z.boolean().default(true),
    use_quant_conv: z.boolean().default(true),
    use_post_quant_conv: z.boolean().default(true),
    sample_size: z.union([size, z.array(size).nonempty()]).default(1024),
    scaling_factor: z.number().positive(),
    shift_factor: z.number().nullish(),
    latents_mean: z.null('per-channel latent means are not supported').optional(),
    latents_std: z.null('per-channel latent deviations are not supported').optional(),
  })
  .superRefine((config, context) => {
    for (const channels of config.block_out_channels) {
      if (channels % config.norm_num_groups !== 0) {
        context.addIssue(
          `block_out_channels ${channels} is no multiple of norm_num_groups ${config.norm_num_groups}`,
        );
      }
    }
  })
  .transform((config) => ({
    channels: config.latent_channels,
    blocks: config.block_out_channels,
    layersPerBlock: config.layers_per_block,
    groups: config.norm_num_groups,
    midAttention: config.mid_block_add_attention,
    quantConv: config.use_quant_conv,
    postQuantConv: config.use_post_quant_conv,
    sampleSize: Array.isArray(config.sample_size)
      ? Math.max(...config.sample_size)
      : config.sample_size,
    scalingFactor: config.scaling_factor,
    shiftFactor: config.shift_factor ?? 0,
    /** Picture pixels per latent cell. */
    scale: 2 ** (config.block_out_channels.length - 1),
  }));

export type TextEncoderConfig = z.output<typeof textEncoderSchema>;
export type TransformerConfig = z.output<typeof transformerSchema>;
export type VaeConfig = z.output<typeof vaeSchema>;

export interface ZImageConfig {
  textEncoder: TextEncoderConfig;
  transformer: TransformerConfig;
  vae: VaeConfig;
  /** The schedule's static shift. */
  shift: number;
}

/**
 * Reads the config files of a model folder.
 * @throws AppError MODEL_INVALID naming the file and each field that does not fit.
 */
export function readConfig(folder: string): ZImageConfig {
  const config = {
    textEncoder: parse(join(folder, 'text_encoder/config.json'), textEncoderSchema),
    transformer: parse(join(folder, 'transformer/config.json'), transformerSchema),
    vae: parse(join(folder, 'vae/config.json'), vaeSchema),
    shift: parseSchedulerConfig(readJson(join(folder, 'scheduler/scheduler_config.json'))).shift,
  };
  const { textEncoder, transformer, vae } = config;
  if (transformer.captionDim !== textEncoder.hiddenSize) {
    throw new AppError(
      'MODEL_INVALID',
      `${folder}: the transformer takes captions of ${transformer.captionDim} (cap_feat_dim), the text encoder gives ${textEncoder.hiddenSize} (hidden_size).`,
    );
  }
  if (transformer.channels !== vae.channels) {
    throw new AppError(
      'MODEL_INVALID',
      `${folder}: the transformer draws ${transformer.channels} latent channels (in_channels), the VAE decodes ${vae.channels} (latent_channels).`,
    );
  }
  return config;
}

function parse<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(readJson(path));
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) =>
    [issue.path.join('.'), issue.message].filter(Boolean).join(': '),
  );
  throw new AppError(
    'MODEL_INVALID',
    `${path} does not fit this architecture: ${faults.join('; ')}.`,
  );
}

function readJson(path: string): unknown {
  if (!existsSync(path)) throw new AppError('MODEL_INVALID', `${path} is missing.`);
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new AppError('MODEL_INVALID', `${path} is not readable as JSON.`, { cause });
  }
}

import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  componentFile,
  textEncoderShapes,
  transformerShapes,
  vaeShapes,
  writeCheckpoint,
  writeJson,
  type StoredType,
  type TextEncoderShape,
  type TransformerShape,
  type VaeShape,
} from './checkpoint.ts';
import { tinyModel } from './golden.ts';

export interface ModelShape {
  transformer: TransformerShape;
  vae: VaeShape & { groups: number };
  textEncoder: TextEncoderShape;
  shift: number;
  dtype: StoredType;
  /** Which generation of config files: the names of the rotary base and of the dtype differ. */
  spelling: 'old' | 'new';
}

/** Unlike Pocket and the fixture checkpoint in every number that a config can say. */
export const otherShape: ModelShape = {
  transformer: {
    channels: 6,
    dim: 80,
    layers: 3,
    refinerLayers: 1,
    heads: 5,
    captionDim: 40,
    axesDims: [4, 6, 6],
  },
  vae: { channels: 6, blocks: [8, 16, 24], layersPerBlock: 1, groups: 8 },
  textEncoder: {
    vocab: 6003,
    hidden: 40,
    intermediate: 56,
    layers: 4,
    heads: 5,
    kvHeads: 1,
    headDim: 8,
  },
  shift: 6,
  dtype: 'F16',
  spelling: 'old',
};

/** Config files of these shapes, as the published checkpoints have them. */
export function writeConfigs(
  folder: string,
  { transformer, vae, textEncoder, shift, spelling }: Omit<ModelShape, 'dtype'>,
): void {
  writeJson(join(folder, 'model_index.json'), { _class_name: 'ZImagePipeline' });
  writeJson(join(folder, 'scheduler/scheduler_config.json'), {
    _class_name: 'FlowMatchEulerDiscreteScheduler',
    num_train_timesteps: 1000,
    shift,
    use_dynamic_shifting: false,
  });
  writeJson(join(folder, 'text_encoder/config.json'), {
    architectures: ['Qwen3ForCausalLM'],
    model_type: 'qwen3',
    hidden_size: textEncoder.hidden,
    intermediate_size: textEncoder.intermediate,
    num_hidden_layers: textEncoder.layers,
    num_attention_heads: textEncoder.heads,
    num_key_value_heads: textEncoder.kvHeads,
    head_dim: textEncoder.headDim,
    hidden_act: 'silu',
    rms_norm_eps: 1e-6,
    vocab_size: textEncoder.vocab,
    max_position_embeddings: 40_960,
    ...(spelling === 'old'
      ? { rope_theta: 1e6, rope_scaling: null, torch_dtype: 'float32' }
      : { rope_parameters: { rope_theta: 1e6, rope_type: 'default' }, dtype: 'float32' }),
  });
  writeJson(join(folder, 'transformer/config.json'), {
    _class_name: 'ZImageTransformer2DModel',
    all_patch_size: [2],
    all_f_patch_size: [1],
    in_channels: transformer.channels,
    dim: transformer.dim,
    n_layers: transformer.layers,
    n_refiner_layers: transformer.refinerLayers,
    n_heads: transformer.heads,
    n_kv_heads: transformer.heads,
    norm_eps: 1e-5,
    qk_norm: true,
    cap_feat_dim: transformer.captionDim,
    rope_theta: 256,
    t_scale: 1000,
    axes_dims: transformer.axesDims,
    axes_lens: [1536, 512, 512],
  });
  writeJson(join(folder, 'vae/config.json'), {
    _class_name: 'AutoencoderKL',
    in_channels: 3,
    out_channels: 3,
    latent_channels: vae.channels,
    block_out_channels: vae.blocks,
    down_block_types: vae.blocks.map(() => 'DownEncoderBlock2D'),
    up_block_types: vae.blocks.map(() => 'UpDecoderBlock2D'),
    layers_per_block: vae.layersPerBlock,
    norm_num_groups: vae.groups,
    act_fn: 'silu',
    mid_block_add_attention: true,
    use_quant_conv: false,
    use_post_quant_conv: false,
    sample_size: 64,
    scaling_factor: 0.3611,
    shift_factor: 0.1159,
  });
  cpSync(join(tinyModel, 'tokenizer'), join(folder, 'tokenizer'), { recursive: true });
}

/** A whole model of deterministic weights in a fresh temporary folder; its path. */
export function makeModel(changes: Partial<ModelShape> = {}): string {
  const shape = { ...otherShape, ...changes };
  const folder = mkdtempSync(join(tmpdir(), 'quartet-model-'));
  writeConfigs(folder, shape);
  // The last layer is never used; repackaged encoders leave it out, so this one does.
  const layers = shape.textEncoder.layers - 1;
  const text = textEncoderShapes({ ...shape.textEncoder, layers });
  writeCheckpoint(componentFile(folder, 'text_encoder'), text, shape.dtype);
  writeCheckpoint(
    componentFile(folder, 'transformer'),
    transformerShapes(shape.transformer),
    shape.dtype,
  );
  writeCheckpoint(componentFile(folder, 'vae'), vaeShapes(shape.vae), shape.dtype);
  return folder;
}

/** A safetensors header, to be followed by as many bytes of data. */
export function headerOf(
  shapes: Record<string, number[]>,
  dtype: StoredType,
): { header: Buffer; dataBytes: number } {
  let end = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const start = end;
    end += shape.reduce((product, dim) => product * dim, dtype === 'F32' ? 4 : 2);
    return [name, { dtype, shape, data_offsets: [start, end] }];
  });
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  return { header: Buffer.concat([prefix, json]), dataBytes: end };
}

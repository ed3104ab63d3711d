import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Checkpoints with deterministic weights: every value follows from its tensor's name and its place,
 * so that numbers computed by the reference implementation from the same rule can be compared.
 */

const { imul } = Math;

/** Uniform -0.5 … 0.5 by tensor name and flat index: FNV-1a of the name, then an integer hash. */
function uniform(name: string): (index: number) => number {
  let hash = 2_166_136_261;
  for (const byte of Buffer.from(name, 'utf8')) hash = imul(hash ^ byte, 16_777_619);
  return (index) => {
    let x = (hash + imul(index, 2_654_435_761)) >>> 0;
    x = imul(x ^ (x >>> 16), 0x7feb_352d) >>> 0;
    x = imul(x ^ (x >>> 15), 0x846c_a68b) >>> 0;
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32 - 0.5;
  };
}

/** Values of a weight, scaled by what its name and rank say it is; `input.*` has unit variance. */
export function deterministicTensor(name: string, shape: number[]): Float32Array {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const value = uniform(name);
  const fan = shape.slice(1).reduce((product, dim) => product * dim, 1);
  const scale = (u: number) => {
    if (name.startsWith('input.')) return u * Math.sqrt(12);
    if (name.endsWith('pad_token')) return u;
    if (name.endsWith('.bias')) return 0.1 * u;
    return shape.length === 1 ? 1 + 0.2 * u : u * Math.sqrt(12 / fan);
  };
  return Float32Array.from({ length: size }, (_, i) => scale(value(i)));
}

export type StoredType = 'F32' | 'BF16' | 'F16';

/** Writes a safetensors file of deterministic weights. */
export function writeCheckpoint(
  path: string,
  shapes: Record<string, number[]>,
  dtype: StoredType = 'F32',
): void {
  const header: Record<string, unknown> = {};
  const parts: Buffer[] = [];
  let end = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const bytes = store(deterministicTensor(name, shape), dtype);
    header[name] = { dtype, shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
    parts.push(bytes);
  }
  const json = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.concat([prefix, json, ...parts]));
}

/** Rounds by truncation: the tests that use 16 bits compare with the same stored values. */
function store(values: Float32Array, dtype: StoredType): Buffer {
  if (dtype === 'F32') return Buffer.from(values.buffer);
  if (dtype === 'F16') return Buffer.from(Float16Array.from(values).buffer);
  const bits = new Uint32Array(values.buffer);
  return Buffer.from(Uint16Array.from(bits, (word) => word >>> 16).buffer);
}

export function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value, null, 2));
}

export interface TransformerShape {
  channels: number;
  dim: number;
  layers: number;
  refinerLayers: number;
  heads: number;
  captionDim: number;
  axesDims: [number, number, number];
}

/** Every tensor of a transformer of these sizes. */
export function transformerShapes(shape: TransformerShape): Record<string, number[]> {
  const { dim, channels, captionDim } = shape;
  const ffn = Math.trunc((dim / 3) * 8);
  const time = Math.min(dim, 256);
  const headDim = dim / shape.heads;
  const tensors: Record<string, number[]> = {
    'all_x_embedder.2-1.weight': [dim, 4 * channels],
    'all_x_embedder.2-1.bias': [dim],
    'cap_embedder.0.weight': [captionDim],
    'cap_embedder.1.weight': [dim, captionDim],
    'cap_embedder.1.bias': [dim],
    't_embedder.mlp.0.weight': [1024, 256],
    't_embedder.mlp.0.bias': [1024],
    't_embedder.mlp.2.weight': [time, 1024],
    't_embedder.mlp.2.bias': [time],
    x_pad_token: [1, dim],
    cap_pad_token: [1, dim],
    'all_final_layer.2-1.linear.weight': [4 * channels, dim],
    'all_final_layer.2-1.linear.bias': [4 * channels],
    'all_final_layer.2-1.adaLN_modulation.1.weight': [dim, time],
    'all_final_layer.2-1.adaLN_modulation.1.bias': [dim],
  };
  const block = (name: string, isModulated: boolean) => {
    for (const kind of ['to_q', 'to_k', 'to_v', 'to_out.0']) {
      tensors[`${name}.attention.${kind}.weight`] = [dim, dim];
    }
    tensors[`${name}.attention.norm_q.weight`] = [headDim];
    tensors[`${name}.attention.norm_k.weight`] = [headDim];
    for (const norm of ['attention_norm1', 'attention_norm2', 'ffn_norm1', 'ffn_norm2']) {
      tensors[`${name}.${norm}.weight`] = [dim];
    }
    tensors[`${name}.feed_forward.w1.weight`] = [ffn, dim];
    tensors[`${name}.feed_forward.w3.weight`] = [ffn, dim];
    tensors[`${name}.feed_forward.w2.weight`] = [dim, ffn];
    if (isModulated) {
      tensors[`${name}.adaLN_modulation.0.weight`] = [4 * dim, time];
      tensors[`${name}.adaLN_modulation.0.bias`] = [4 * dim];
    }
  };
  for (let i = 0; i < shape.refinerLayers; i += 1) {
    block(`noise_refiner.${i}`, true);
    block(`context_refiner.${i}`, false);
  }
  for (let i = 0; i < shape.layers; i += 1) block(`layers.${i}`, true);
  return tensors;
}

export interface VaeShape {
  channels: number;
  blocks: number[];
  layersPerBlock: number;
}

export function vaeShapes({
  channels,
  blocks,
  layersPerBlock,
}: VaeShape): Record<string, number[]> {
  const tensors: Record<string, number[]> = {};
  const vector = (name: string, size: number) => {
    tensors[`${name}.weight`] = [size];
    tensors[`${name}.bias`] = [size];
  };
  const conv = (name: string, out: number, inner: number, kernel = 3) => {
    tensors[`${name}.weight`] = [out, inner, kernel, kernel];
    tensors[`${name}.bias`] = [out];
  };
  const residual = (name: string, inner: number, out: number) => {
    vector(`${name}.norm1`, inner);
    conv(`${name}.conv1`, out, inner);
    vector(`${name}.norm2`, out);
    conv(`${name}.conv2`, out, out);
    if (inner !== out) conv(`${name}.conv_shortcut`, out, inner, 1);
  };
  const middle = (name: string, size: number) => {
    residual(`${name}.resnets.0`, size, size);
    residual(`${name}.resnets.1`, size, size);
    vector(`${name}.attentions.0.group_norm`, size);
    for (const kind of ['to_q', 'to_k', 'to_v', 'to_out.0']) {
      tensors[`${name}.attentions.0.${kind}.weight`] = [size, size];
      tensors[`${name}.attentions.0.${kind}.bias`] = [size];
    }
  };
  const [first, deepest] = [blocks[0] as number, blocks.at(-1) as number];
  conv('decoder.conv_in', deepest, channels);
  middle('decoder.mid_block', deepest);
  let inner = deepest;
  blocks.toReversed().forEach((out, index) => {
    for (let i = 0; i <= layersPerBlock; i += 1) {
      residual(`decoder.up_blocks.${index}.resnets.${i}`, inner, out);
      inner = out;
    }
    if (index < blocks.length - 1) conv(`decoder.up_blocks.${index}.upsamplers.0.conv`, out, out);
  });
  vector('decoder.conv_norm_out', first);
  conv('decoder.conv_out', 3, first);
  conv('encoder.conv_in', first, 3);
  inner = first;
  blocks.forEach((out, index) => {
    for (let i = 0; i < layersPerBlock; i += 1) {
      residual(`encoder.down_blocks.${index}.resnets.${i}`, inner, out);
      inner = out;
    }
    if (index < blocks.length - 1)
      conv(`encoder.down_blocks.${index}.downsamplers.0.conv`, out, out);
  });
  middle('encoder.mid_block', deepest);
  vector('encoder.conv_norm_out', deepest);
  conv('encoder.conv_out', 2 * channels, deepest);
  return tensors;
}

export interface TextEncoderShape {
  vocab: number;
  hidden: number;
  intermediate: number;
  layers: number;
  heads: number;
  kvHeads: number;
  headDim: number;
}

export function textEncoderShapes(shape: TextEncoderShape): Record<string, number[]> {
  const { hidden, intermediate, headDim } = shape;
  const tensors: Record<string, number[]> = { 'model.embed_tokens.weight': [shape.vocab, hidden] };
  for (let i = 0; i < shape.layers; i += 1) {
    const name = `model.layers.${i}`;
    tensors[`${name}.input_layernorm.weight`] = [hidden];
    tensors[`${name}.post_attention_layernorm.weight`] = [hidden];
    tensors[`${name}.self_attn.q_proj.weight`] = [shape.heads * headDim, hidden];
    tensors[`${name}.self_attn.k_proj.weight`] = [shape.kvHeads * headDim, hidden];
    tensors[`${name}.self_attn.v_proj.weight`] = [shape.kvHeads * headDim, hidden];
    tensors[`${name}.self_attn.o_proj.weight`] = [hidden, shape.heads * headDim];
    tensors[`${name}.self_attn.q_norm.weight`] = [headDim];
    tensors[`${name}.self_attn.k_norm.weight`] = [headDim];
    tensors[`${name}.mlp.gate_proj.weight`] = [intermediate, hidden];
    tensors[`${name}.mlp.up_proj.weight`] = [intermediate, hidden];
    tensors[`${name}.mlp.down_proj.weight`] = [hidden, intermediate];
  }
  return tensors;
}

/** Paths of a component's one file, by component folder. */
export function componentFile(
  folder: string,
  component: 'text_encoder' | 'transformer' | 'vae',
): string {
  const stem = component === 'text_encoder' ? 'model' : 'diffusion_pytorch_model';
  return join(folder, component, `${stem}.safetensors`);
}

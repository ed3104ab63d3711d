import { Graph, type Placement, type Value } from '#src/onnx/graph.ts';
import type { Weights } from '#src/onnx/weights.ts';
import type { VaeConfig } from './config.ts';
import { linear, type Builder } from './layers.ts';

/**
 * The autoencoder of the FLUX layout: residual blocks, one attention in the middle, no more.
 *
 * Source: huggingface/diffusers, models/autoencoders/{autoencoder_kl,vae}.py.
 */

const normEps = 1e-6;

interface Block extends Builder {
  config: VaeConfig;
}

/**
 * Shape: `latents` float32 `[batch, channels, height, width]` as the denoiser leaves them → `image`
 * float32 `[batch, scale · height, scale · width, 3]`, nominal range -1 to 1.
 */
export function emitVaeDecoder(
  config: VaeConfig,
  weights: Weights,
  placement: Placement,
): Uint8Array {
  const graph = new Graph('vae_decoder', placement);
  const block: Block = { graph, weights, config };
  const deepest = config.blocks.at(-1) as number;
  const latents = graph.input('latents', 'float32', ['batch', config.channels, 'height', 'width']);
  const unscaled = graph.op('Div', [latents, graph.floats([], [config.scalingFactor])]);
  let x = graph.add(unscaled, graph.floats([], [config.shiftFactor]));
  if (config.postQuantConv) {
    x = conv(block, x, 'post_quant_conv', [config.channels, config.channels], 1);
  }
  x = conv(block, x, 'decoder.conv_in', [deepest, config.channels], 3);
  x = middle(block, x, 'decoder.mid_block', deepest);
  let channels = deepest;
  config.blocks.toReversed().forEach((out, index) => {
    const name = `decoder.up_blocks.${index}`;
    for (let i = 0; i <= config.layersPerBlock; i += 1) {
      x = residual(block, x, `${name}.resnets.${i}`, channels, out);
      channels = out;
    }
    if (index < config.blocks.length - 1) {
      x = conv(block, doubled(graph, x), `${name}.upsamplers.0.conv`, [out, out], 3);
    }
  });
  x = graph.silu(groupNorm(block, x, 'decoder.conv_norm_out', channels));
  x = conv(block, x, 'decoder.conv_out', [3, channels], 3);
  graph.output('image', graph.transpose(x, [0, 2, 3, 1]), [
    'batch',
    'image_height',
    'image_width',
    3,
  ]);
  return graph.encode();
}

/**
 * Shape: `image` float32 `[batch, height, width, 3]`, range -1 to 1 → `moments` float32
 * `[batch, height / scale, width / scale, 2 · channels]`: the posterior's mean, then its log
 * variance, before the VAE's scale and shift.
 */
export function emitVaeEncoder(
  config: VaeConfig,
  weights: Weights,
  placement: Placement,
): Uint8Array {
  const graph = new Graph('vae_encoder', placement);
  const block: Block = { graph, weights, config };
  const [first, deepest] = [config.blocks[0] as number, config.blocks.at(-1) as number];
  const image = graph.input('image', 'float32', ['batch', 'image_height', 'image_width', 3]);
  let x = conv(block, graph.transpose(image, [0, 3, 1, 2]), 'encoder.conv_in', [first, 3], 3);
  let channels = first;
  config.blocks.forEach((out, index) => {
    const name = `encoder.down_blocks.${index}`;
    for (let i = 0; i < config.layersPerBlock; i += 1) {
      x = residual(block, x, `${name}.resnets.${i}`, channels, out);
      channels = out;
    }
    if (index < config.blocks.length - 1) {
      x = conv(block, x, `${name}.downsamplers.0.conv`, [out, out], 3, halving);
    }
  });
  x = middle(block, x, 'encoder.mid_block', deepest);
  x = graph.silu(groupNorm(block, x, 'encoder.conv_norm_out', channels));
  const moments = 2 * config.channels;
  x = conv(block, x, 'encoder.conv_out', [moments, channels], 3);
  if (config.quantConv) x = conv(block, x, 'quant_conv', [moments, moments], 1);
  graph.output('moments', graph.transpose(x, [0, 2, 3, 1]), ['batch', 'height', 'width', moments]);
  return graph.encode();
}

/** Padded on the right and at the bottom only, as the reference does. */
const halving = { strides: [2, 2], pads: [0, 0, 1, 1] };

function conv(
  { graph, weights }: Block,
  x: Value,
  name: string,
  [out, inner]: [out: number, inner: number],
  kernel: 1 | 3,
  window: { strides?: number[]; pads: number[] } = {
    pads: kernel === 3 ? [1, 1, 1, 1] : [0, 0, 0, 0],
  },
): Value {
  const filter = graph.weight(weights, `${name}.weight`, [out, inner, kernel, kernel]);
  const bias = graph.weight(weights, `${name}.bias`, [out]);
  return graph.op('Conv', [x, filter, bias], { kernel_shape: [kernel, kernel], ...window });
}

/** Group norm by way of instance norm over the groups: half the memory of the operator of that name. */
function groupNorm(
  { graph, weights, config }: Block,
  x: Value,
  name: string,
  channels: number,
): Value {
  const { groups } = config;
  const ones = graph.floats(
    [groups],
    Array.from({ length: groups }, () => 1),
  );
  const zeros = graph.floats(
    [groups],
    Array.from({ length: groups }, () => 0),
  );
  const grouped = graph.reshape(x, [0, groups, -1]);
  const normed = graph.op('InstanceNormalization', [grouped, ones, zeros], {
    epsilon: { float: normEps },
  });
  const restored = graph.reshape(normed, graph.op('Shape', [x]));
  const as = [channels, 1, 1];
  const scaled = graph.mul(restored, graph.weight(weights, `${name}.weight`, [channels], { as }));
  return graph.add(scaled, graph.weight(weights, `${name}.bias`, [channels], { as }));
}

function residual(block: Block, x: Value, name: string, inner: number, out: number): Value {
  const { graph } = block;
  const first = graph.silu(groupNorm(block, x, `${name}.norm1`, inner));
  const hidden = conv(block, first, `${name}.conv1`, [out, inner], 3);
  const second = graph.silu(groupNorm(block, hidden, `${name}.norm2`, out));
  const change = conv(block, second, `${name}.conv2`, [out, out], 3);
  const kept = inner === out ? x : conv(block, x, `${name}.conv_shortcut`, [out, inner], 1);
  return graph.add(kept, change);
}

function middle(block: Block, x: Value, name: string, channels: number): Value {
  let y = residual(block, x, `${name}.resnets.0`, channels, channels);
  if (block.config.midAttention) y = attention(block, y, `${name}.attentions.0`, channels);
  return residual(block, y, `${name}.resnets.1`, channels, channels);
}

/** Single-head attention over all cells, with biases. */
function attention(block: Block, x: Value, name: string, channels: number): Value {
  const { graph } = block;
  const cells = graph.reshape(groupNorm(block, x, `${name}.group_norm`, channels), [
    0,
    channels,
    -1,
  ]);
  const tokens = graph.transpose(cells, [0, 2, 1]);
  const project = (value: Value, kind: string) =>
    linear(block, value, `${name}.${kind}`, [channels, channels], true);
  const mixed = graph.microsoft(
    'MultiHeadAttention',
    [project(tokens, 'to_q'), project(tokens, 'to_k'), project(tokens, 'to_v')],
    { num_heads: 1 },
  );
  const out = graph.transpose(project(mixed, 'to_out.0'), [0, 2, 1]);
  return graph.add(x, graph.reshape(out, graph.op('Shape', [x])));
}

/** Nearest-neighbour enlargement by two. */
function doubled(graph: Graph, x: Value): Value {
  const noRegion = '' as Value;
  return graph.op('Resize', [x, noRegion, graph.floats([4], [1, 1, 2, 2])], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
}

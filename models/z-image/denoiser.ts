import { Graph, type Placement, type Value } from '#src/onnx/graph.ts';
import type { Weights } from '#src/onnx/weights.ts';
import type { TransformerConfig } from './config.ts';
import {
  headNorm,
  linear,
  rmsNorm,
  rotaryInputs,
  rotate,
  type Builder,
  type RotaryTables,
} from './layers.ts';

/**
 * Z-Image's single-stream transformer in three graphs, cut where the work repeats: the caption once
 * per prompt, the modulation once per schedule, the rest at every step.
 *
 * Source: huggingface/diffusers, models/transformers/transformer_z_image.py.
 */

const finalNormEps = 1e-6;
/** Width of the sinusoid that enters the time embedding. */
export const sinusoidDim = 256;
const timeMidDim = 1024;

/** What a modulated block multiplies by, each `[1, dim]`: (1 + scale) before, tanh(gate) after. */
interface Modulation {
  attentionScale: Value;
  attentionGate: Value;
  ffnScale: Value;
  ffnGate: Value;
}

/** Names of the blocks that the time modulates, in the order of the modulation vector. */
function modulatedBlocks(config: TransformerConfig): string[] {
  return [
    ...Array.from({ length: config.refinerLayers }, (_, i) => `noise_refiner.${i}`),
    ...Array.from({ length: config.layers }, (_, i) => `layers.${i}`),
  ];
}

/** Length of a step's modulation vector: four per modulated block and the final scale. */
export function modulationDim(config: TransformerConfig): number {
  return (4 * (config.refinerLayers + config.layers) + 1) * config.dim;
}

/**
 * Shape: `prompt_embeds` float32 `[1, tokens, captionDim]`, rotary tables `[padded, headDim / 2]`
 * → `caption` float32 `[1, padded, dim]`. Rows from `tokens` on are the learnt pad token; the tables
 * say how many there are.
 */
export function emitCaption(
  config: TransformerConfig,
  weights: Weights,
  placement: Placement,
): Uint8Array {
  const graph = new Graph('caption', placement);
  const builder = { graph, weights };
  const embeds = graph.input('prompt_embeds', 'float32', [1, 'tokens', config.captionDim]);
  const tables = rotaryInputs(graph, config.headDim, 'padded');
  const normed = rmsNorm(builder, embeds, 'cap_embedder.0', config.captionDim, config.normEps);
  const shape: [number, number] = [config.dim, config.captionDim];
  const rows = linear(builder, normed, 'cap_embedder.1', shape, true);
  let x = padRows(builder, rows, 'cap_pad_token', graph.dim(tables.cos, 0), config);
  for (let i = 0; i < config.refinerLayers; i += 1) {
    x = block(builder, x, `context_refiner.${i}`, config, tables);
  }
  graph.output('caption', x, [1, 'padded', config.dim]);
  return graph.encode();
}

/**
 * Shape: `sinusoid` float32 `[steps, 256]` → `modulation` float32 `[steps, modulationDim]`.
 * Scales come out as 1 + s and gates as tanh(g).
 */
export function emitModulation(
  config: TransformerConfig,
  weights: Weights,
  placement: Placement,
): Uint8Array {
  const graph = new Graph('modulation', placement);
  const builder = { graph, weights };
  const { dim, timeDim } = config;
  const sinusoid = graph.input('sinusoid', 'float32', ['steps', sinusoidDim]);
  const hidden = linear(builder, sinusoid, 't_embedder.mlp.0', [timeMidDim, sinusoidDim], true);
  const time = linear(builder, graph.silu(hidden), 't_embedder.mlp.2', [timeDim, timeMidDim], true);
  const one = graph.floats([], [1]);
  const parts = modulatedBlocks(config).flatMap((name) => {
    const all = linear(builder, time, `${name}.adaLN_modulation.0`, [4 * dim, timeDim], true);
    const [scale1, gate1, scale2, gate2] = graph.split(all, 1, [dim, dim, dim, dim]) as [
      Value,
      Value,
      Value,
      Value,
    ];
    const scaled = (scale: Value) => graph.add(scale, one);
    const gated = (gate: Value) => graph.op('Tanh', [gate]);
    return [scaled(scale1), gated(gate1), scaled(scale2), gated(gate2)];
  });
  const final = `all_final_layer.${config.patch}-1.adaLN_modulation.1`;
  parts.push(graph.add(linear(builder, graph.silu(time), final, [dim, timeDim], true), one));
  graph.output('modulation', graph.concat(parts, 1), ['steps', modulationDim(config)]);
  return graph.encode();
}

/**
 * One evaluation of the network.
 *
 * Shape: `latents` float32 `[batch, channels, height, width]`, `caption` `[batch, padded, dim]`,
 * `modulation` `[1, modulationDim]`, rotary tables `[image tokens + padded, headDim / 2]` with the
 * image's rows first → `velocity` float32 `[batch, channels, height, width]`, the flow's velocity
 * (the network's own output has the other sign). The tables' length says how many pad tokens the
 * image gets.
 */
export function emitDenoiser(
  config: TransformerConfig,
  weights: Weights,
  placement: Placement,
): Uint8Array {
  const graph = new Graph('denoiser', placement);
  const builder = { graph, weights };
  const { dim, channels, patch } = config;
  const latentDims = ['batch', channels, 'height', 'width'];
  const latents = graph.input('latents', 'float32', latentDims);
  const caption = graph.input('caption', 'float32', ['batch', 'padded', dim]);
  const modulation = graph.input('modulation', 'float32', [1, modulationDim(config)]);
  const tables = rotaryInputs(graph, config.headDim, 'rows');

  const blocks = modulatedBlocks(config);
  const vectors = graph.split(
    modulation,
    1,
    Array.from({ length: 4 * blocks.length + 1 }, () => dim),
  );
  const modulate = (index: number): Modulation => {
    const [attentionScale, attentionGate, ffnScale, ffnGate] = vectors.slice(4 * index) as [
      Value,
      Value,
      Value,
      Value,
    ];
    return { attentionScale, attentionGate, ffnScale, ffnGate };
  };

  const patches = patchify(graph, latents, config);
  const patchDim = patch * patch * channels;
  const embedder = `all_x_embedder.${patch}-1`;
  const tokens = linear(builder, patches, embedder, [dim, patchDim], true);
  const imageRows = graph.op('Sub', [graph.dim(tables.cos, 0), graph.dim(caption, 1)]);
  let x = padRows(builder, tokens, 'x_pad_token', imageRows, config);
  blocks.forEach((name, index) => {
    if (index === config.refinerLayers) x = graph.concat([x, caption], 1);
    x = block(builder, x, name, config, tables, modulate(index));
  });

  const image = graph.op('Slice', [x, graph.ints([0]), graph.dim(tokens, 1), graph.ints([1])]);
  const finalScale = graph.reshape(vectors.at(-1) as Value, [-1]);
  const normed = graph.op('LayerNormalization', [image, finalScale], {
    axis: -1,
    epsilon: { float: finalNormEps },
  });
  const out = linear(builder, normed, `all_final_layer.${patch}-1.linear`, [patchDim, dim], true);
  const velocity = graph.op('Neg', [unpatchify(graph, out, latents, config)]);
  graph.output('velocity', velocity, latentDims);
  return graph.encode();
}

/** Tokens in row-major order; inside a token (row, column, channel), the channel fastest. */
function patchify(graph: Graph, latents: Value, { patch, channels }: TransformerConfig): Value {
  const [height, width] = gridDims(graph, latents, patch);
  const side = graph.ints([patch]);
  const shape = graph.concat(
    [graph.dim(latents, 0), graph.ints([channels]), height, side, width, side],
    0,
  );
  const cells = graph.transpose(graph.reshape(latents, shape), [0, 2, 4, 3, 5, 1]);
  return graph.reshape(
    cells,
    graph.concat([graph.dim(latents, 0), graph.ints([-1, patch * patch * channels])], 0),
  );
}

function unpatchify(graph: Graph, tokens: Value, latents: Value, config: TransformerConfig): Value {
  const { patch, channels } = config;
  const [height, width] = gridDims(graph, latents, patch);
  const shape = graph.concat(
    [graph.dim(latents, 0), height, width, graph.ints([patch, patch, channels])],
    0,
  );
  const cells = graph.transpose(graph.reshape(tokens, shape), [0, 5, 1, 3, 2, 4]);
  return graph.reshape(cells, graph.op('Shape', [latents]));
}

function gridDims(graph: Graph, latents: Value, patch: number): [height: Value, width: Value] {
  const side = graph.ints([patch]);
  const cells = (axis: number) => graph.op('Div', [graph.dim(latents, axis), side]);
  return [cells(2), cells(3)];
}

/** Appends the learnt pad token until there are `rows` rows. Pads are real tokens: nothing masks them. */
function padRows(
  builder: Builder,
  x: Value,
  name: string,
  rows: Value,
  config: TransformerConfig,
): Value {
  const { graph, weights } = builder;
  const token = graph.weight(weights, name, [1, config.dim], { as: [1, 1, config.dim] });
  const missing = graph.op('Sub', [rows, graph.dim(x, 1)]);
  const shape = graph.concat([graph.dim(x, 0), missing, graph.ints([config.dim])], 0);
  return graph.concat([x, graph.op('Expand', [token, shape])], 1);
}

/** x + gate · RMS(f(RMS(x) · scale)), for attention and for the feed-forward network. */
function block(
  builder: Builder,
  x: Value,
  name: string,
  config: TransformerConfig,
  tables: RotaryTables,
  modulation?: Modulation,
): Value {
  const { graph } = builder;
  const norm = (value: Value, kind: string) =>
    rmsNorm(builder, value, `${name}.${kind}`, config.dim, config.normEps);
  const times = (value: Value, factor: Value | undefined) =>
    factor === undefined ? value : graph.mul(value, factor);

  const attentionInput = times(norm(x, 'attention_norm1'), modulation?.attentionScale);
  const attended = attention(builder, attentionInput, `${name}.attention`, config, tables);
  const middle = graph.add(x, times(norm(attended, 'attention_norm2'), modulation?.attentionGate));

  const ffnInput = times(norm(middle, 'ffn_norm1'), modulation?.ffnScale);
  const fed = feedForward(builder, ffnInput, `${name}.feed_forward`, config);
  return graph.add(middle, times(norm(fed, 'ffn_norm2'), modulation?.ffnGate));
}

/** Bidirectional attention, no mask; memory grows with the tokens, not with their square. */
function attention(
  builder: Builder,
  x: Value,
  name: string,
  { dim, heads, headDim, normEps }: TransformerConfig,
  tables: RotaryTables,
): Value {
  const { graph } = builder;
  const project = (kind: string) => linear(builder, x, `${name}.to_${kind}`, [dim, dim], false);
  const place = (kind: string) => {
    const normed = headNorm(
      builder,
      project(kind),
      `${name}.norm_${kind}`,
      [heads, headDim],
      normEps,
    );
    return rotate(graph, normed, tables, heads, 'interleaved');
  };
  const mixed = graph.microsoft('MultiHeadAttention', [place('q'), place('k'), project('v')], {
    num_heads: heads,
  });
  return linear(builder, mixed, `${name}.to_out.0`, [dim, dim], false);
}

function feedForward(
  builder: Builder,
  x: Value,
  name: string,
  { dim, ffnDim }: TransformerConfig,
): Value {
  const { graph } = builder;
  const gate = graph.silu(linear(builder, x, `${name}.w1`, [ffnDim, dim], false));
  const up = linear(builder, x, `${name}.w3`, [ffnDim, dim], false);
  return linear(builder, graph.mul(gate, up), `${name}.w2`, [dim, ffnDim], false);
}

/**
 * What the time embedding takes: cos(t · f_k), then sin(t · f_k), f_k = 10000^(-k / 128).
 * @param time already scaled. Shape: float32 `[256]`.
 */
export function sinusoid(time: number): Float32Array {
  const half = sinusoidDim / 2;
  const row = new Float32Array(sinusoidDim);
  for (let k = 0; k < half; k += 1) {
    const frequency = Math.fround(Math.exp((-Math.log(10_000) * k) / half));
    const angle = Math.fround(Math.fround(time) * frequency);
    row[k] = Math.cos(angle);
    row[half + k] = Math.sin(angle);
  }
  return row;
}

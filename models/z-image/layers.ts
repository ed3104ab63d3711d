import type { Graph, Value } from '#src/onnx/graph.ts';
import type { Weights } from '#src/onnx/weights.ts';

/** The tools of one component while its graph is built. */
export interface Builder {
  graph: Graph;
  weights: Weights;
}

/** y = x·Wᵀ (+ b), with W stored `[out, in]` as published. */
export function linear(
  { graph, weights }: Builder,
  x: Value,
  name: string,
  [out, inner]: [out: number, inner: number],
  hasBias: boolean,
): Value {
  const matrix = graph.weight(weights, `${name}.weight`, [out, inner], { after: x });
  const y = graph.microsoft('FusedMatMul', [x, matrix], { transB: 1 });
  return hasBias ? graph.add(y, graph.weight(weights, `${name}.bias`, [out])) : y;
}

/** x / sqrt(mean(x²) + eps) · g over the last axis, reduced in float32. */
export function rmsNorm(
  { graph, weights }: Builder,
  x: Value,
  name: string,
  dim: number,
  epsilon: number,
): Value {
  const scale = graph.weight(weights, `${name}.weight`, [dim]);
  const attributes = { axis: -1, epsilon: { float: epsilon }, stash_type: 1 };
  return graph.op('SimplifiedLayerNormalization', [x, scale], attributes);
}

/** RMS norm of every head of `[batch, tokens, heads · headDim]` on its own. */
export function headNorm(
  builder: Builder,
  x: Value,
  name: string,
  [heads, headDim]: [heads: number, headDim: number],
  epsilon: number,
): Value {
  const split = builder.graph.reshape(x, [0, 0, heads, headDim]);
  const normed = rmsNorm(builder, split, name, headDim, epsilon);
  return builder.graph.reshape(normed, [0, 0, heads * headDim]);
}

/** The tables of a rotary embedding: float32 `[tokens, headDim / 2]` each; row i belongs to token i. */
export interface RotaryTables {
  cos: Value;
  sin: Value;
}

/** Declares the tables as inputs of the graph. */
export function rotaryInputs(graph: Graph, headDim: number, tokens: string): RotaryTables {
  return {
    cos: graph.input('rope_cos', 'float32', [tokens, headDim / 2]),
    sin: graph.input('rope_sin', 'float32', [tokens, headDim / 2]),
  };
}

/**
 * Turns every head of `[batch, tokens, heads · headDim]` by its token's angles.
 * @param layout `interleaved`: pairs are (2m, 2m + 1); `halves`: pairs are (m, m + headDim / 2).
 */
export function rotate(
  graph: Graph,
  x: Value,
  tables: RotaryTables,
  heads: number,
  layout: 'interleaved' | 'halves',
): Value {
  return graph.microsoft('RotaryEmbedding', [x, graph.ints([0]), tables.cos, tables.sin], {
    interleaved: layout === 'interleaved' ? 1 : 0,
    num_heads: heads,
  });
}

import { Graph, type Placement, type Value } from '#src/onnx/graph.ts';
import type { Weights } from '#src/onnx/weights.ts';
import type { TextEncoderConfig } from './config.ts';
import { headNorm, linear, rmsNorm, rotaryInputs, rotate, type Builder } from './layers.ts';

/**
 * The prompt's features: the residual stream after the last layer but one of a Qwen3 decoder.
 * The last layer and the final norm are not part of it, so they are not emitted.
 *
 * Shape: `input_ids` int64 `[1, tokens]`, `rope_cos` and `rope_sin` float32 `[tokens, headDim / 2]`
 * → `prompt_embeds` float32 `[1, tokens, hidden]`.
 * Source: huggingface/transformers, models/qwen3/modeling_qwen3.py; diffusers takes hidden_states[-2].
 */
export function emitTextEncoder(
  config: TextEncoderConfig,
  weights: Weights,
  placement: Placement,
): Uint8Array {
  const graph = new Graph('text_encoder', placement);
  const builder = { graph, weights };
  const ids = graph.input('input_ids', 'int64', [1, 'tokens']);
  const tables = rotaryInputs(graph, config.headDim, 'tokens');
  // A language model's tensors are named under `model.`, a bare encoder's are not.
  const prefix = weights.get('embed_tokens.weight') ? '' : 'model.';
  const embeddings = weights.require(`${prefix}embed_tokens.weight`, [
    config.vocabSize,
    config.hiddenSize,
  ]);
  // Rows first, conversion after: only the prompt's rows are ever expanded.
  const rows = graph.op('Gather', [graph.stored(embeddings), ids]);
  let x = embeddings.dtype === 'F32' ? rows : graph.toFloat(rows);
  for (let layer = 0; layer < config.layers - 1; layer += 1) {
    const name = `${prefix}layers.${layer}`;
    const attentionInput = norm(builder, x, `${name}.input_layernorm`, config);
    x = graph.add(x, attention(builder, attentionInput, `${name}.self_attn`, config, tables));
    const mlpInput = norm(builder, x, `${name}.post_attention_layernorm`, config);
    x = graph.add(x, mlp(builder, mlpInput, `${name}.mlp`, config));
  }
  graph.output('prompt_embeds', x, [1, 'tokens', config.hiddenSize]);
  return graph.encode();
}

function norm(builder: Builder, x: Value, name: string, config: TextEncoderConfig): Value {
  return rmsNorm(builder, x, name, config.hiddenSize, config.normEps);
}

/** Causal attention with grouped key-value heads. */
function attention(
  builder: Builder,
  x: Value,
  name: string,
  config: TextEncoderConfig,
  tables: ReturnType<typeof rotaryInputs>,
): Value {
  const { graph } = builder;
  const { heads, kvHeads, headDim, hiddenSize, attentionBias, normEps } = config;
  const project = (kind: string, count: number) =>
    linear(builder, x, `${name}.${kind}_proj`, [count * headDim, hiddenSize], attentionBias);
  const place = (kind: string, count: number) => {
    const normed = headNorm(
      builder,
      project(kind, count),
      `${name}.${kind}_norm`,
      [count, headDim],
      normEps,
    );
    return rotate(graph, normed, tables, count, 'halves');
  };
  const mixed = graph.op(
    'Attention',
    [place('q', heads), place('k', kvHeads), project('v', kvHeads)],
    {
      is_causal: 1,
      q_num_heads: heads,
      kv_num_heads: kvHeads,
    },
  );
  return linear(builder, mixed, `${name}.o_proj`, [hiddenSize, heads * headDim], attentionBias);
}

function mlp(builder: Builder, x: Value, name: string, config: TextEncoderConfig): Value {
  const { graph } = builder;
  const wide: [number, number] = [config.intermediateSize, config.hiddenSize];
  const gate = graph.silu(linear(builder, x, `${name}.gate_proj`, wide, false));
  const up = linear(builder, x, `${name}.up_proj`, wide, false);
  const narrow: [number, number] = [config.hiddenSize, config.intermediateSize];
  return linear(builder, graph.mul(gate, up), `${name}.down_proj`, narrow, false);
}

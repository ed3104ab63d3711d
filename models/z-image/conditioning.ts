import type { PromptTokenizer } from '#src/types/model.ts';
import type { FloatTensor } from '#src/types/runtime.ts';
import type { ZImageConfig } from './config.ts';
import { modulationDim, sinusoid, sinusoidDim } from './denoiser.ts';
import {
  bufferedFrequencies,
  captionPositions,
  padTokens,
  ropeFrequencies,
  ropeTables,
  textPositions,
} from './rope.ts';
import type { Sessions } from './sessions.ts';

/** What steers the denoiser: text once per prompt, time once per schedule. */
export interface Conditioning {
  /** Features of the templated prompt, float32 `[1, tokens, captionDim]`. */
  embedPrompt(prompt: string): Promise<FloatTensor>;
  /** The prompt's rows for the denoiser, float32 `[1, padded, dim]`. */
  encodePrompt(prompt: string): Promise<FloatTensor>;
  /** One modulation vector `[1, modulationDim]` per time. Range: 0 (pure noise) to 1 (clean). */
  modulate(times: number[]): Promise<FloatTensor[]>;
}

export function createConditioning(
  config: ZImageConfig,
  sessions: Sessions,
  tokenizer: PromptTokenizer,
): Conditioning {
  const { transformer, textEncoder } = config;
  const { headDim, ropeTheta, bufferType } = textEncoder;
  const textAxes = [bufferedFrequencies(headDim, ropeTheta, bufferType)];
  const captionAxes = transformer.axesDims.map((dim) =>
    ropeFrequencies(dim, transformer.ropeTheta),
  );

  /** Nothing is padded: the encoder is causal, so pads behind the text could change no row. */
  async function embedPrompt(prompt: string): Promise<FloatTensor> {
    const ids = tokenizer.encode(prompt);
    const session = await sessions.get('textEncoder');
    const { prompt_embeds } = await session.run({
      input_ids: { dims: [1, ids.length], data: BigInt64Array.from(ids, BigInt) },
      ...ropeTables(textPositions(ids.length), textAxes),
    });
    return prompt_embeds as FloatTensor;
  }

  async function encodePrompt(prompt: string): Promise<FloatTensor> {
    const embeds = await embedPrompt(prompt);
    const positions = captionPositions(padTokens(embeds.dims[1] as number));
    const session = await sessions.get('caption');
    const { caption } = await session.run({
      prompt_embeds: embeds,
      ...ropeTables(positions, captionAxes),
    });
    return caption as FloatTensor;
  }

  async function modulate(times: number[]): Promise<FloatTensor[]> {
    const rows = new Float32Array(times.length * sinusoidDim);
    times.forEach((time, i) => rows.set(sinusoid(time * transformer.timeScale), i * sinusoidDim));
    const session = await sessions.get('modulation');
    const { modulation } = await session.run({
      sinusoid: { dims: [times.length, sinusoidDim], data: rows },
    });
    const width = modulationDim(transformer);
    const { data } = modulation as FloatTensor;
    return times.map((_, i) => ({
      dims: [1, width],
      data: data.subarray(i * width, (i + 1) * width),
    }));
  }

  return { embedPrompt, encodePrompt, modulate };
}

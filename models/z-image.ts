import { AppError } from '#src/errors.ts';
import type { ModelCard, ModelCheck, ModelFamily } from '#src/types/model.ts';
import { loadChatTokenizer } from './tokenizers/chat-tokenizer.ts';
import { readConfig, type ZImageConfig } from './z-image/config.ts';
import { createPipeline } from './z-image/pipeline.ts';
import { graphNames, modelGraphs, openModelWeights } from './z-image/sessions.ts';

/** Largest side of a folder that says nothing of its sizes. Unit: pixels. */
const largestSide = 2048;
const mostPromptTokens = 512;

/**
 * Z-Image and its distillations: a single-stream diffusion transformer with a Qwen3 text encoder
 * and a FLUX-layout VAE, sampled by flow matching. Everything comes from the folder's own files.
 *
 * Guidance: `cfg` 1 is off; the reference calls cfg - 1 its guidance scale.
 */
export default {
  id: 'z-image',
  pipelineClass: 'ZImagePipeline',

  deriveCard(folder, name): ModelCard {
    const config = readConfig(folder);
    const tokenizer = loadChatTokenizer(folder);
    const cell = config.vae.scale * config.transformer.patch;
    const side = Math.min(
      Math.max(config.vae.sampleSize - (config.vae.sampleSize % cell), cell),
      largestSide,
    );
    return {
      name,
      family: 'z-image',
      size: {
        default: `${side}x${side}`,
        min: cell,
        max: largestSide,
        multiple: cell,
        presets: {},
      },
      steps: { default: 8, min: 1, max: 200 },
      cfg: { default: 1, min: 1, max: 30 },
      promptTokens: Math.min(
        mostPromptTokens,
        tokenizer.maxTokens,
        config.textEncoder.maxPositions,
      ),
      styles: [],
    };
  },

  loadTokenizer: loadChatTokenizer,

  latentGrid(folder) {
    const { vae } = readConfig(folder);
    return { channels: vae.channels, scale: vae.scale };
  },

  check(folder): ModelCheck {
    const config = readConfig(folder);
    checkVocabulary(folder, config);
    const weights = openModelWeights(folder);
    const graphs = modelGraphs(config, weights);
    // Emitting a graph asks for every tensor it uses, by name and shape.
    for (const name of graphNames) graphs[name]('expanded');
    return {
      components: Object.entries(weights).map(([name, component]) => {
        const all = [...component.all()];
        return {
          name,
          tensors: all.length,
          bytes: all.reduce((sum, weight) => sum + weight.length, 0),
          dtypes: [...new Set(all.map((weight) => weight.dtype))].sort(),
        };
      }),
    };
  },

  load(runtime, folder) {
    return createPipeline(
      runtime,
      readConfig(folder),
      openModelWeights(folder),
      loadChatTokenizer(folder),
    );
  },
} satisfies ModelFamily;

function checkVocabulary(folder: string, { textEncoder }: ZImageConfig): void {
  const { highestId } = loadChatTokenizer(folder);
  if (highestId < textEncoder.vocabSize) return;
  throw new AppError(
    'MODEL_INVALID',
    `${folder}/tokenizer/tokenizer.json has token id ${highestId}, but the text encoder's vocabulary ends at ${textEncoder.vocabSize - 1} (vocab_size in text_encoder/config.json): the tokenizer belongs to another model.`,
  );
}

import type { ModelCard, PromptTokenizer } from '#src/types/model.ts';

/** A card with every kind of limit. */
export const card: ModelCard = {
  name: 'test',
  family: 'z-image',
  size: {
    default: '1024x1024',
    min: 512,
    max: 2048,
    multiple: 16,
    presets: { portrait: '576x1024' },
  },
  steps: { default: 8, min: 1, max: 200 },
  cfg: { default: 1, min: 1, max: 30 },
  promptTokens: 12,
  styles: [
    { name: 'retro', prompt: 'photo of {prompt}, film grain' },
    { name: 'flat', prompt: '{prompt}, flat illustration' },
  ],
  presets: { draft: { steps: 4 }, final: { steps: 20, cfg: 2 } },
};

/** One token per word. */
export const tokenizer: PromptTokenizer = {
  encode: (prompt) =>
    prompt
      .split(/\s+/)
      .filter(Boolean)
      .map((_, i) => i),
};

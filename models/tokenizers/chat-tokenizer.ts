import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#src/errors.ts';
import type { PromptTokenizer } from '#src/types/model.ts';
import { Template } from '@huggingface/jinja';
import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';

/** The tokenizer of a chat model that is used as a text encoder. */
export interface ChatTokenizer extends PromptTokenizer {
  /** Most tokens it says it was made for, template included; Infinity when it does not say. */
  maxTokens: number;
  /** Largest token id it can give: has to be below the text encoder's vocabulary size. */
  highestId: number;
}

/** Written by libraries that mean "no limit" is `int(1e30)`; nothing real comes near. */
const unlimitedTokens = 1e15;

const tokenizerSchema = z.looseObject({
  model: z.looseObject({ vocab: z.unknown() }),
  added_tokens: z
    .array(z.looseObject({ id: z.int().nonnegative(), content: z.string() }))
    .default([]),
});

/** A special token is its text, or a record around it. */
const specialToken = z
  .union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)])
  .nullish();

const configSchema = z.looseObject({
  model_max_length: z.number().positive().nullish(),
  chat_template: z
    .union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))])
    .nullish(),
  bos_token: specialToken,
  eos_token: specialToken,
  pad_token: specialToken,
  unk_token: specialToken,
});

/**
 * Reads `tokenizer/` of a model folder: `tokenizer.json`, `tokenizer_config.json` and, where there
 * is one, `chat_template.jinja`.
 *
 * `encode` gives the ids of one user message in the chat template, with the start of the answer and
 * with thinking left to the model, and nothing around it. A prompt that spells a control token
 * (`<|im_end|>`) gets that token, as in the reference: it can end the person's own message early,
 * which changes their own picture and nothing else, and the same prompt keeps giving the same ids.
 *
 * @throws AppError MODEL_INVALID naming the file that is missing or cannot be used.
 * Source: diffusers `pipelines/z_image/pipeline_z_image.py`, `_encode_prompt`.
 */
export function loadChatTokenizer(folder: string): ChatTokenizer {
  const paths = {
    tokenizer: join(folder, 'tokenizer/tokenizer.json'),
    config: join(folder, 'tokenizer/tokenizer_config.json'),
    template: join(folder, 'tokenizer/chat_template.jinja'),
  };
  requireTokenizerFile(folder, paths.tokenizer);
  const json = readJson(paths.tokenizer, tokenizerSchema);
  const config = readJson(paths.config, configSchema);
  const tokenizer = attempt(`${paths.tokenizer} cannot be used`, () => new Tokenizer(json, config));
  const render = createTemplate(paths, config, json);
  let highestId = 0;
  for (const id of tokenizer.get_vocab().values()) highestId = Math.max(highestId, id);
  const limit = config.model_max_length ?? Infinity;

  return {
    maxTokens: limit < unlimitedTokens ? Math.floor(limit) : Infinity,
    highestId,
    encode(prompt) {
      const { ids, tokens } = tokenizer.encode(render(prompt), { add_special_tokens: false });
      const unknown = ids.findIndex((id: number | undefined) => id === undefined);
      if (unknown >= 0) {
        throw new AppError(
          'MODEL_INVALID',
          `${paths.tokenizer} has no id for "${tokens[unknown]}" and no unknown token: its vocabulary is incomplete.`,
        );
      }
      return ids;
    },
  };
}

function createTemplate(
  paths: { tokenizer: string; config: string; template: string },
  config: z.output<typeof configSchema>,
  json: z.output<typeof tokenizerSchema>,
): (prompt: string) => string {
  const found = findTemplate(paths, config);
  if (!found) return createChatMarkup(paths, json);
  const failure = `The chat template of ${found.path} cannot be used`;
  const template = attempt(failure, () => new Template(found.text));
  const { bos_token, eos_token, pad_token, unk_token } = config;
  const specialTokens = Object.fromEntries(
    Object.entries({ bos_token, eos_token, pad_token, unk_token }).filter(([, token]) => token),
  );
  return (prompt) =>
    attempt(failure, () =>
      template.render({
        ...specialTokens,
        messages: [{ role: 'user', content: prompt }],
        tools: null,
        documents: null,
        add_generation_prompt: true,
        enable_thinking: true,
      }),
    );
}

/** Newer checkpoints keep the template in a file of its own, which then wins. */
function findTemplate(
  paths: { config: string; template: string },
  { chat_template }: z.output<typeof configSchema>,
): { path: string; text: string } | undefined {
  if (existsSync(paths.template)) {
    return { path: paths.template, text: readText(paths.template) };
  }
  if (chat_template === undefined || chat_template === null) return undefined;
  if (typeof chat_template === 'string') return { path: paths.config, text: chat_template };
  const standard = chat_template.find(({ name }) => name === 'default');
  if (standard) return { path: paths.config, text: standard.template };
  const names = chat_template.map(({ name }) => name).join(', ') || 'none';
  throw new AppError(
    'MODEL_INVALID',
    `${paths.config} has no chat template named "default"; it has: ${names}.`,
  );
}

/** The layout nearly every chat model of this kind uses, when the folder brings no template. */
function createChatMarkup(
  paths: { tokenizer: string; config: string; template: string },
  { added_tokens }: z.output<typeof tokenizerSchema>,
): (prompt: string) => string {
  const [start, end] = ['<|im_start|>', '<|im_end|>'];
  const missing = [start, end].filter((marker) =>
    added_tokens.every(({ content }) => content !== marker),
  );
  if (missing.length > 0) {
    throw new AppError(
      'MODEL_INVALID',
      `No chat template was found: neither ${paths.template} nor chat_template in ${paths.config} exists, and ${paths.tokenizer} has no token ${missing.join(' or ')} to lay out a message with. Add the model's chat_template.jinja.`,
    );
  }
  return (prompt) => `${start}user\n${prompt}${end}\n${start}assistant\n`;
}

function requireTokenizerFile(folder: string, path: string): void {
  if (existsSync(path)) return;
  const isSlow = ['vocab.json', 'merges.txt'].every((name) =>
    existsSync(join(folder, 'tokenizer', name)),
  );
  throw new AppError(
    'MODEL_INVALID',
    isSlow
      ? `${path} is missing. The folder has vocab.json and merges.txt only, which do not say how text is split: add the tokenizer.json that the model's authors publish beside them.`
      : `${path} is missing.`,
  );
}

function readJson<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> {
  const text = readText(path);
  const json = attempt(`${path} is not readable as JSON`, (): unknown => JSON.parse(text));
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new AppError(
    'MODEL_INVALID',
    `${path} does not fit the format of a tokenizer: ${z.prettifyError(result.error)}`,
  );
}

function readText(path: string): string {
  if (!existsSync(path)) throw new AppError('MODEL_INVALID', `${path} is missing.`);
  return attempt(`${path} cannot be read`, () => readFileSync(path, 'utf8'));
}

function attempt<Result>(failure: string, action: () => Result): Result {
  try {
    return action();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('MODEL_INVALID', `${failure}: ${reason}.`, { cause });
  }
}

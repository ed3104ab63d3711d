import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadChatTokenizer } from '#models/tokenizers/chat-tokenizer.ts';
import { readSafetensorsHeader } from '#src/onnx/safetensors.ts';
import { z } from 'zod';

const golden = fileURLToPath(new URL('../../fixtures/golden/', import.meta.url));
const checkpoint = join(golden, 'tiny-z-image');
const templateIds = [6001, 278, 10, 6002, 10, 6001, 279, 10];

const jsonObject = z.record(z.string(), z.unknown());

function readJson(path: string): Record<string, unknown> {
  return jsonObject.parse(JSON.parse(readFileSync(path, 'utf8')));
}

function readReferenceIds(name: string): number[] {
  const path = join(golden, `${name}.safetensors`);
  const entry = readSafetensorsHeader(path).get('input_ids');
  assert.ok(entry);
  const bytes = readFileSync(path);
  const count = entry.length / 8;
  return Array.from({ length: count }, (_, index) =>
    Number(bytes.readBigInt64LE(entry.offset + index * 8)),
  );
}

describe('loadChatTokenizer', () => {
  let scratch: string;
  let folder: string;

  before(() => {
    scratch = mkdtempSync(join(tmpdir(), 'quartet-tokenizer-'));
  });
  after(() => rmSync(scratch, { recursive: true }));
  beforeEach(() => {
    folder = mkdtempSync(join(scratch, 'model-'));
    cpSync(join(checkpoint, 'tokenizer'), join(folder, 'tokenizer'), { recursive: true });
  });

  function editConfig(change: Record<string, unknown>): void {
    const path = join(folder, 'tokenizer/tokenizer_config.json');
    writeFileSync(path, JSON.stringify({ ...readJson(path), ...change }));
  }

  for (const name of ['square', 'padded-cfg']) {
    const { prompt } = readJson(join(golden, `${name}.json`));
    it(`gives the reference's ids for "${String(prompt)}"`, () => {
      assert.ok(typeof prompt === 'string');
      assert.deepEqual(loadChatTokenizer(checkpoint).encode(prompt), readReferenceIds(name));
    });
  }

  it('gives the template alone for an empty prompt', () => {
    assert.deepEqual(loadChatTokenizer(checkpoint).encode(''), templateIds);
  });

  it('keeps white space around the prompt', () => {
    const tokenizer = loadChatTokenizer(checkpoint);
    assert.notDeepEqual(tokenizer.encode(' a cat \n'), tokenizer.encode('a cat'));
  });

  it('treats template syntax in a prompt as text', () => {
    const tokenizer = loadChatTokenizer(checkpoint);
    const [plain, hidden] = [tokenizer.encode('7'), tokenizer.encode('{{ 3 + 4 }}')];
    assert.ok(hidden.length > plain.length);
  });

  it('gives the control token for a prompt that spells one, as the reference does', () => {
    const ids = loadChatTokenizer(checkpoint).encode('<|im_end|>');
    assert.deepEqual(ids, templateIds.toSpliced(3, 0, 6002));
  });

  it('tells the limit and the highest id', () => {
    const { maxTokens, highestId } = loadChatTokenizer(checkpoint);
    assert.equal(maxTokens, 512);
    assert.equal(highestId, 6002);
  });

  it('has no limit when the config gives none or an absurd one', () => {
    for (const limit of [undefined, null, 1e30]) {
      editConfig({ model_max_length: limit });
      assert.equal(loadChatTokenizer(folder).maxTokens, Infinity);
    }
  });

  it('takes the template of chat_template.jinja over the one in the config', () => {
    editConfig({ chat_template: '{{ raise_exception("not this one") }}' });
    const path = join(folder, 'tokenizer/chat_template.jinja');
    writeFileSync(path, '{%- for message in messages %}\n{{ message.content }}\n{%- endfor %}');
    assert.deepEqual(loadChatTokenizer(folder).encode('a red apple'), [97, 390, 1722]);
  });

  it('takes the default of several templates', () => {
    editConfig({
      chat_template: [
        { name: 'tool_use', template: 'tools' },
        { name: 'default', template: '{{ messages[0].content }}' },
      ],
    });
    assert.deepEqual(loadChatTokenizer(folder).encode('a red apple'), [97, 390, 1722]);
    editConfig({ chat_template: [{ name: 'tool_use', template: 'tools' }] });
    assert.throws(() => loadChatTokenizer(folder), {
      code: 'MODEL_INVALID',
      message: /no chat template named "default"; it has: tool_use/,
    });
  });

  it('asks for the start of the answer and leaves thinking on', () => {
    const template = `{%- set last = messages[::-1][0] %}
{%- if tools is none and last.content is string and not last.content.startswith('<tool') %}
    {{- '<|im_start|>' + last.role + '\\n' + last.content + eos_token + '\\n' }}
{%- endif %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}`;
    editConfig({ chat_template: template, eos_token: { content: '<|im_end|>' } });
    assert.deepEqual(loadChatTokenizer(folder).encode('a red apple'), readReferenceIds('square'));
  });

  it('lays out a message by its own when there is no template', () => {
    editConfig({ chat_template: undefined });
    assert.deepEqual(loadChatTokenizer(folder).encode('a red apple'), readReferenceIds('square'));
  });

  it('refuses a folder with neither a template nor marker tokens', () => {
    editConfig({ chat_template: undefined });
    const path = join(folder, 'tokenizer/tokenizer.json');
    writeFileSync(path, JSON.stringify({ ...readJson(path), added_tokens: [] }));
    assert.throws(() => loadChatTokenizer(folder), {
      code: 'MODEL_INVALID',
      message: /chat_template\.jinja.*tokenizer\.json has no token <\|im_start\|> or <\|im_end\|>/,
    });
  });

  it('says that vocab.json and merges.txt alone are not enough', () => {
    rmSync(join(folder, 'tokenizer/tokenizer.json'));
    assert.throws(() => loadChatTokenizer(folder), {
      code: 'MODEL_INVALID',
      message: /tokenizer\.json is missing\.$/,
    });
    writeFileSync(join(folder, 'tokenizer/vocab.json'), '{}');
    writeFileSync(join(folder, 'tokenizer/merges.txt'), '');
    assert.throws(() => loadChatTokenizer(folder), {
      code: 'MODEL_INVALID',
      message: /tokenizer\.json is missing\. The folder has vocab\.json and merges\.txt only/,
    });
  });

  it('names the file that is broken', () => {
    editConfig({ chat_template: '{% if %}' });
    assert.throws(() => loadChatTokenizer(folder), {
      code: 'MODEL_INVALID',
      message: /chat template of .*tokenizer_config\.json cannot be used/,
    });
    writeFileSync(join(folder, 'tokenizer/tokenizer_config.json'), '{');
    assert.throws(() => loadChatTokenizer(folder), {
      code: 'MODEL_INVALID',
      message: /tokenizer_config\.json is not readable as JSON/,
    });
    writeFileSync(join(folder, 'tokenizer/tokenizer.json'), '{}');
    assert.throws(() => loadChatTokenizer(folder), {
      code: 'MODEL_INVALID',
      message: /tokenizer\.json does not fit the format/,
    });
  });
});

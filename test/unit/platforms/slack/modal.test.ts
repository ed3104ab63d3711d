import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkForm, formView, readForm, readOrigin } from '#src/platforms/slack/modal.ts';
import { describe, describeOption } from './descriptions.ts';

const description = describe('imagine', '画图', [
  describeOption('prompt', { isRequired: true, isLong: true, maxLength: 5000 }),
  describeOption('steps', { type: 'integer', min: 1, max: 20 }),
  describeOption('size', { hasSuggestions: true }),
  describeOption('mode', { choices: [{ label: { en: 'off', 'zh-CN': '关' }, value: 'off' }] }),
]);
const origin = { command: 'imagine', channelId: 'C1', threadId: '1.2', responseUrl: 'https://x/1' };

test('makes one input of every option', () => {
  const view = formView({ description, locale: 'en', origin });
  const kinds = view.blocks.map((block) => ('element' in block ? block.element.type : block.type));
  assert.deepEqual(kinds, ['plain_text_input', 'number_input', 'external_select', 'static_select']);
});

test('remembers where it was opened', () => {
  const view = formView({ description, locale: 'en', origin });
  assert.deepEqual(readOrigin(view.private_metadata ?? ''), origin);
});

test('lets go of the answer address rather than grow past the limit', () => {
  const long = { ...origin, responseUrl: `https://x/${'a'.repeat(4000)}` };
  const view = formView({ description, locale: 'en', origin: long });
  assert.ok((view.private_metadata ?? '').length <= 3000);
  assert.equal(readOrigin(view.private_metadata ?? '')?.channelId, 'C1');
});

test('asks for a channel where it was opened without one', () => {
  const view = formView({ description, locale: 'en', origin: { ...origin, channelId: null } });
  assert.match(JSON.stringify(view.blocks), /conversations_select/);
});

test('fills the prompt with a quoted text', () => {
  const view = formView({ description, locale: 'en', origin, quoted: 'a cat' });
  assert.match(JSON.stringify(view.blocks[0]), /"initial_value":"a cat"/);
});

test('keeps its title within 24 characters in every language', () => {
  for (const locale of ['en', 'zh-CN'] as const) {
    const named = describe('a'.repeat(40), '长'.repeat(40), description.options);
    assert.ok(formView({ description: named, locale, origin }).title.text.length <= 24);
  }
});

test('says the entries of a list in the language of the form, and takes a no as well as a yes', () => {
  const listed = describe('settings', '设置', [
    ...description.options,
    describeOption('allowed', { type: 'boolean' }),
  ]);
  const blocks = JSON.stringify(formView({ description: listed, locale: 'zh-CN', origin }).blocks);
  assert.match(blocks, /"text":"关"/);
  for (const value of ['true', 'false']) assert.match(blocks, new RegExp(`"value":"${value}"`));
});

test('reads the fields that were filled in', () => {
  const form = readForm({
    prompt: { field: { value: 'a cat' } },
    steps: { field: { value: null } },
    mode: { field: { selected_option: { value: 'off' } } },
    'quartet place': { field: { selected_conversation: 'C9' } },
  });
  assert.deepEqual(form, { values: { prompt: 'a cat', mode: 'off' }, channelId: 'C9' });
});

test('names every field that does not fit', () => {
  assert.deepEqual(checkForm(description, { steps: '21' }, 'en'), {
    prompt: 'Please fill this in.',
    steps: '21 does not fit: use 1 to 20. Nearest: 20.',
  });
  assert.deepEqual(checkForm(description, { prompt: 'a', steps: '1.5' }, 'zh-CN'), {
    steps: '请填写整数。',
  });
  assert.deepEqual(checkForm(description, { prompt: 'a', steps: '4' }, 'en'), {});
});

test('takes metadata that is not its own for no form', () => {
  assert.equal(readOrigin('not json'), null);
  assert.equal(readOrigin('{}'), null);
});

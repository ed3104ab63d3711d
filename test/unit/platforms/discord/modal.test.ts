import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formFields,
  formView,
  promptOf,
  readFields,
  readFormId,
} from '#src/platforms/discord/modal.ts';
import { describe, describeOption } from '../slack/descriptions.ts';

const description = describe('imagine', '画图', [
  describeOption('size'),
  describeOption('prompt', { isRequired: true, isLong: true, maxLength: 6000 }),
  describeOption('steps', { type: 'integer', min: 1, max: 20 }),
  describeOption('negative', { isLong: true }),
  describeOption('cfg', { type: 'number' }),
  describeOption('seed', { type: 'integer' }),
]);
const names = (given: Record<string, unknown>) =>
  formFields(description, given).map(({ name }) => name);

test('asks for what is required, then for long texts, then for the rest in order', () => {
  assert.deepEqual(names({}), ['prompt', 'negative', 'size', 'steps', 'cfg']);
});

test('shows what was typed before what was not', () => {
  assert.deepEqual(names({ seed: 7 }), ['prompt', 'negative', 'seed', 'size', 'steps']);
});

test('stays within the lengths of a form in every language', () => {
  for (const locale of ['en', 'zh-CN'] as const) {
    const long = describe('a'.repeat(80), '长'.repeat(80), description.options);
    const view = formView({ description: long, locale, id: '1'.repeat(19), given: {} });
    assert.ok(view.title.length <= 45);
    assert.equal(view.components.length, 5);
  }
});

test('cuts a quoted text to what a field takes', () => {
  const view = formView({
    description,
    locale: 'en',
    id: '1',
    given: { prompt: 'x'.repeat(5000) },
  });
  const [first] = view.components as { component: { value: string; max_length: number } }[];
  assert.equal(first?.component.max_length, 4000);
  assert.equal(first?.component.value.length, 4000);
});

test('says the entries of a list in the language of the form', () => {
  const choices = [{ label: { en: 'save', 'zh-CN': '保存' }, value: 'save' }];
  const listed = describe('styles', '风格', [describeOption('action', { choices })]);
  const view = formView({ description: listed, locale: 'zh-CN', id: '1', given: {} });
  assert.match(JSON.stringify(view.components), /"label":"保存","value":"save"/);
});

test('names the option that a quoted message fills', () => {
  assert.equal(promptOf(description)?.name, 'prompt');
  assert.equal(promptOf(describe('queue', '队列')), undefined);
});

test('knows its own forms', () => {
  assert.deepEqual(readFormId('form:imagine:123'), { command: 'imagine', id: '123' });
  for (const other of ['form:imagine', 'other:imagine:123', '']) {
    assert.equal(readFormId(other), null);
  }
});

test('reads texts and selects, empty ones too', () => {
  const fields = [
    { customId: 'prompt', value: ' a cat ' },
    { customId: 'mode', values: ['off'] },
    { customId: 'none', values: [] },
  ];
  assert.deepEqual(readFields(fields), { prompt: 'a cat', mode: 'off', none: '' });
});

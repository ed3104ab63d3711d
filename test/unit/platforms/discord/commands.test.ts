import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areSame, commandBodies, needsFormOption } from '#src/platforms/discord/commands.ts';
import { describe, describeOption } from '../slack/descriptions.ts';

const imagine = describe(
  'imagine',
  '画图',
  [
    describeOption('prompt', { isRequired: true, maxLength: 9000 }),
    describeOption('steps', { type: 'integer', min: 1, max: 20 }),
    describeOption('style', { hasSuggestions: true }),
    describeOption('mode', {
      choices: [{ label: { en: 'off', 'zh-CN': '关' }, value: 'off' }],
      hasSuggestions: true,
    }),
  ],
  true,
);
const vote = describe('vote', '投票', [
  describeOption('note'),
  describeOption('number', { type: 'number', isRequired: true, min: 0.5 }),
]);

test('gives options their native limits', () => {
  const [body] = commandBodies([imagine]);
  const options = body?.['options'] as Record<string, unknown>[];
  const [prompt, steps, style, mode] = options;
  assert.equal(prompt?.['max_length'], 6000);
  assert.deepEqual([steps?.['min_value'], steps?.['max_value']], [1, 20]);
  assert.equal(style?.['autocomplete'], true);
  assert.deepEqual(
    [mode?.['choices'], mode?.['autocomplete']],
    [
      [
        {
          name: 'off',
          name_localizations: { 'en-US': 'off', 'en-GB': 'off', 'zh-CN': '关' },
          value: 'off',
        },
      ],
      undefined,
    ],
  );
});

test('requires nothing that a form asks for, and puts what is required first', () => {
  const [first, second] = commandBodies([imagine, vote]);
  assert.doesNotMatch(JSON.stringify(first), /"required":true/);
  const options = second?.['options'] as Record<string, unknown>[];
  assert.deepEqual(
    options.map(({ name, required }) => [name, required]),
    [
      ['number', true],
      ['note', undefined],
    ],
  );
});

test('offers the form as an option where nothing is required', () => {
  assert.equal(needsFormOption(imagine), false);
  assert.equal(
    needsFormOption(describe('settings', '设置', [describeOption('model')], true)),
    true,
  );
  assert.equal(needsFormOption(describe('own', '自己', [describeOption('form')], true)), false);
});

test('leaves out a name that Discord would refuse', () => {
  const odd = describe('queue', '有 空格');
  assert.deepEqual(commandBodies([odd])[0]?.['name_localizations'], {
    'en-US': 'queue',
    'en-GB': 'queue',
  });
});

test('takes a list for the same although Discord leaves defaults out', () => {
  const sent = commandBodies([imagine, vote]);
  const told = sent.toReversed().map((command) => {
    const copy: Record<string, unknown> = { ...structuredClone(command), id: '1', version: '2' };
    delete copy['nsfw'];
    copy['contexts'] = [1, 0];
    copy['description'] ??= '';
    return copy;
  });
  assert.equal(areSame(sent, told), true);
  const changed = structuredClone(told);
  (changed[0]!['name_localizations'] as Record<string, string>)['zh-CN'] = '别的';
  assert.equal(areSame(sent, changed), false);
  assert.equal(areSame(sent, told.slice(1)), false);
  const renamed = structuredClone(sent);
  const options = renamed[0]!['options'] as { choices?: { name_localizations: object }[] }[];
  options.find(({ choices }) => choices)!.choices![0]!.name_localizations = {};
  assert.equal(areSame(sent, renamed), false);
});

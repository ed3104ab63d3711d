import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  findCommand,
  flagsIn,
  invocationOf,
  splitLine,
  typedAt,
  withFields,
} from '#src/server/page/composer/command-line.ts';
import type { CommandDescription, OptionDescription } from '#src/types/command.ts';

const both = (en: string, zh = en) => ({ en, 'zh-CN': zh });
const option = (name: string, given: Partial<OptionDescription> = {}): OptionDescription => ({
  name,
  type: 'string',
  isRequired: false,
  description: both(name),
  localName: both(name),
  hasSuggestions: false,
  isLong: false,
  ...given,
});
const command = (name: string, zh: string, options: OptionDescription[]): CommandDescription => ({
  name,
  localName: both(name, zh),
  description: both(name),
  options,
  isForLeads: false,
  hasForm: name === 'imagine',
});
const commands = [
  command('imagine', '画图', [
    option('prompt', { isRequired: true, isLong: true }),
    option('size', { hasSuggestions: true, localName: both('size', '尺寸') }),
    option('steps', { type: 'integer' }),
  ]),
  command('help', '帮助', [option('command', { hasSuggestions: true })]),
];
const at = (text: string) => {
  const found = typedAt(text, text.length, commands);
  return found && [found.kind, found.typed, found.from];
};

describe('a typed line', () => {
  it('is a prompt where it has no slash', () => {
    const { command: found, rest } = splitLine('  a red apple --size square ', commands);
    assert.deepEqual([found?.name, rest], ['imagine', 'a red apple --size square']);
  });

  it('names its command in either language', () => {
    assert.equal(splitLine('/画图 苹果', commands).command?.name, 'imagine');
    assert.equal(findCommand('帮助', commands)?.name, 'help');
    assert.deepEqual(splitLine('/imagin x', commands), {
      command: null,
      name: 'imagin',
      rest: 'x',
    });
  });

  it('is completed where the caret stands', () => {
    assert.deepEqual(at('/im'), ['command', 'im', 0]);
    assert.deepEqual(at('a cat --si'), ['flag', 'si', 6]);
    assert.deepEqual(at('/imagine a cat --size '), ['value', '', 22]);
    assert.deepEqual(at('/imagine a cat --尺寸 sq'), ['value', 'sq', 20]);
    assert.deepEqual(at('/help im'), ['value', 'im', 6]);
  });

  it('is left alone where there is nothing to complete', () => {
    for (const text of ['', 'a cat', '/imagine a cat', '/imagine a cat --steps 1', '/none --x'])
      assert.equal(at(text), null, text);
  });

  it('knows the flags that it has', () => {
    assert.deepEqual([...flagsIn('a --尺寸 x --steps 4 --st', commands[0]!)], ['size', 'steps']);
  });

  it('takes the fields of a form behind it, in quotes where they need them', () => {
    assert.equal(
      withFields('a cat', { size: 'square', negative: 'text, frames', style: 'a "b"' }),
      'a cat --size square --negative "text, frames" --style 「a "b"」',
    );
    assert.equal(withFields('', { seed: '1' }), '--seed 1');
  });

  it('is sent as typed, or as fields beside those of the form', () => {
    const sent = (text: string, fields = {}) => invocationOf(text, fields, commands);
    assert.deepEqual(sent('a cat --steps 4'), { command: 'imagine', values: 'a cat --steps 4' });
    const fields = { size: 'square' };
    assert.deepEqual(sent('a "cat"', fields).values, { prompt: 'a "cat"', size: 'square' });
    assert.equal(sent('a cat --steps 4', fields).values, 'a cat --steps 4 --size square');
    assert.deepEqual(sent('/帮助 imagine', fields), { command: 'help', values: 'imagine' });
    assert.deepEqual(sent('/nothing here'), { command: 'nothing', values: 'here' });
  });
});

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { describeOptions } from '#src/commands/describe.ts';
import { checkValues, readRaw } from '#src/commands/read-values.ts';
import { emptyScope, loadCommands } from '#src/commands/registry.ts';
import { createTexts } from '#src/texts/index.ts';
import type { BotCommand } from '#src/commands/define-command.ts';
import type { Locale } from '#src/types/chat.ts';

let commands: Map<string, BotCommand>;

before(async () => {
  commands = await loadCommands();
});

function check(name: string, given: Record<string, unknown> | string, locale: Locale = 'en') {
  const command = commands.get(name) as BotCommand;
  const options = describeOptions(command, emptyScope);
  const texts = createTexts(locale);
  const { raw } = readRaw(given, options, texts);
  return checkValues(command.options(emptyScope), raw, options, texts, locale);
}

function messages(...given: Parameters<typeof check>): string[] {
  const checked = check(...given);
  assert.ok('faults' in checked);
  return checked.faults.map(({ message }) => message);
}

describe('values of a command', () => {
  it('come from a line, typed options or a form alike, in any language', () => {
    const values = { action: 'save', name: 'retro', prompt: 'film grain' };
    for (const given of ['save retro film grain', '保存 retro film grain', { ...values }]) {
      assert.deepEqual(check('styles', given), { values });
    }
    assert.deepEqual(check('history', '５'), { values: { count: 5 } });
    assert.deepEqual(check('settings', '--允许 否'), { values: { allowed: false } });
  });

  it('are refused with what is allowed and the nearest, one line per field', () => {
    assert.deepEqual(messages('history', { count: 99 }), [
      'count 99 does not fit: use a whole number from 1 to 25. Nearest: 25.',
    ]);
    assert.deepEqual(messages('settings', { language: 'zh-TW', allowed: 'maybe' }), [
      'allowed maybe does not fit: write yes or no.',
      'language zh-TW does not fit: use one of en, zh-CN, default. Nearest: zh-CN.',
    ]);
  });

  it('are refused in the words of the person', () => {
    assert.deepEqual(messages('history', { count: 'many' }, 'zh-CN'), [
      '数量 many 不可用：请用 1 到 25 的整数。',
    ]);
    assert.deepEqual(messages('history', { count: 0 }, 'zh-CN'), [
      '数量 0 不可用：请用 1 到 25 的整数。最近的是 1。',
    ]);
    assert.deepEqual(messages('settings', { allowed: 'maybe' }, 'zh-CN'), [
      '允许 maybe 不可用：请写“是”或“否”。',
    ]);
  });
});

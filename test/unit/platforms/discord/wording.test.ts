import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cutText,
  escapeAndCut,
  escapeText,
  listNames,
  toLocale,
} from '#src/platforms/discord/wording.ts';

test('shows markdown and mentions as they were typed', () => {
  assert.equal(
    escapeText('a *b* _c_ ~~d~~ `e` ||f|| <@1> [x](y) \\'),
    'a \\*b\\* \\_c\\_ \\~\\~d\\~\\~ \\`e\\` \\|\\|f\\|\\| \\<@1> \\[x](y) \\\\',
  );
  assert.equal(escapeText('# a\n> b\n- c\n-# d\n2 > 1'), '\\# a\n\\> b\n\\- c\n\\-# d\n2 > 1');
});

test('leaves addresses as they are', () => {
  assert.equal(escapeText('see https://a.b/c_d_e and _f_'), 'see https://a.b/c_d_e and \\_f\\_');
});

test('cuts at whole characters', () => {
  assert.equal(cutText('abcdef', 4), 'abc…');
  assert.equal(cutText('ab😀cd', 4), 'ab…');
  assert.equal(cutText('abcd', 4), 'abcd');
});

test('counts the escapes when it cuts', () => {
  for (const limit of [10, 11, 50]) {
    const cut = escapeAndCut('*'.repeat(100), limit);
    assert.ok(cut.length <= limit && cut.length > limit - 4, cut);
    assert.match(cut, /^(\\\*)+…$/);
  }
  assert.equal(escapeAndCut('short *', 50), 'short \\*');
});

test('knows every Chinese for Chinese', () => {
  assert.deepEqual(['zh-CN', 'zh-TW', 'en-GB', 'de', undefined, null].map(toLocale), [
    'zh-CN',
    'zh-CN',
    'en',
    'en',
    'en',
    'en',
  ]);
});

test('lists names as a sentence does', () => {
  assert.equal(listNames(['A']), '"A"');
  assert.equal(listNames(['A', 'B', 'C']), '"A", "B" and "C"');
});

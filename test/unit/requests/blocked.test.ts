import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adultWords, findWord } from '#src/requests/blocked.ts';

describe('a blocked word', () => {
  it('is found as a whole word, whatever its case, width or neighbours', () => {
    assert.equal(findWord('an ACME logo', ['acme']), 'acme');
    assert.equal(findWord('ａｃｍｅ!', ['acme']), 'acme');
    assert.equal(findWord('ac\u{200b}me', ['acme']), 'acme');
    assert.equal(findWord('acmes', ['acme']), null);
    assert.equal(findWord('a glass', ['ass']), null);
    assert.equal(findWord('红色acme标志', ['acme']), 'acme');
  });

  it('is found anywhere in scripts without spaces', () => {
    assert.equal(findWord('一张裸体画', adultWords), '裸体');
  });

  it('is none where nothing is blocked', () => {
    assert.equal(findWord('a red apple', []), null);
    assert.equal(findWord('Essex, a sextant, classic nudge', adultWords), null);
  });
});

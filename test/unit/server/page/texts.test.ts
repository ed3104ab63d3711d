import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fill, texts } from '#src/server/page/texts/index.ts';

const folder = join(import.meta.dirname, '../../../../src/server/page');
const code = globSync('**/*.ts', { cwd: folder })
  .filter((name) => !name.startsWith('texts/'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');

const keys = Object.keys(texts.en).sort();

describe('the texts of the page', () => {
  it('are there in both languages, none empty', () => {
    assert.deepEqual(Object.keys(texts['zh-CN']).sort(), keys);
    for (const words of Object.values(texts)) {
      assert.deepEqual(
        Object.entries(words).filter(([, text]) => text.trim() === ''),
        [],
      );
    }
  });

  it('are all used by a module', () => {
    assert.deepEqual(
      keys.filter((key) => !code.includes(`'${key}'`)),
      [],
    );
  });

  it('are there for every key that a module asks for', () => {
    const asked = [...code.matchAll(/\bt\(\s*'([^']+)'/g)].map((match) => match[1] ?? '');
    assert.ok(asked.length > 100);
    assert.deepEqual(
      asked.filter((key) => !keys.includes(key)),
      [],
    );
  });

  it('name the same parameters in both languages', () => {
    const names = (text: string) =>
      [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1]))].sort();
    for (const [key, text] of Object.entries(texts.en)) {
      assert.deepEqual(names(texts['zh-CN'][key as keyof typeof texts.en]), names(text), key);
    }
  });

  it('fill parameters, and take the word for one or for many', () => {
    assert.equal(fill('{count} {count:vote|votes}', { count: 1 }), '1 vote');
    assert.equal(fill('{count} {count:vote|votes}', { count: 0 }), '0 votes');
    assert.equal(fill('{unknown}', {}), '{unknown}');
  });
});

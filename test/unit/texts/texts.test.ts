import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { en } from '#src/texts/en.ts';
import { createTexts } from '#src/texts/index.ts';
import { zhCn } from '#src/texts/zh-cn.ts';

const root = join(import.meta.dirname, '../../..');
const names = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name).toSorted();

describe('texts', () => {
  it('exist in both languages, and none is empty', () => {
    assert.deepEqual(Object.keys(zhCn).toSorted(), Object.keys(en).toSorted());
    for (const text of [...Object.values(en), ...Object.values(zhCn)])
      assert.notEqual(text.trim(), '');
  });

  it('name no parameter in Chinese that English lacks', () => {
    for (const [key, text] of Object.entries(en)) {
      const known = names(text);
      for (const name of names(zhCn[key as keyof typeof en])) assert.ok(known.includes(name), key);
    }
  });

  it('are all said somewhere', () => {
    const files = globSync('{src,commands}/**/*.ts', { cwd: root, exclude: ['src/texts/**'] });
    const source = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
    // Keys that are put together: a command's own texts, and those that end in a value.
    const composed = ['commands.', 'history.status.', 'settings.reroll.'];
    const unused = Object.keys(en).filter(
      (key) => !composed.some((start) => key.startsWith(start)) && !source.includes(`'${key}'`),
    );
    assert.deepEqual(unused, []);
  });

  it('fill in values and choose between one and many', () => {
    const texts = createTexts('en');
    assert.equal(texts('results.ready', { count: 1 }), 'your picture is ready.');
    assert.equal(texts('results.ready', { count: 4 }), 'your pictures are ready.');
    assert.equal(texts('accept.queued', { id: '{id}' }), 'Queued as {id}.');
  });
});

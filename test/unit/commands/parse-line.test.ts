import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { describeOptions, type LineOption } from '#src/commands/describe.ts';
import { parseLine } from '#src/commands/parse-line.ts';
import { emptyScope, loadCommands } from '#src/commands/registry.ts';
import { createTexts } from '#src/texts/index.ts';

let options: LineOption[];
const parse = (line: string) => parseLine(line, options, createTexts('en'));

before(async () => {
  const imagine = (await loadCommands()).get('imagine');
  assert.ok(imagine);
  options = describeOptions(imagine, emptyScope);
});

describe('a typed line', () => {
  it('is the prompt, with flags anywhere', () => {
    assert.deepEqual(parse('--size 512x512 a red apple --cfg 4 on a table'), {
      values: { prompt: 'a red apple on a table', size: '512x512', cfg: '4' },
      faults: [],
    });
  });

  it('takes several words for a long option, up to the next flag', () => {
    const { values } = parse('a red apple --no text, frames --steps 4');
    assert.deepEqual(values, { prompt: 'a red apple', negative: 'text, frames', steps: '4' });
  });

  it('gives the rest back to the prompt where a long option would leave none', () => {
    assert.deepEqual(parse('--no text a red apple').values, {
      prompt: 'a red apple',
      negative: 'text',
    });
  });

  it('knows quotes of every keyboard, and dashes that phones make', () => {
    assert.deepEqual(parse('“a red apple” —no “text, frames” --seed=7').values, {
      prompt: 'a red apple',
      negative: 'text, frames',
      seed: '7',
    });
  });

  it('knows a dash of prose from one that a phone made of two hyphens', () => {
    const prose = 'a knight —brave and bold— at dawn – “open”';
    assert.deepEqual(parse(prose), { values: { prompt: prose }, faults: [] });
    const [fault] = parse('a cup —stpes 4').faults;
    assert.deepEqual([fault?.field, fault?.nearest], ['--stpes', 'steps']);
  });

  it('finds a known flag behind Chinese without a space, and no other', () => {
    assert.deepEqual(parse('一个红苹果，白底--步数 4').values, {
      prompt: '一个红苹果，白底',
      steps: '4',
    });
    assert.deepEqual(parse('一个苹果——尺寸 512x512').values, {
      prompt: '一个苹果',
      size: '512x512',
    });
    assert.equal(parse('一只猫——毛茸茸的').values.prompt, '一只猫——毛茸茸的');
    assert.equal(parse('a well--size thing').values.prompt, 'a well--size thing');
  });

  it('keeps emoji, line breaks, right-to-left text and quotes inside whole', () => {
    for (const prompt of ['a 👩‍👩‍👧 family', 'first\nsecond', 'قطة حمراء', 'a sign "open" at night'])
      assert.equal(parse(`${prompt} --steps 4`).values.prompt, prompt);
    assert.equal(parse('x --no “👩‍👩‍👧 text” y').values.negative, '👩‍👩‍👧 text');
    assert.equal(parse('x --no “👩‍👩‍👧 text” y').values.prompt, 'x y');
  });

  it('is no prompt where there are only flags', () => {
    assert.deepEqual(parse('--size 512x512').values, { size: '512x512' });
    assert.deepEqual(parse('   ').values, {});
  });

  it('takes Chinese flags and full-width signs', () => {
    assert.deepEqual(parse('一个苹果 －－步数＝4 --尺寸 512x512').values, {
      prompt: '一个苹果',
      steps: '4',
      size: '512x512',
    });
  });

  it('keeps hyphens inside words and minus signs', () => {
    assert.equal(parse('a well-lit cup - no shadows').values.prompt, 'a well-lit cup - no shadows');
    assert.equal(parse('x --seed -1').values.seed, '-1');
  });

  it('names what is unknown with what was meant, what is doubled and what has no value', () => {
    const { faults, values } = parse('a cup --sied 4 --steps 2 --steps 3 --cfg');
    assert.deepEqual(
      faults.map(({ field, nearest }) => [field, nearest]),
      [
        ['--sied', 'seed'],
        ['steps', '2'],
        ['cfg', null],
      ],
    );
    assert.equal(values.prompt, 'a cup');
  });
});

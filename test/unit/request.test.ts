import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError, type Fault } from '#src/errors.ts';
import {
  checkRequest,
  ratioToSize,
  type CheckContext,
  type GenerateOptions,
} from '#src/request.ts';
import { card, tokenizer } from '../helpers/card.ts';

const context: CheckContext = { scale: 8, randomSeed: () => 5 };

function check(options: GenerateOptions, changes: Partial<CheckContext> = {}) {
  return checkRequest({ prompt: 'a red apple', ...options }, card, tokenizer, {
    ...context,
    ...changes,
  });
}

function faultsOf(options: GenerateOptions, changes: Partial<CheckContext> = {}): Fault[] {
  try {
    check(options, changes);
  } catch (thrown) {
    assert.ok(thrown instanceof AppError);
    assert.equal(thrown.code, 'INVALID_REQUEST');
    return [...thrown.faults];
  }
  assert.fail('the request was accepted');
}

function faultOf(options: GenerateOptions, changes: Partial<CheckContext> = {}): Fault {
  const faults = faultsOf(options, changes);
  assert.equal(faults.length, 1);
  return faults[0] as Fault;
}

describe('a request', () => {
  it('takes its defaults from the card', () => {
    assert.deepEqual(check({}).request, {
      prompt: 'a red apple',
      typedPrompt: 'a red apple',
      negative: '',
      width: 1024,
      height: 1024,
      steps: 8,
      cfg: 1,
      seeds: [5, 6, 7, 8],
      style: null,
      tile: 0,
      strength: null,
    });
  });

  it('accepts numbers as text, as flags bring them', () => {
    const { request } = check({
      size: '576x1024',
      steps: '12',
      cfg: '2.5',
      seed: '42',
      count: '2',
      tile: '256',
    });
    assert.deepEqual(
      [request.width, request.height, request.steps, request.cfg, request.seeds, request.tile],
      [576, 1024, 12, 2.5, [42, 43], 256],
    );
  });

  it('accepts names as phones write them, and full-width digits', () => {
    const { request } = check({
      size: '１０２４ｘ５１２',
      steps: '１２',
      preset: 'Draft',
      style: 'Retro',
    });
    assert.deepEqual(
      [request.width, request.height, request.steps, request.style],
      [1024, 512, 12, 'retro'],
    );
    assert.equal(check({ size: 'Portrait' }).request.width, 576);
  });

  it('wraps the seeds of its candidates at 2^32', () => {
    assert.deepEqual(check({ seed: 4294967294 }).request.seeds, [4294967294, 4294967295, 0, 1]);
  });

  it('puts the prompt into the style, whatever characters it has', () => {
    const { request } = check({ prompt: 'cup $& {prompt}', style: 'retro' });
    assert.equal(request.prompt, 'photo of cup $& {prompt}, film grain');
    assert.equal(request.typedPrompt, 'cup $& {prompt}');
    assert.equal(request.style, 'retro');
  });

  it('takes sizes and settings by name, and what is said beside a preset wins', () => {
    const named = check({ size: 'portrait', preset: 'final', steps: 30 }).request;
    assert.deepEqual([named.width, named.height, named.steps, named.cfg], [576, 1024, 30, 2]);
  });

  it('notes that a negative prompt is inert without guidance', () => {
    assert.match(check({ negative: 'blurry' }).notes.join(), /does nothing at cfg 1/);
    assert.deepEqual(check({}).notes, []);
  });

  it('notes that guidance doubles the time of a model made for cfg 1', () => {
    assert.match(check({ cfg: 3, negative: 'blurry' }).notes.join(), /doubles the time/);
  });

  it('takes count and size from initial latents', () => {
    const latents = { count: 2, size: { width: 512, height: 768 } };
    const { request } = check({}, { latents });
    assert.deepEqual([request.width, request.height, request.seeds.length], [512, 768, 2]);
    const faults = faultsOf({ count: 3, size: '1024x1024' }, { latents });
    assert.deepEqual(
      faults.map(({ field, nearest }) => [field, nearest]),
      [
        ['count', 2],
        ['size', '512x768'],
      ],
    );
  });
});

describe('a fault', () => {
  it('comes with all the others at once, one per field', () => {
    const faults = faultsOf({
      prompt: ' ',
      negative: 'word '.repeat(20),
      size: '1010x100',
      steps: 0,
      cfg: NaN,
      seed: -1,
      count: 5,
      style: 'reto',
      preset: 'fast',
      tile: 100,
      strength: 2,
    });
    const fields = [
      'preset',
      'style',
      'prompt',
      'negative',
      'size',
      'steps',
      'cfg',
      'seed',
      'count',
      'tile',
      'strength',
    ];
    assert.deepEqual(
      faults.map(({ field }) => field),
      fields,
    );
  });

  const cases: [
    name: string,
    options: GenerateOptions,
    field: string,
    nearest: Fault['nearest'],
    message: RegExp,
  ][] = [
    ['an empty prompt', { prompt: '' }, 'prompt', null, /prompt is empty/],
    ['a prompt of white space', { prompt: ' \n\t' }, 'prompt', null, /prompt is empty/],
    ['a prompt that nobody can see', { prompt: '\u200b\u2060' }, 'prompt', null, /prompt is empty/],
    ['a size named like a property', { size: 'constructor' }, 'size', '1024x1024', /WIDTHxHEIGHT/],
    ['a missing prompt', { prompt: undefined }, 'prompt', null, /prompt is empty/],
    [
      'a prompt over the token limit',
      { prompt: 'word '.repeat(15) },
      'prompt',
      null,
      /15 tokens: at most 12 fit. Take out about 3/,
    ],
    [
      'a prompt that its style makes too long',
      { prompt: 'word '.repeat(10), style: 'retro' },
      'prompt',
      null,
      /15 tokens/,
    ],
    [
      'a width off the grid',
      { size: '1010x1024' },
      'size',
      '1008x1024',
      /\(width 1010\): use multiples of 16 from 512 to 2048. Nearest: 1008x1024/,
    ],
    ['a size out of range', { size: '4096x64' }, 'size', '2048x512', /width 4096, height 64/],
    [
      'a size that is none',
      { size: 'big' },
      'size',
      '1024x1024',
      /write WIDTHxHEIGHT in pixels or portrait/,
    ],
    ['steps 0', { steps: 0 }, 'steps', 1, /steps 0 does not fit: use a whole number from 1 to 200/],
    ['steps 10^9', { steps: 1e9 }, 'steps', 200, /Nearest: 200/],
    ['steps 2.5', { steps: 2.5 }, 'steps', 3, /whole number/],
    ['steps in words', { steps: 'many' }, 'steps', null, /steps many/],
    ['steps of nothing', { steps: '' }, 'steps', null, /steps {2}does not fit/],
    ['cfg NaN', { cfg: NaN }, 'cfg', null, /cfg NaN/],
    ['cfg infinite', { cfg: 'Infinity' }, 'cfg', 30, /number from 1 to 30/],
    ['cfg 0', { cfg: 0 }, 'cfg', 1, /Nearest: 1/],
    ['seed -1', { seed: -1 }, 'seed', 0, /from 0 to 4294967295/],
    ['seed 2^32', { seed: 2 ** 32 }, 'seed', 4294967295, /Nearest: 4294967295/],
    ['seed 1.5', { seed: 1.5 }, 'seed', 2, /whole number/],
    ['count 0', { count: 0 }, 'count', 1, /count 0/],
    ['count 5', { count: 5 }, 'count', 4, /from 1 to 4/],
    [
      'an unknown style',
      { style: 'retor' },
      'style',
      'retro',
      /use one of retro, flat. Nearest: retro/,
    ],
    ['an unknown preset', { preset: 'slow' }, 'preset', null, /use one of draft, final/],
    ['a tile off the grid', { tile: 100 }, 'tile', 96, /multiple of 32 from 64 to 2048/],
    ['a tile that is too small', { tile: 32 }, 'tile', 64, /Nearest: 64/],
    ['strength without an image', { strength: 0.5 }, 'strength', null, /no image is given/],
  ];
  for (const [name, options, field, nearest, message] of cases) {
    it(`tells of ${name}: value, what is allowed, the nearest that fits`, () => {
      const fault = faultOf(options);
      assert.equal(fault.field, field);
      assert.equal(fault.nearest, nearest);
      assert.match(fault.message, message);
      assert.ok(fault.allowed.length > 0);
    });
  }

  it('tells of a strength that changes nothing', () => {
    assert.match(faultOf({ strength: 0 }, { hasImage: true }).message, /above 0 and at most 1/);
    assert.equal(faultOf({ strength: 1.2 }, { hasImage: true }).nearest, 1);
  });

  it('speaks Chinese where the person does', () => {
    assert.equal(
      faultOf({ size: '1010x1024' }, { locale: 'zh-CN' }).message,
      '尺寸 1010x1024 不可用（宽 1010）：请用 512–2048 之间 16 的倍数。最近的是 1008x1024。',
    );
  });

  it('names a nearest value that would be accepted', () => {
    for (const [, options, field, nearest] of cases) {
      if (nearest === null) continue;
      const corrected = { ...options, [field]: nearest };
      assert.doesNotThrow(() => check(corrected), `${field} ${nearest}`);
    }
  });
});

describe('a ratio', () => {
  it('becomes the size of that shape with the default area', () => {
    assert.deepEqual(ratioToSize('1:1', card), { size: '1024x1024' });
    assert.deepEqual(ratioToSize('3:2', card), { size: '1248x832' });
    assert.deepEqual(ratioToSize('9：１６', card), { size: '768x1360' });
  });

  it('keeps its shape where the default area has no room for it', () => {
    const small = { ...card, size: { ...card.size, default: '512x512', min: 512 } };
    assert.deepEqual(ratioToSize('2:1', small), { size: '1024x512' });
  });

  it('is refused past what the model draws, with the nearest that fits', () => {
    assert.deepEqual(ratioToSize('100:1', card), { most: 4, nearest: '4:1' });
    assert.deepEqual(ratioToSize('1:5', card), { most: 4, nearest: '1:4' });
    assert.deepEqual(ratioToSize('4:1', card), { size: '2048x512' });
  });

  it('is refused where it is none', () => {
    assert.equal(ratioToSize('wide', card), null);
    assert.equal(ratioToSize('0:3', card), null);
  });
});

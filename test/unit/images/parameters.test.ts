import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatParameters, parseParameters } from '#src/images/parameters.ts';
import { plainRecord, richRecord } from './pictures.ts';

describe('formatParameters', () => {
  it('writes the prompt and one line of settings', () => {
    assert.equal(
      formatParameters(plainRecord),
      'a red apple, flat illustration\n' +
        'Steps: 20, Sampler: Euler, CFG scale: 3, Seed: 7, Size: 128x96, ' +
        'Model hash: 0123456789, Model: pocket, Version: quartet 0.1.0',
    );
  });

  it('adds the negative prompt and the strength where there are any, and quotes separators', () => {
    const text = formatParameters({
      ...richRecord,
      prompt: '火箭',
      model: { name: 'mine, "new"', fingerprint: 'abc' },
    });
    assert.equal(
      text,
      '火箭\nNegative prompt: 模糊, 变形\n' +
        'Steps: 20, Sampler: Euler, CFG scale: 3.5, Seed: 4294967295, Size: 128x96, ' +
        'Model hash: abc, Model: "mine, \\"new\\"", Denoising strength: 0.6, Version: quartet 0.1.0',
    );
  });
});

describe('parseParameters', () => {
  it('reads back what was written', () => {
    for (const record of [plainRecord, richRecord]) {
      const { prompt, negative, steps, cfg, seed, width, height } = record;
      assert.deepEqual(parseParameters(formatParameters(record)), {
        prompt, negative, steps, cfg, seed, size: { width, height },
      }); // prettier-ignore
    }
  });

  it('reads several lines of prompts and quoted values of another program', () => {
    const text =
      'castle,\nat night\r\nNegative prompt: blurry,\nugly\n' +
      'Steps: 30, Sampler: DPM++ 2M Karras, Lora hashes: "one: 12ab, Seed: 5", ' +
      'CFG scale: 6.5, Seed: 99, Size: 512x768, Clip skip: 2';
    assert.deepEqual(parseParameters(text), {
      prompt: 'castle,\nat night',
      negative: 'blurry,\nugly',
      steps: 30,
      cfg: 6.5,
      seed: 99,
      size: { width: 512, height: 768 },
    });
  });

  it('leaves out what is missing or cannot be used', () => {
    assert.deepEqual(
      parseParameters('x\nSteps: many, CFG scale: , Seed: 4294967296, Size: big, Model: m'),
      { prompt: 'x', negative: '' },
    );
  });

  it('takes a text without settings as a prompt', () => {
    for (const prompt of ['', 'a cat', 'a sign that says Steps: 3', 'a clock: 12, hands: two']) {
      assert.deepEqual(parseParameters(prompt), { prompt, negative: '' });
    }
  });

  it('reads settings without a prompt', () => {
    const { prompt, steps } = parseParameters('Steps: 4, Seed: 1, CFG scale: 1');
    assert.deepEqual({ prompt, steps }, { prompt: '', steps: 4 });
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import type { Fault } from '#src/errors.ts';
import { readPictureSettings } from '#src/images/metadata.ts';
import { readTensor } from '#src/onnx/safetensors.ts';
import {
  goldenFolder,
  largestDifference,
  readGolden,
  readGoldenCase,
  tinyModel,
} from '../helpers/golden.ts';
import { runCli, startCli } from '../helpers/run-cli.ts';

interface Success {
  images: { path: string; seed: number; width: number; height: number }[];
  seconds: number;
  metadata: {
    pictures: { seconds: Record<string, number>; peakBytes: number }[];
    model: { fingerprint: string };
  };
}
interface Failure {
  error: { code: string; message: string; faults: Fault[] };
}

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'quartet-cli-'));
});
after(() => rmSync(folder, { recursive: true }));

const small = ['--model', tinyModel, '--size', '64x48', '--steps', '2'];

async function generate(...args: string[]): Promise<Success> {
  const { code, stdout, stderr } = await runCli(['generate', ...args, '--json'], folder);
  assert.equal(code, 0, stderr + stdout);
  return JSON.parse(stdout) as Success;
}

async function fails(...args: string[]): Promise<Failure['error'] & { exit: number | null }> {
  const { code, stdout } = await runCli(['generate', ...args, '--json'], folder);
  return { ...(JSON.parse(stdout) as Failure).error, exit: code };
}

const pixelsOf = (path: string) => sharp(path).raw().toBuffer();

describe('quartet generate', () => {
  it('writes four pictures of the built-in model, of the seeds that follow each other', async () => {
    const { code, stdout } = await runCli(
      [
        'generate',
        '--prompt',
        'a red apple, flat illustration',
        '--count',
        '4',
        '--seed',
        '7',
        '--output',
        'apples',
      ],
      folder,
    );
    assert.equal(code, 0);
    const files = readdirSync(join(folder, 'apples')).sort();
    assert.equal(files.length, 4);
    assert.equal(stdout.trim().split('\n').length, 4);
    for (const file of files) {
      const settings = readPictureSettings(readFileSync(join(folder, 'apples', file)));
      assert.ok(settings.source === 'quartet' && [7, 8, 9, 10].includes(settings.record.seed));
    }
  });

  it('prints one JSON object with absolute paths, seconds per stage and peak memory', async () => {
    const { images, seconds, metadata } = await generate(
      ...small,
      '--prompt',
      'x',
      '--seed',
      '4294967295',
      '--count',
      '2',
    );
    assert.deepEqual(
      images.map(({ seed, width, height }) => [seed, width, height]),
      [
        [4294967295, 64, 48],
        [0, 64, 48],
      ],
    );
    assert.ok(images.every(({ path }) => isAbsolute(path) && existsSync(path)));
    assert.ok(seconds > 0);
    assert.ok(
      metadata.pictures.every(
        (picture) => picture.peakBytes > 1e6 && (picture.seconds.denoise ?? 0) > 0,
      ),
    );
  });

  it('never overwrites a picture in a folder', async () => {
    const once = await generate(
      ...small,
      '--prompt',
      'same',
      '--seed',
      '1',
      '--count',
      '1',
      '--output',
      'twice',
    );
    const twice = await generate(
      ...small,
      '--prompt',
      'same',
      '--seed',
      '1',
      '--count',
      '1',
      '--output',
      'twice',
    );
    assert.deepEqual(
      [once, twice].map(({ images }) => basename(images[0]?.path ?? '')),
      ['same-1.png', 'same-1-2.png'],
    );
  });

  it('repeats a picture from its file to identical bytes', async () => {
    const first = await generate(
      '--prompt',
      '红苹果',
      '--negative',
      'blue',
      '--style',
      'flat',
      '--seed',
      '9',
      '--steps',
      '3',
      '--output',
      'a.png',
    );
    const again = await generate('--from', 'a.png', '--output', 'b.png');
    assert.equal(again.images[0]?.seed, 9);
    assert.deepEqual(
      readFileSync(join(folder, 'b.png')),
      readFileSync(first.images[0]?.path ?? ''),
    );
    const changed = await generate('--from', 'a.png', '--seed', '10', '--output', 'c.png');
    assert.notDeepEqual(
      await pixelsOf(changed.images[0]?.path ?? ''),
      await pixelsOf(join(folder, 'a.png')),
    );
  });

  it('refuses to repeat a picture of other weights, and of a file that says nothing', async () => {
    await generate(...small, '--prompt', 'x', '--output', 'tiny.png');
    const other = await fails('--from', 'tiny.png');
    assert.deepEqual([other.code, other.exit], ['MODEL_NOT_FOUND', 2]);
    await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toFile(join(folder, 'plain.png'));
    const plain = await fails('--from', 'plain.png');
    assert.deepEqual(
      [plain.code, plain.exit, plain.faults[0]?.field],
      ['INVALID_REQUEST', 2, 'from'],
    );
  });

  it('draws from a picture, and enlarges one by a second pass, both repeatable', async () => {
    await generate(...small, '--prompt', 'x', '--seed', '3', '--output', 'base.png');
    await generate(
      ...small,
      '--prompt',
      'y',
      '--image',
      'base.png',
      '--strength',
      '0.5',
      '--seed',
      '4',
      '--output',
      'varied.png',
    );
    await generate(
      '--model',
      tinyModel,
      '--from',
      'base.png',
      '--enlarge',
      '--output',
      'large.png',
    );
    assert.deepEqual(
      (({ width, height }) => [width, height])(await sharp(join(folder, 'large.png')).metadata()),
      [128, 96],
    );
    await generate(
      '--model',
      tinyModel,
      '--from',
      'large.png',
      '--image',
      'base.png',
      '--output',
      'large-again.png',
    );
    assert.deepEqual(
      await pixelsOf(join(folder, 'large-again.png')),
      await pixelsOf(join(folder, 'large.png')),
    );
    const missing = await fails('--model', tinyModel, '--from', 'varied.png');
    assert.deepEqual(
      missing.faults.map(({ field }) => field),
      ['image'],
    );
    const wrong = await fails('--model', tinyModel, '--from', 'varied.png', '--image', 'large.png');
    assert.match(wrong.faults[0]?.message ?? '', /another file than the one/);
  });

  for (const name of ['square', 'padded-cfg']) {
    it(`gives the reference's latents and picture for ${name}, by its flags alone`, async () => {
      const { prompt, negative, steps, cfg, count } = readGoldenCase(name);
      const { images } = await generate(
        '--model', tinyModel, '--prompt', prompt, '--negative', negative, '--steps', String(steps), '--cfg', String(cfg),
        '--init-latents', join(goldenFolder, `${name}.init.safetensors`), '--save-latents', `${name}.safetensors`, '--output', name,
      ); // prettier-ignore
      assert.equal(images.length, count);
      const saved = readTensor(join(folder, `${name}.safetensors`), 'latents');
      const expected = readGolden(name, 'final_latents');
      assert.deepEqual(saved.shape, expected.shape);
      assert.ok(largestDifference(saved.data, expected.data) <= 2e-4);
      const levels = Buffer.concat(await Promise.all(images.map(({ path }) => pixelsOf(path))));
      const reference = readGolden(name, 'image').data.map((value) => Math.round(255 * value));
      assert.ok(largestDifference(levels, reference) <= 1);
    });
  }

  it('stops with 130 on Ctrl-C and leaves no half-written file', async () => {
    const { child, result } = startCli(
      ['generate', '--prompt', 'x', '--steps', '200', '--output', 'cancelled'],
      folder,
    );
    await once(child.stderr, 'data').catch(() => {});
    child.kill('SIGINT');
    assert.equal((await result).code, 130);
    const left = existsSync(join(folder, 'cancelled'))
      ? readdirSync(join(folder, 'cancelled'))
      : [];
    assert.ok(
      left.every((file) => file.endsWith('.png')),
      left.join(),
    );
  });
});

describe('a bad request', () => {
  it('is told with every fault at once, on standard error and with exit code 2', async () => {
    const { code, stdout, stderr } = await runCli(
      [
        'generate',
        '--prompt',
        '',
        '--size',
        '100x1010',
        '--steps',
        '0',
        '--cfg',
        'NaN',
        '--seed',
        '-1',
        '--count',
        '5',
        '--style',
        'flaat',
        '--bogus',
        '--output',
        '/dev/null/x',
      ],
      folder,
    );
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.equal(stderr.trim().split('\n').length, 9);
    for (const field of [
      'prompt',
      'size',
      'steps',
      'cfg',
      'seed',
      'count',
      'style',
      'bogus',
      'output',
    ])
      assert.match(stderr, new RegExp(field));
  });

  const cases: [name: string, args: string[], field: string][] = [
    ['an empty prompt', ['--prompt', ''], 'prompt'],
    ['a prompt over the token limit', ['--prompt', 'apple '.repeat(600)], 'prompt'],
    ['a prompt without quotes', ['--prompt', 'a', 'red', 'apple'], 'prompt'],
    ['a size off the grid', ['--prompt', 'x', '--size', '100x100'], 'size'],
    ['a size out of range', ['--prompt', 'x', '--size', '4096x4096'], 'size'],
    ['steps 0', ['--prompt', 'x', '--steps', '0'], 'steps'],
    ['steps 10^9', ['--prompt', 'x', '--steps', '1000000000'], 'steps'],
    ['cfg NaN', ['--prompt', 'x', '--cfg', 'NaN'], 'cfg'],
    ['seed -1', ['--prompt', 'x', '--seed', '-1'], 'seed'],
    ['seed 2^32', ['--prompt', 'x', '--seed', '4294967296'], 'seed'],
    ['count 0', ['--prompt', 'x', '--count', '0'], 'count'],
    ['count 5', ['--prompt', 'x', '--count', '5'], 'count'],
    ['an output that cannot be written', ['--prompt', 'x', '--output', '/dev/null/out'], 'output'],
    [
      'one file for four pictures',
      ['--prompt', 'x', '--output', 'x.png', '--count', '4'],
      'output',
    ],
    [
      'latents of the wrong shape',
      ['--prompt', 'x', '--init-latents', join(goldenFolder, 'square.init.safetensors')],
      'init-latents',
    ],
    [
      'latents that are not there',
      ['--prompt', 'x', '--init-latents', 'nothing.safetensors'],
      'init-latents',
    ],
    ['a picture that is not there', ['--prompt', 'x', '--image', 'nothing.png'], 'image'],
    ['enlarging nothing', ['--prompt', 'x', '--enlarge'], 'enlarge'],
    ['a flag without its value', ['--prompt', 'x', '--seed'], 'seed'],
    ['a flag given twice', ['--prompt', 'x', '--prompt', 'y'], 'prompt'],
  ];
  for (const [name, args, field] of cases) {
    it(`of ${name} names the field`, async () => {
      const { exit, code, faults } = await fails(...args);
      assert.deepEqual([exit, code], [2, 'INVALID_REQUEST']);
      assert.deepEqual([...new Set(faults.map((fault) => fault.field))], [field]);
      assert.ok(faults.every(({ message, allowed }) => message && allowed));
    });
  }

  it('of an unknown model lists the known ones', async () => {
    const { exit, code, faults } = await fails('--prompt', 'x', '--model', 'pockett');
    assert.deepEqual(
      [exit, code, faults[0]?.field, faults[0]?.nearest],
      [2, 'MODEL_NOT_FOUND', 'model', 'pocket'],
    );
  });

  it('of a file where the folder should be is told before anything is drawn', async () => {
    writeFileSync(join(folder, 'taken'), '');
    const { exit, faults } = await fails('--prompt', 'x', '--output', 'taken');
    assert.deepEqual([exit, faults[0]?.field], [2, 'output']);
  });

  it('of a device that is not there fails with its code, without a fallback', async () => {
    const { exit, code } = await fails('--prompt', 'x', '--device', 'dml');
    assert.deepEqual([exit, code], [1, 'DEVICE_UNAVAILABLE']);
  });

  it('of an unknown command names the commands', async () => {
    const { code, stderr } = await runCli(['generat'], folder);
    assert.equal(code, 2);
    assert.match(stderr, /Did you mean generate\?/);
  });
});

describe('quartet model', () => {
  it('imports, lists and checks', async () => {
    const imported = await runCli(['model', 'import', tinyModel, '--name', 'tiny'], folder);
    assert.equal(imported.code, 0, imported.stderr);
    assert.match((await runCli(['model', 'list'], folder)).stdout, /pocket .*built in\ntiny /);
    assert.match(
      (await runCli(['model', 'check', 'tiny'], folder)).stdout,
      /tiny is complete: text_encoder \d+ tensors/,
    );
    assert.equal((await runCli(['model', 'import', tinyModel, '--name', 'tiny'], folder)).code, 2);
    assert.equal((await runCli(['model', 'import', folder], folder)).code, 1);
    assert.equal((await runCli(['model'], folder)).code, 2);
  });
});

describe('quartet doctor', () => {
  it('prints what is there and what is missing', async () => {
    const { code, stdout } = await runCli(['doctor'], folder);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /✓ devices: .*cpu/);
    assert.match(stdout, /✓ model pocket: complete/);
  });

  it('fails and names the fix when the wanted device is missing', async () => {
    const { code, stdout } = await runCli(['doctor', '--device', 'dml'], folder);
    assert.equal(code, 1);
    assert.match(stdout, /✗ devices: .*\n.*→ dml is not there/);
  });
});

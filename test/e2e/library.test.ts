import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { AppError, createGenerator } from 'quartet';
import { tinyModel } from '../helpers/golden.ts';

const example = join(import.meta.dirname, '../../docs/examples/library.ts');

describe('the library', () => {
  it('runs its documented example', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quartet-example-'));
    const { stdout } = await promisify(execFile)(process.execPath, [example], { cwd: folder });
    assert.match(stdout, /^2 pictures in \d+\.\d s on cpu\n$/);
    assert.deepEqual(readdirSync(folder).sort(), ['apple-7.png', 'apple-8.png']);
    rmSync(folder, { recursive: true });
  });

  it('is documented by exactly that example', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/library.md'), 'utf8');
    assert.ok(page.includes(readFileSync(example, 'utf8').trim()));
  });

  it('hands over each image as it is ready, and keeps one engine for all requests', async () => {
    const generator = createGenerator({ model: tinyModel, device: 'cpu' });
    const order: string[] = [];
    const request = { prompt: 'x', size: '32x32', steps: 2, count: 2, seed: 1 };
    const { images } = await generator.generate(request, {
      onStep: ({ candidate, step }) => order.push(`${candidate}:${step}`),
      onImage: (_, candidate) => void order.push(`image ${candidate}`),
    });
    assert.ok(order.indexOf('image 0') > order.indexOf('0:2'));
    const again = await generator.generate(request);
    assert.deepEqual(
      again.images.map(({ png }) => png),
      images.map(({ png }) => png),
    );
    await generator.close();
  });

  it('throws an AppError with all faults', async () => {
    const generator = createGenerator({ model: tinyModel });
    await assert.rejects(generator.generate({ prompt: '', steps: 0 }), (thrown) => {
      assert.ok(thrown instanceof AppError);
      return thrown.code === 'INVALID_REQUEST' && thrown.faults.length === 2;
    });
    await generator.close();
  });

  it('can be cancelled', async () => {
    const generator = createGenerator({ model: tinyModel });
    const cancel = new AbortController();
    const drawing = generator.generate(
      { prompt: 'x', steps: 100 },
      { signal: cancel.signal, onStep: () => cancel.abort() },
    );
    await assert.rejects(drawing, { code: 'CANCELLED' });
    await generator.close();
  });
});

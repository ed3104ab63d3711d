import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resizePicture } from '#src/images/resize.ts';
import { makePicture } from './pictures.ts';

describe('resizePicture', () => {
  it('gives exactly the size, without cropping', async () => {
    const resized = await resizePicture(makePicture(32, 16), { width: 24, height: 40 });
    assert.equal(resized.width, 24);
    assert.equal(resized.height, 40);
    assert.equal(resized.pixels.length, 24 * 40 * 3);
  });

  it('keeps one colour one colour', async () => {
    const grey = { width: 8, height: 8, pixels: new Uint8Array(192).fill(99) };
    for (const side of [4, 8, 24]) {
      const { pixels } = await resizePicture(grey, { width: side, height: side });
      assert.ok(pixels.every((value) => value === 99));
    }
  });

  it('keeps every pixel when the size stays', async () => {
    const picture = makePicture(16, 8);
    assert.deepEqual(await resizePicture(picture, { width: 16, height: 8 }), picture);
  });

  it('repeats pixels with the nearest kernel and blends them otherwise', async () => {
    const picture = { width: 2, height: 1, pixels: Uint8Array.of(0, 0, 0, 200, 200, 200) };
    const size = { width: 8, height: 1 };
    const nearest = await resizePicture(picture, size, 'nearest');
    assert.deepEqual(new Set(nearest.pixels), new Set([0, 200]));
    const smooth = await resizePicture(picture, size);
    assert.ok(new Set(smooth.pixels).size > 2);
  });
});

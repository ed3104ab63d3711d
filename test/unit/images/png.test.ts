import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { encodePng, readPicture } from '#src/images/png.ts';
import { readPngTexts } from '#src/images/png-chunks.ts';
import type { Picture } from '#src/types/model.ts';
import sharp from 'sharp';
import { makePicture } from './pictures.ts';

function pixelAt({ pixels, width }: Picture, x: number, y: number): number[] {
  const start = (y * width + x) * 3;
  return [...pixels.subarray(start, start + 3)];
}

describe('encodePng', () => {
  it('keeps every pixel', async () => {
    const picture = makePicture(48, 20);
    assert.deepEqual(await readPicture(await encodePng(picture)), picture);
  });

  it('gives the same bytes for the same picture and texts', async () => {
    const texts = [{ keyword: 'parameters', text: '火箭' }];
    const first = await encodePng(makePicture(64, 64), texts);
    assert.deepEqual(first, await encodePng(makePicture(64, 64), texts));
    assert.deepEqual(readPngTexts(first), texts);
  });

  it('writes 8-bit RGB without a palette', async () => {
    const white = { width: 4, height: 4, pixels: new Uint8Array(48).fill(255) };
    const header = (await encodePng(white)).subarray(24, 29);
    assert.deepEqual([...header], [8, 2, 0, 0, 0]);
  });
});

describe('readPicture', () => {
  it('reads a file by its path', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quartet-png-'));
    try {
      const path = join(folder, 'picture.png');
      writeFileSync(path, await encodePng(makePicture(8, 8)));
      assert.deepEqual(await readPicture(path), makePicture(8, 8));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('puts see-through parts on white', async () => {
    const clear = { r: 255, g: 0, b: 0, alpha: 0 };
    const png = await sharp({ create: { width: 2, height: 2, channels: 4, background: clear } })
      .png()
      .toBuffer();
    assert.deepEqual(pixelAt(await readPicture(png), 1, 1), [255, 255, 255]);
  });

  it('turns a photo upright as its EXIF data says', async () => {
    const jpeg = await sharp(makePicture(32, 16).pixels, {
      raw: { width: 32, height: 16, channels: 3 },
    })
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { width, height } = await readPicture(jpeg);
    assert.deepEqual({ width, height }, { width: 16, height: 32 });
  });

  it('gives three channels of 8 bits for grey and for 16-bit pictures', async () => {
    const grey = await sharp(Buffer.alloc(4, 128), { raw: { width: 2, height: 2, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    assert.deepEqual(pixelAt(await readPicture(grey), 0, 0), [128, 128, 128]);
    const deep = await sharp(new Uint16Array(12).fill(0x8080), {
      raw: { width: 2, height: 2, channels: 3 },
    })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    assert.equal(deep[24], 16);
    const picture = await readPicture(deep);
    assert.equal(picture.pixels.length, 12);
    assert.deepEqual(pixelAt(picture, 0, 0), [128, 128, 128]);
  });

  it('refuses more pixels than allowed', async () => {
    const png = await encodePng(makePicture(20, 20));
    await assert.rejects(readPicture(png, { maxPixels: 399 }), {
      code: 'INVALID_REQUEST',
      message: /The file cannot be used as a picture: .*pixel/,
    });
    assert.equal((await readPicture(png, { maxPixels: 400 })).width, 20);
  });

  it('refuses a file that is broken, cut off, empty or missing', async () => {
    const png = await encodePng(makePicture(64, 64));
    const damaged = Buffer.from(png);
    damaged.fill(0, 60, 90);
    const jpeg = await sharp(png).jpeg().toBuffer();
    const cutJpeg = jpeg.subarray(0, jpeg.length / 2);
    for (const bytes of [
      damaged,
      cutJpeg,
      png.subarray(0, 150),
      Buffer.from('text'),
      Buffer.alloc(0),
    ]) {
      await assert.rejects(readPicture(bytes), {
        code: 'INVALID_REQUEST',
        message: /^The file cannot be used as a picture: .+ Give a PNG/,
      });
    }
    await assert.rejects(readPicture('/nowhere/picture.png'), {
      code: 'INVALID_REQUEST',
      message: /^\/nowhere\/picture\.png cannot be used as a picture: the file is missing/,
    });
  });

  it('refuses kinds that are drawn by a program, such as SVG', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>');
    await assert.rejects(readPicture(svg), { code: 'INVALID_REQUEST', message: /kind svg/ });
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { calibrationPicture, fitPreview, renderPreview } from '#models/latents/preview.ts';
import { toByte } from '#models/latents/pixels.ts';
import { candidateNoise, turnTowards } from '#models/latents/start.ts';
import { forEachTile } from '#models/latents/tiling.ts';
import { createGenerator, randn } from '#models/latents/noise.ts';
import {
  bufferedFrequencies,
  imagePositions,
  padTokens,
  ropeFrequencies,
} from '#models/z-image/rope.ts';

describe('8-bit colours', () => {
  it('map -1 to 0 and 1 to 255 and clamp what lies outside', () => {
    assert.deepEqual([-5, -1, 0.999_999, 1, 7].map(toByte), [0, 0, 255, 255, 255]);
  });

  it('round half to even', () => {
    // 127.5 goes up to the even 128, 76.5 down to the even 76.
    assert.deepEqual([0, -0.4].map(toByte), [128, 76]);
  });

  it('give black for what is no number', () => {
    assert.equal(toByte(NaN), 0);
  });
});

describe('tiles', () => {
  const identity = async (height: number, width: number, tile: number) => {
    const out = new Float32Array(height * width);
    let largest = 0;
    await forEachTile(
      { height, width, tile, scale: 1, channels: 1 },
      async (top, left, h, w) => {
        largest = Math.max(largest, h * w);
        return {
          height: h,
          width: w,
          data: Float32Array.from(
            { length: h * w },
            (_, i) => (top + Math.floor(i / w)) * 1000 + left + (i % w),
          ),
        };
      },
      (part, top, left) => {
        for (let y = 0; y < part.height; y += 1) {
          out.set(
            part.data.subarray(y * part.width, (y + 1) * part.width),
            (top + y) * width + left,
          );
        }
      },
    );
    return { out, largest };
  };

  it('blend to the untiled result where tiles agree, whatever the sizes', async () => {
    for (const [height, width, tile] of [
      [8, 8, 8],
      [9, 30, 8],
      [31, 17, 8],
      [40, 40, 12],
    ] as const) {
      const { out, largest } = await identity(height, width, tile);
      assert.deepEqual(
        [...out],
        Array.from(
          { length: height * width },
          (_, i) => Math.floor(i / width) * 1000 + (i % width),
        ),
      );
      assert.ok(largest <= tile * tile);
    }
  });
});

describe('a preview', () => {
  it('recovers colours that depend linearly on the latents', () => {
    const { colours } = calibrationPicture(1);
    const cells = colours.length / 3;
    const mix = (r: number, g: number, b: number) => [r - g, 2 * b + 0.1, r + g + b] as const;
    const latents = Float32Array.from({ length: cells * 3 }, (_, i) => {
      const cell = Math.floor(i / 3) * 3;
      return mix(colours[cell] as number, colours[cell + 1] as number, colours[cell + 2] as number)[
        i % 3
      ] as number;
    });
    const map = fitPreview(latents, colours, 3);
    const [x, y, z] = mix(1, 0.2, 0.6);
    assert.deepEqual(
      [...renderPreview(map, Float32Array.of(x, y, z), 1, 1).pixels],
      [255, 51, 153],
    );
  });

  it('is calibrated on all 64 colours of four levels', () => {
    const { colours } = calibrationPicture(2);
    const seen = new Set(
      Array.from({ length: colours.length / 3 }, (_, i) => colours.slice(i * 3, i * 3 + 3).join()),
    );
    assert.equal(seen.size, 64);
  });
});

describe('variations', () => {
  const size = 4096;
  const distance = (a: Float32Array, b: Float32Array) =>
    Math.sqrt(a.reduce((sum, v, i) => sum + (v - (b[i] as number)) ** 2, 0) / size);

  it('of strength 0 are the base seed, of strength 1 their own', () => {
    const base = randn(1, [size]);
    const own = randn(2, [size]);
    assert.ok(
      distance(candidateNoise(createGenerator(2), size, { baseSeed: 1, strength: 0 }), base) < 1e-6,
    );
    assert.ok(
      distance(candidateNoise(createGenerator(2), size, { baseSeed: 1, strength: 1 }), own) < 1e-6,
    );
  });

  it('stay close to the base for a small strength and keep unit variance', () => {
    const near = candidateNoise(createGenerator(2), size, { baseSeed: 1, strength: 0.2 });
    const away = distance(near, randn(1, [size]));
    assert.ok(away > 0.2 && away < 0.5, `${away}`);
    const variance = near.reduce((sum, v) => sum + v * v, 0) / size;
    assert.ok(Math.abs(variance - 1) < 0.05, `${variance}`);
  });

  it('of a variation start exactly where that one did', () => {
    const first = candidateNoise(createGenerator(2), size, { baseSeed: 1, strength: 0.3 });
    const via = [{ seed: 2, strength: 0.3 }];
    const second = { baseSeed: 1, via, strength: 0 };
    assert.deepEqual(candidateNoise(createGenerator(3), size, second), first);
  });

  it('give the same noise back for the same two noises', () => {
    const noise = randn(3, [64]);
    assert.deepEqual(turnTowards(noise, noise, 0.5), noise);
  });
});

describe('rotary positions', () => {
  it('fill the image up to a multiple of 32 at the origin', () => {
    const positions = [...imagePositions(5, 7, 64)];
    assert.equal(positions.length, padTokens(35));
    assert.deepEqual(positions[0], [65, 0, 0]);
    assert.deepEqual(positions[34], [65, 4, 6]);
    assert.deepEqual(positions[35], [0, 0, 0]);
  });

  it('use 256^(-2k/d): powers of 2^(-1/2) for 32 and of 2^(-1/3) for 48', () => {
    assert.ok(Math.abs((ropeFrequencies(32, 256)[1] as number) - Math.SQRT1_2) < 1e-8);
    assert.ok(Math.abs((ropeFrequencies(48, 256)[2] as number) - 0.629_960_52) < 1e-8);
  });

  it('round buffered frequencies to the declared type', () => {
    const third = (type: 'float32' | 'bfloat16' | 'float16') =>
      bufferedFrequencies(8, 1e6, type)[1] as number;
    assert.equal(third('float32'), Math.fround(1e6 ** -0.25));
    assert.equal(third('bfloat16'), 0.031_738_281_25);
    assert.equal(third('float16'), Math.f16round(1e6 ** -0.25));
  });
});

import type { Picture } from '#src/types/model.ts';
import type { Block } from './tiling.ts';

/**
 * One channel from the VAE's nominal -1 … 1 to 8 bits: v/2 + 1/2 in float32, clamped, times 255,
 * rounded half to even, as the reference's image processor does.
 */
export function toByte(value: number): number {
  const unit = Math.fround(Math.fround(value * 0.5) + 0.5);
  const scaled = Math.fround((unit > 0 ? Math.min(unit, 1) : 0) * 255);
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  if (rest !== 0.5) return rest > 0.5 ? floor + 1 : floor;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Writes a finished part of a decoded image into the picture it belongs to. */
export function placePixels(picture: Picture, part: Block, top: number, left: number): void {
  const row = part.width * 3;
  for (let y = 0; y < part.height; y += 1) {
    const to = ((top + y) * picture.width + left) * 3;
    for (let i = 0; i < row; i += 1) {
      picture.pixels[to + i] = toByte(part.data[y * row + i] as number);
    }
  }
}

/** 8-bit RGB to the VAE encoder's input: float32 -1 … 1, `[height, width, 3]`. */
export function toUnitRange(pixels: Uint8Array): Float32Array {
  return Float32Array.from(pixels, (value) => (value / 255) * 2 - 1);
}

import type { Picture } from '#src/types/model.ts';

/**
 * A picture's rough colours straight from its latents, one pixel per cell: a linear map that is
 * fitted to the model's own VAE encoder, so it fits any checkpoint.
 */
export interface PreviewMap {
  /** Row-major `[channels + 1, 3]`; the last row is the constant. Colours are 0 … 1. */
  matrix: Float64Array;
  channels: number;
}

/** Cells a side of the calibration picture, and cells a side of one patch of colour in it. */
export const calibrationCells = 16;
const patchCells = 2;

/** A chequered picture of many colours, 8-bit RGB `[cells · scale, cells · scale, 3]`, and each cell's colour. */
export function calibrationPicture(scale: number): { picture: Picture; colours: Float64Array } {
  const side = calibrationCells * scale;
  const pixels = new Uint8Array(side * side * 3);
  const colours = new Float64Array(calibrationCells ** 2 * 3);
  for (let cell = 0; cell < calibrationCells ** 2; cell += 1) {
    const [row, column] = [Math.floor(cell / calibrationCells), cell % calibrationCells];
    const patch = Math.floor(row / patchCells) * 8 + Math.floor(column / patchCells);
    for (let c = 0; c < 3; c += 1) {
      // 64 patches: every combination of four levels per channel, scattered by a fixed stride.
      const level = (((patch * 27) % 64) >> (2 * c)) % 4;
      colours[cell * 3 + c] = level / 3;
      for (let y = 0; y < scale; y += 1) {
        for (let x = 0; x < scale; x += 1) {
          pixels[((row * scale + y) * side + column * scale + x) * 3 + c] = level * 85;
        }
      }
    }
  }
  return { picture: { width: side, height: side, pixels }, colours };
}

/** Least squares of colours on latents, by the normal equations. `latents` is `[cells, channels]`. */
export function fitPreview(
  latents: Float32Array,
  colours: Float64Array,
  channels: number,
): PreviewMap {
  const unknowns = channels + 1;
  const width = unknowns + 3;
  const system = new Float64Array(unknowns * width);
  for (let cell = 0; cell < colours.length / 3; cell += 1) {
    const value = (i: number) => (i < channels ? (latents[cell * channels + i] as number) : 1);
    for (let i = 0; i < unknowns; i += 1) {
      for (let j = 0; j < unknowns; j += 1) system[i * width + j]! += value(i) * value(j);
      for (let c = 0; c < 3; c += 1) {
        system[i * width + unknowns + c]! += value(i) * (colours[cell * 3 + c] as number);
      }
    }
    // A trace of ridge keeps a channel that never changes from making the system singular.
  }
  for (let i = 0; i < unknowns; i += 1) system[i * width + i]! += 1e-3;
  return { matrix: solve(system, unknowns, width), channels };
}

/** Gauss-Jordan elimination of a symmetric positive system with three right-hand sides. */
function solve(system: Float64Array, unknowns: number, width: number): Float64Array {
  for (let pivot = 0; pivot < unknowns; pivot += 1) {
    const head = system[pivot * width + pivot] as number;
    for (let j = pivot; j < width; j += 1) system[pivot * width + j]! /= head;
    for (let i = 0; i < unknowns; i += 1) {
      if (i === pivot) continue;
      const factor = system[i * width + pivot] as number;
      for (let j = pivot; j < width; j += 1) {
        system[i * width + j]! -= factor * (system[pivot * width + j] as number);
      }
    }
  }
  const matrix = new Float64Array(unknowns * 3);
  for (let i = 0; i < unknowns; i += 1) {
    matrix.set(system.subarray(i * width + unknowns, (i + 1) * width), i * 3);
  }
  return matrix;
}

/** @param latents float32 `[channels, height, width]`, an estimate of the clean latents. */
export function renderPreview(
  map: PreviewMap,
  latents: Float32Array,
  height: number,
  width: number,
): Picture {
  const cells = height * width;
  const pixels = new Uint8Array(cells * 3);
  for (let cell = 0; cell < cells; cell += 1) {
    for (let c = 0; c < 3; c += 1) {
      let value = map.matrix[map.channels * 3 + c] as number;
      for (let i = 0; i < map.channels; i += 1) {
        value += (latents[i * cells + cell] as number) * (map.matrix[i * 3 + c] as number);
      }
      pixels[cell * 3 + c] = Math.round(Math.min(Math.max(value, 0), 1) * 255);
    }
  }
  return { width, height, pixels };
}

import type { Picture, Size } from '#src/types/model.ts';
import type { FloatTensor } from '#src/types/runtime.ts';
import type { NoiseGenerator } from '../latents/noise.ts';
import { placePixels, toUnitRange } from '../latents/pixels.ts';
import {
  calibrationCells,
  calibrationPicture,
  fitPreview,
  type PreviewMap,
} from '../latents/preview.ts';
import { forEachTile, type Block } from '../latents/tiling.ts';
import type { VaeConfig } from './config.ts';
import type { Sessions } from './sessions.ts';

/** Pictures up to this side are decoded whole unless a tile is asked for. Unit: pixels. */
const largestWhole = 1024;
/** Range of the tile that is chosen for larger ones. Unit: pixels. */
const tileRange = { min: 512, max: 1024 };

/** Latents to picture and back. `tile` is a side in pixels; 0 chooses from the size. */
export interface Autoencoder {
  /** @param latents float32 `[channels, height / scale, width / scale]` as the denoiser leaves them. */
  decode(
    latents: Float32Array,
    size: Size,
    tile: number,
    beforeTile: () => Promise<void>,
  ): Promise<Picture>;
  /** The same before it is rounded to 8 bits: float32 `[height, width, 3]`, nominal range -1 to 1. */
  decodeFloat(latents: Float32Array, size: Size, tile: number): Promise<Float32Array>;
  /** Posterior of a picture: float32 `[height / scale, width / scale, 2 · channels]`. */
  encode(picture: Picture, tile: number): Promise<Posterior>;
  /** The colours of latents, fitted once. */
  previewMap(): Promise<PreviewMap>;
}

export interface Posterior {
  /** Mean + deviation · noise, scaled as the denoiser wants it: float32 `[channels, height, width]`. */
  sample(noise: NoiseGenerator): Float32Array;
  /** Without noise. */
  mean(): Float32Array;
}

export function createAutoencoder(config: VaeConfig, sessions: Sessions): Autoencoder {
  const { scale, channels } = config;
  let preview: Promise<PreviewMap> | undefined;

  /** Side of a tile in latent cells. */
  function tileCells({ width, height }: Size, tile: number): number {
    const longest = Math.max(width, height);
    if (tile > 0) return tile / scale;
    if (longest <= largestWhole) return longest / scale;
    return Math.min(Math.max(config.sampleSize, tileRange.min), tileRange.max) / scale;
  }

  /** Decodes tile by tile and hands on what is finished. */
  async function decodeTo(
    place: (part: Block, top: number, left: number) => void,
    latents: Float32Array,
    size: Size,
    tile: number,
    beforeTile: () => Promise<void>,
  ): Promise<void> {
    const session = await sessions.get('vaeDecoder');
    const grid = { height: size.height / scale, width: size.width / scale };
    await forEachTile(
      { ...grid, tile: tileCells(size, tile), scale, channels: 3 },
      async (top, left, height, width) => {
        await beforeTile();
        const data = cutLatents(latents, channels, grid, { top, left, height, width });
        const { image } = await session.run({
          latents: { dims: [1, channels, height, width], data },
        });
        return toBlock(image as FloatTensor);
      },
      place,
    );
  }

  async function encode(picture: Picture, tile: number): Promise<Posterior> {
    const session = await sessions.get('vaeEncoder');
    const grid = { height: picture.height / scale, width: picture.width / scale };
    const moments = new Float32Array(grid.height * grid.width * 2 * channels);
    const cells = { ...grid, tile: tileCells(picture, tile), scale: 1, channels: 2 * channels };
    await forEachTile(
      cells,
      async (top, left, height, width) => {
        const part = {
          top: top * scale,
          left: left * scale,
          height: height * scale,
          width: width * scale,
        };
        const image = {
          dims: [1, part.height, part.width, 3],
          data: toUnitRange(cutPixels(picture, part)),
        };
        return toBlock((await session.run({ image })).moments as FloatTensor);
      },
      (part, top, left) => placeBlock(moments, grid.width, part, top, left),
    );
    return createPosterior(config, moments, grid);
  }

  async function fit(): Promise<PreviewMap> {
    const { picture, colours } = calibrationPicture(scale);
    const latents = (await encode(picture, 0)).mean();
    const cells = calibrationCells ** 2;
    const rows = new Float32Array(latents.length);
    for (let i = 0; i < latents.length; i += 1) {
      rows[(i % cells) * channels + Math.floor(i / cells)] = latents[i] as number;
    }
    return fitPreview(rows, colours, channels);
  }

  return {
    async decode(latents, { width, height }, tile, beforeTile) {
      const picture = { width, height, pixels: new Uint8Array(width * height * 3) };
      const place = (part: Block, top: number, left: number) =>
        placePixels(picture, part, top, left);
      await decodeTo(place, latents, picture, tile, beforeTile);
      return picture;
    },
    async decodeFloat(latents, size, tile) {
      const image = new Float32Array(size.width * size.height * 3);
      const place = (part: Block, top: number, left: number) =>
        placeBlock(image, size.width, part, top, left);
      await decodeTo(place, latents, size, tile, () => Promise.resolve());
      return image;
    },
    encode,
    previewMap() {
      preview ??= fit();
      return preview;
    },
  };
}

/** @param moments float32 `[height, width, 2 · channels]`, mean before log variance. */
function createPosterior(
  config: VaeConfig,
  moments: Float32Array,
  grid: { height: number; width: number },
): Posterior {
  const { channels, scalingFactor, shiftFactor } = config;
  const cells = grid.height * grid.width;
  const compute = (noise: Float32Array | null) => {
    const latents = new Float32Array(channels * cells);
    for (let c = 0; c < channels; c += 1) {
      for (let cell = 0; cell < cells; cell += 1) {
        const mean = moments[cell * 2 * channels + c] as number;
        const logVariance = moments[cell * 2 * channels + channels + c] as number;
        const deviation = Math.exp(0.5 * Math.min(Math.max(logVariance, -30), 20));
        const value = mean + (noise ? deviation * (noise[c * cells + cell] as number) : 0);
        latents[c * cells + cell] = (value - shiftFactor) * scalingFactor;
      }
    }
    return latents;
  };
  return {
    sample: (noise) => compute(noise.randn([channels * cells])),
    mean: () => compute(null),
  };
}

/** Copies a part into a float grid of the same number of values per cell. */
function placeBlock(
  grid: Float32Array,
  gridWidth: number,
  part: Block,
  top: number,
  left: number,
): void {
  const values = part.data.length / (part.height * part.width);
  const row = part.width * values;
  for (let y = 0; y < part.height; y += 1) {
    grid.set(part.data.subarray(y * row, (y + 1) * row), ((top + y) * gridWidth + left) * values);
  }
}

function toBlock({ dims, data }: FloatTensor): Block {
  return { height: dims[1] as number, width: dims[2] as number, data };
}

interface Region extends Size {
  top: number;
  left: number;
}

function cutLatents(
  latents: Float32Array,
  channels: number,
  grid: Size,
  region: Region,
): Float32Array {
  const { top, left, height, width } = region;
  if (height === grid.height && width === grid.width) return latents;
  const part = new Float32Array(channels * height * width);
  for (let row = 0; row < channels * height; row += 1) {
    const [channel, y] = [Math.floor(row / height), row % height];
    const from = (channel * grid.height + top + y) * grid.width + left;
    part.set(latents.subarray(from, from + width), row * width);
  }
  return part;
}

function cutPixels(picture: Picture, { top, left, height, width }: Region): Uint8Array {
  const part = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y += 1) {
    const from = ((top + y) * picture.width + left) * 3;
    part.set(picture.pixels.subarray(from, from + width * 3), y * width * 3);
  }
  return part;
}

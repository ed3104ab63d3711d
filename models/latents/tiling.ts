/**
 * Work on a large grid tile by tile with blended seams, as diffusers' tiled VAE does it: tiles
 * overlap by a quarter, each is blended over the one above and the one to the left, and only
 * finished parts are handed on. Kept in memory are one tile, its left neighbour and the lower edges
 * of the row above, never the whole picture.
 *
 * Source: huggingface/diffusers, AutoencoderKL.tiled_decode.
 */

export interface TileGrid {
  /** Input cells. */
  height: number;
  width: number;
  /** Side of a tile in input cells, a multiple of 4; tiles at the edges are smaller. */
  tile: number;
  /** Output cells per input cell. */
  scale: number;
  /** Values per output cell. */
  channels: number;
}

/** Float32 `[height, width, channels]`, row-major. */
export interface Block {
  height: number;
  width: number;
  data: Float32Array;
}

/**
 * @param compute the tile at these input cells, in output cells.
 * @param place receives every finished part once; `top` and `left` are output cells.
 */
export async function forEachTile(
  grid: TileGrid,
  compute: (top: number, left: number, height: number, width: number) => Promise<Block>,
  place: (part: Block, top: number, left: number) => void,
): Promise<void> {
  const { tile, scale, channels } = grid;
  if (tile >= grid.height && tile >= grid.width) {
    place(await compute(0, 0, grid.height, grid.width), 0, 0);
    return;
  }
  const step = (tile * 3) / 4;
  const keep = step * scale;
  const overlap = tile * scale - keep;
  const edges = new Map<number, Block>();
  for (let top = 0; top < grid.height; top += step) {
    let left: Block | undefined;
    for (let column = 0; column < grid.width; column += step) {
      const height = Math.min(tile, grid.height - top);
      const width = Math.min(tile, grid.width - column);
      const block = await compute(top, column, height, width);
      const above = edges.get(column);
      if (above) blendRows(above, block, overlap, channels);
      if (left) blendColumns(left, block, overlap, channels);
      edges.set(column, lowerEdge(block, overlap, channels));
      left = block;
      place(crop(block, keep, channels), top * scale, column * scale);
    }
  }
}

/** block[y] = above[end - extent + y] · (1 - y/extent) + block[y] · y/extent, in place. */
function blendRows(above: Block, block: Block, overlap: number, channels: number): void {
  const extent = Math.min(above.height, block.height, overlap);
  const row = block.width * channels;
  for (let y = 0; y < extent; y += 1) {
    const weight = y / extent;
    const from = (above.height - extent + y) * row;
    for (let i = 0; i < row; i += 1) {
      block.data[y * row + i] =
        (above.data[from + i] as number) * (1 - weight) +
        (block.data[y * row + i] as number) * weight;
    }
  }
}

function blendColumns(left: Block, block: Block, overlap: number, channels: number): void {
  const extent = Math.min(left.width, block.width, overlap);
  for (let y = 0; y < block.height; y += 1) {
    for (let x = 0; x < extent; x += 1) {
      const weight = x / extent;
      const from = (y * left.width + left.width - extent + x) * channels;
      const to = (y * block.width + x) * channels;
      for (let c = 0; c < channels; c += 1) {
        block.data[to + c] =
          (left.data[from + c] as number) * (1 - weight) + (block.data[to + c] as number) * weight;
      }
    }
  }
}

function lowerEdge(block: Block, overlap: number, channels: number): Block {
  const height = Math.min(overlap, block.height);
  const data = block.data.slice((block.height - height) * block.width * channels);
  return { height, width: block.width, data };
}

function crop(block: Block, keep: number, channels: number): Block {
  const height = Math.min(keep, block.height);
  const width = Math.min(keep, block.width);
  if (width === block.width) {
    return { height, width, data: block.data.subarray(0, height * width * channels) };
  }
  const data = new Float32Array(height * width * channels);
  for (let y = 0; y < height; y += 1) {
    const from = y * block.width * channels;
    data.set(block.data.subarray(from, from + width * channels), y * width * channels);
  }
  return { height, width, data };
}

import type { FloatTensor } from '#src/types/runtime.ts';

/** Rows of cosines and sines, float32 `[tokens, angles]`, as the graphs take them. */
export interface RopeTables {
  rope_cos: FloatTensor;
  rope_sin: FloatTensor;
}

/** Position of a token on each axis. */
type Positions = readonly number[];

/** Frequencies of one axis: theta^(-2k / dim), k = 0 … dim/2 - 1. */
export function ropeFrequencies(dim: number, theta: number): number[] {
  return Array.from({ length: dim / 2 }, (_, k) => theta ** ((-2 * k) / dim));
}

/** The type a module's buffers have when the module is cast as a whole. */
export type BufferType = 'float32' | 'bfloat16' | 'float16';

const roundTo: Record<BufferType, (value: number) => number> = {
  float32: Math.fround,
  float16: Math.f16round,
  bfloat16(value) {
    const bits = new Uint32Array(Float32Array.of(value).buffer);
    const [word] = bits as unknown as [number];
    // Half to even on the upper 16 bits.
    bits[0] = word + 0x7fff + ((word >>> 16) & 1);
    bits[0] &= 0xffff_0000;
    return new Float32Array(bits.buffer)[0] as number;
  },
};

/**
 * The text encoder's frequencies. The reference holds them in a buffer that is cast together with
 * the weights, so a model that declares a 16-bit type turns by frequencies of that type.
 */
export function bufferedFrequencies(dim: number, theta: number, type: BufferType): number[] {
  return ropeFrequencies(dim, theta).map(roundTo[type]);
}

/**
 * Angles of each token: for every axis, position · frequency, the axes side by side. Computed in
 * float64 and rounded once, as the reference does.
 * @param axes frequencies of each axis
 */
export function ropeTables(positions: Iterable<Positions>, axes: number[][]): RopeTables {
  const cos: number[] = [];
  const sin: number[] = [];
  let tokens = 0;
  for (const position of positions) {
    tokens += 1;
    axes.forEach((frequencies, axis) => {
      for (const frequency of frequencies) {
        const angle = Math.fround((position[axis] ?? 0) * frequency);
        cos.push(Math.cos(angle));
        sin.push(Math.sin(angle));
      }
    });
  }
  const dims = [tokens, cos.length / Math.max(tokens, 1)];
  return {
    rope_cos: { dims, data: Float32Array.from(cos) },
    rope_sin: { dims, data: Float32Array.from(sin) },
  };
}

/** 0, 1, 2, … on one axis: the text encoder's positions. */
export function* textPositions(tokens: number): Generator<Positions> {
  for (let token = 0; token < tokens; token += 1) yield [token];
}

/** Caption row p, pads included, sits at (p + 1, 0, 0). */
export function* captionPositions(padded: number): Generator<Positions> {
  for (let row = 0; row < padded; row += 1) yield [row + 1, 0, 0];
}

/** Image token (i, j) sits at (padded caption length + 1, i, j); the image's pads sit at the origin. */
export function* imagePositions(
  rows: number,
  columns: number,
  captionRows: number,
): Generator<Positions> {
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) yield [captionRows + 1, i, j];
  }
  for (let token = rows * columns; token < padTokens(rows * columns); token += 1) yield [0, 0, 0];
}

/** Sequences are filled up to a multiple of 32 with learnt tokens. */
export function padTokens(tokens: number): number {
  return Math.ceil(tokens / 32) * 32;
}

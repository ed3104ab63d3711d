import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensorsHeader } from '#src/onnx/safetensors.ts';

/** Folder of the reference numbers; its README says where they come from. */
export const goldenFolder = join(import.meta.dirname, '../fixtures/golden');
export const tinyModel = join(goldenFolder, 'tiny-z-image');

export interface GoldenCase {
  name: string;
  prompt: string;
  negative: string;
  width: number;
  height: number;
  steps: number;
  cfg: number;
  count: number;
}

export function readGoldenCase(name: string): GoldenCase {
  return JSON.parse(readFileSync(join(goldenFolder, `${name}.json`), 'utf8')) as GoldenCase;
}

/** One of the case's reference tensors as numbers. */
export function readGolden(name: string, tensor: string): { shape: number[]; data: number[] } {
  const path = join(goldenFolder, `${name}.safetensors`);
  const entry = readSafetensorsHeader(path).get(tensor);
  if (!entry) throw new Error(`${path} has no tensor ${tensor}`);
  const bytes = readFileSync(path).subarray(entry.offset, entry.offset + entry.length);
  const aligned = new Uint8Array(bytes).buffer;
  const data =
    entry.dtype === 'I64'
      ? Array.from(new BigInt64Array(aligned), Number)
      : Array.from(new Float32Array(aligned));
  return { shape: entry.shape, data };
}

/** The largest absolute difference; NaN where a value is missing or no number. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return NaN;
  let largest = 0;
  for (let i = 0; i < expected.length; i += 1) {
    const difference = Math.abs((actual[i] as number) - (expected[i] as number));
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

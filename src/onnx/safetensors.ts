import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../errors.ts';

/** One tensor of a safetensors file. `offset` and `length` are bytes from the start of the file. */
export interface TensorEntry {
  dtype: string;
  shape: number[];
  offset: number;
  length: number;
}

/** A tensor's values with its shape, row-major. */
export interface FloatTensor {
  shape: number[];
  data: Float32Array;
}

const headerSchema = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(z.int().nonnegative()),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
);

const bytesPerElement: Record<string, number> = {
  BOOL: 1, U8: 1, I8: 1, F8_E4M3: 1, F8_E5M2: 1,
  I16: 2, U16: 2, F16: 2, BF16: 2,
  I32: 4, U32: 4, F32: 4,
  I64: 8, U64: 8, F64: 8,
}; // prettier-ignore

const largestHeaderBytes = 100_000_000;

/**
 * Reads a safetensors file's header and checks it against the file's size. No weights are read.
 *
 * @throws AppError MODEL_INVALID when the file is missing, truncated or no safetensors file.
 * Source: github.com/huggingface/safetensors, "Format".
 */
export function readSafetensorsHeader(path: string): Map<string, TensorEntry> {
  const file = openFile(path);
  try {
    const sizeBytes = fstatSync(file).size;
    const prefix = readRange(file, 0, 8);
    const headerBytes = prefix.length < 8 ? 0 : Number(prefix.readBigUInt64LE(0));
    if (headerBytes < 2 || headerBytes > largestHeaderBytes) {
      throw invalid(path, 'is not a safetensors file: its first eight bytes are no header length');
    }
    if (8 + headerBytes > sizeBytes) {
      throw invalid(
        path,
        `is cut off: its header needs ${8 + headerBytes} bytes, it has ${sizeBytes}`,
      );
    }
    return parseHeader(path, readRange(file, 8, headerBytes), 8 + headerBytes, sizeBytes);
  } finally {
    closeSync(file);
  }
}

function parseHeader(path: string, header: Buffer, dataStart: number, sizeBytes: number) {
  let json: unknown;
  try {
    json = JSON.parse(header.toString('utf8'));
  } catch (cause) {
    throw invalid(path, 'is not a safetensors file: its header is no JSON', cause);
  }
  if (typeof json === 'object' && json !== null && '__metadata__' in json) delete json.__metadata__;
  const parsed = headerSchema.safeParse(json);
  if (!parsed.success) {
    throw invalid(
      path,
      `has a header that does not fit the format: ${z.prettifyError(parsed.error)}`,
    );
  }
  const entries = new Map<string, TensorEntry>();
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [start, end],
    },
  ] of Object.entries(parsed.data)) {
    const expectedBytes = shape.reduce(
      (product, dim) => product * dim,
      bytesPerElement[dtype] ?? NaN,
    );
    if (Number.isFinite(expectedBytes) && end - start !== expectedBytes) {
      throw invalid(
        path,
        `says that tensor ${name} (${dtype} [${shape.join(', ')}]) has ${end - start} bytes instead of ${expectedBytes}`,
      );
    }
    if (dataStart + end > sizeBytes) {
      throw invalid(
        path,
        `is cut off: tensor ${name} ends at byte ${dataStart + end}, the file has ${sizeBytes}`,
      );
    }
    entries.set(name, { dtype, shape, offset: dataStart + start, length: end - start });
  }
  return entries;
}

/**
 * Reads one F32 tensor.
 * @throws AppError MODEL_INVALID when the file or the tensor is missing or has another dtype.
 */
export function readTensor(path: string, name: string): FloatTensor {
  const entries = readSafetensorsHeader(path);
  const entry = entries.get(name);
  if (!entry) {
    const known = [...entries.keys()].slice(0, 8).join(', ');
    throw invalid(path, `has no tensor named ${name}; it has ${known || 'none'}`);
  }
  if (entry.dtype !== 'F32') {
    throw invalid(path, `has tensor ${name} in ${entry.dtype}; F32 is needed`);
  }
  const file = openFile(path);
  try {
    const bytes = readRange(file, entry.offset, entry.length);
    const data = new Float32Array(entry.length / 4);
    Buffer.from(data.buffer).set(bytes);
    return { shape: entry.shape, data };
  } finally {
    closeSync(file);
  }
}

/** Writes F32 tensors as a safetensors file, its header padded to 8 bytes. */
export function writeSafetensors(path: string, tensors: Record<string, FloatTensor>): void {
  let end = 0;
  const header: Record<string, { dtype: 'F32'; shape: number[]; data_offsets: [number, number] }> =
    {};
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  let json = JSON.stringify(header);
  json += ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(Buffer.byteLength(json)));
  const parts = Object.values(tensors).map(({ data }) =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  );
  writeFileSync(path, Buffer.concat([prefix, Buffer.from(json), ...parts]));
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw invalid(path, 'cannot be read: the file is missing or closed to this user', cause);
  }
}

function readRange(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(file, buffer, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

function invalid(path: string, what: string, cause?: unknown): AppError {
  return new AppError('MODEL_INVALID', `${path} ${what}.`, { cause });
}

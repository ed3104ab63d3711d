import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError, invalidRequest, type Fault } from '../errors.ts';
import { readPictureSettings, type PictureRecord } from '../images/metadata.ts';
import { readPicture } from '../images/png.ts';
import { readTensor } from '../onnx/safetensors.ts';
import type { LatentsBatch, Picture } from '../types/model.ts';
import type { GenerateOptions } from '../request.ts';

/** Files that a request brings along, and the request they stand for. */

export interface SourcePicture {
  picture: Picture;
  /** Of the file's bytes. */
  sha256: string;
}

/** `@throws AppError INVALID_REQUEST` with a fault of the given field */
export async function readSourcePicture(
  field: string,
  source: string | Uint8Array,
): Promise<SourcePicture> {
  return asFault(field, source, async () => {
    const bytes = await readBytes(source);
    return { picture: await readPicture(bytes), sha256: sha256(bytes) };
  });
}

/** What a PNG says of itself. */
export interface RepeatSource extends SourcePicture {
  options: GenerateOptions;
  /** null for another program's file, of which only the settings are known. */
  record: PictureRecord | null;
}

/** `@throws AppError INVALID_REQUEST` with a fault of `from` */
export async function readRepeatSource(source: string | Uint8Array): Promise<RepeatSource> {
  return asFault('from', source, async () => {
    const bytes = await readBytes(source);
    const settings = readPictureSettings(bytes);
    const file = { picture: await readPicture(bytes), sha256: sha256(bytes) };
    if (settings.source === 'parameters') {
      const { prompt, negative, steps, cfg, seed, size } = settings.settings;
      const options = {
        prompt, negative, steps, cfg, seed, count: 1,
        ...(size && { size: `${size.width}x${size.height}` }),
      }; // prettier-ignore
      return { ...file, options, record: null };
    }
    const { record } = settings;
    const options = {
      prompt: record.prompt,
      negative: record.negative,
      size: `${record.width}x${record.height}`,
      steps: record.steps,
      cfg: record.cfg,
      seed: record.seed,
      count: 1,
      tile: record.tile === 0 ? undefined : record.tile,
      strength: record.image?.strength,
    };
    return { ...file, options, record };
  });
}

export interface SourceLatents {
  latents: LatentsBatch;
  sha256: string;
}

/**
 * Reads `latents`, float32 `[count, channels, height, width]`.
 * @throws AppError INVALID_REQUEST with a fault of `init-latents`
 */
export async function readSourceLatents(path: string, channels: number): Promise<SourceLatents> {
  return asFault('init-latents', path, async () => {
    const bytes = await readBytes(path);
    const { shape, data } = readTensor(path, 'latents');
    const [count, found, height, width] = shape;
    if (shape.length !== 4 || found !== channels || !count || !height || !width || count > 4) {
      throw new AppError(
        'INVALID_REQUEST',
        `${path} has latents of shape [${shape.join(', ')}]; this model needs [1 to 4, ${channels}, height, width].`,
      );
    }
    return { latents: { data, shape: [count, found, height, width] }, sha256: sha256(bytes) };
  });
}

async function asFault<Result>(
  field: string,
  source: string | Uint8Array,
  read: () => Promise<Result>,
): Promise<Result> {
  try {
    return await read();
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw invalidRequest([fileFault(field, source, message)]);
  }
}

export function fileFault(field: string, source: string | Uint8Array, message: string): Fault {
  const value = typeof source === 'string' ? source : `${source.length} bytes`;
  return {
    field,
    value,
    allowed: 'a file that can be used here',
    nearest: null,
    message: `${field}: ${message}`,
  };
}

async function readBytes(source: string | Uint8Array): Promise<Uint8Array> {
  if (typeof source !== 'string') return source;
  try {
    return await readFile(source);
  } catch (cause) {
    throw new AppError(
      'INVALID_REQUEST',
      `${source} cannot be read: the file is missing or closed to this user.`,
      { cause },
    );
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

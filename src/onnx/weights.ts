import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { readSafetensorsHeader, type TensorEntry } from './safetensors.ts';

/** A tensor and the real file it lies in (symbolic links resolved). */
export interface Weight extends TensorEntry {
  name: string;
  file: string;
}

/** The tensors of one component of a model, whatever files they are spread over. */
export interface Weights {
  /** The component's folder, for messages. */
  folder: string;
  get(name: string): Weight | undefined;
  /** What `get` gives, checked. `@throws AppError MODEL_INVALID` naming the file and the tensor. */
  require(name: string, shape: readonly number[]): Weight;
  all(): Iterable<Weight>;
}

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/**
 * Opens the safetensors of a component folder: one file, or shards with their `.index.json`.
 * @param stem the file's name without its ending: `model`, `diffusion_pytorch_model`.
 * @throws AppError MODEL_INVALID when a file is missing, cut off or not what the index says.
 */
export function openWeights(folder: string, stem: string): Weights {
  const index = join(folder, `${stem}.safetensors.index.json`);
  const weights = existsSync(index)
    ? readShards(folder, index)
    : readFileTensors(join(folder, `${stem}.safetensors`));
  return {
    folder,
    get: (name) => weights.get(name),
    require: (name, shape) => requireWeight(folder, weights, name, shape),
    all: () => weights.values(),
  };
}

function readShards(folder: string, index: string): Map<string, Weight> {
  const parsed = indexSchema.safeParse(parseJson(index));
  if (!parsed.success) throw invalid(`${index} has no weight_map that names each tensor's file.`);
  const shards = new Map<string, Map<string, Weight>>();
  const weights = new Map<string, Weight>();
  for (const [name, shardName] of Object.entries(parsed.data.weight_map)) {
    let shard = shards.get(shardName);
    if (!shard) {
      const path = resolve(folder, shardName);
      if (basename(shardName) !== shardName || !existsSync(path)) {
        throw invalid(
          `${index} names the file ${shardName} for tensor ${name}, and that file is missing. Download it again.`,
        );
      }
      shard = readFileTensors(path);
      shards.set(shardName, shard);
    }
    const weight = shard.get(name);
    if (!weight) {
      throw invalid(
        `${join(folder, shardName)} lacks tensor ${name}, which ${index} promises there.`,
      );
    }
    weights.set(name, weight);
  }
  return weights;
}

function readFileTensors(path: string): Map<string, Weight> {
  const entries = readSafetensorsHeader(path);
  const file = realpathSync(path);
  return new Map([...entries].map(([name, entry]) => [name, { ...entry, name, file }]));
}

function requireWeight(
  folder: string,
  weights: Map<string, Weight>,
  name: string,
  shape: readonly number[],
): Weight {
  const weight = weights.get(name);
  if (!weight) throw invalid(`${folder} lacks tensor ${name} [${shape.join(', ')}].`);
  if (weight.shape.length !== shape.length || weight.shape.some((dim, i) => dim !== shape[i])) {
    throw invalid(
      `${weight.file} has tensor ${name} with shape [${weight.shape.join(', ')}]; the config says [${shape.join(', ')}].`,
    );
  }
  if (!['F32', 'BF16', 'F16'].includes(weight.dtype)) {
    throw invalid(
      `${weight.file} has tensor ${name} in ${weight.dtype}; F32, BF16 and F16 are supported.`,
    );
  }
  return weight;
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw invalid(`${path} is not readable as JSON.`, cause);
  }
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError('MODEL_INVALID', message, { cause });
}

/**
 * A file's place below the file system's root, as external data wants it: the runtime confines
 * weights to one folder, and only the root holds every folder a model may link to.
 */
export function externalLocation(file: string): string {
  return file.split(sep).slice(1).join('/');
}

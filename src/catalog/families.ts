import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import type { ModelFamily } from '../types/model.ts';

/** One file in `models/` is one family; folders there are data or private parts. */
export const familiesDir = join(import.meta.dirname, '../../models');

/**
 * All model families, by id.
 * @throws AppError INTERNAL naming the file that has no proper default export or a name that is taken.
 */
export async function loadFamilies(folder = familiesDir): Promise<Map<string, ModelFamily>> {
  const families = new Map<string, ModelFamily>();
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  for (const file of files) {
    const path = join(folder, file);
    const { default: family } = (await import(path)) as { default?: Partial<ModelFamily> };
    if (family?.id !== file.slice(0, -3) || typeof family.load !== 'function') {
      throw new AppError(
        'INTERNAL',
        `${path} must export a model family by default whose id is its file's name.`,
      );
    }
    families.set(family.id, family as ModelFamily);
  }
  return families;
}

/**
 * The family that runs a diffusers folder, told by its `model_index.json`.
 * @throws AppError MODEL_INVALID for a folder that is no model or of an unknown architecture.
 */
export function familyOf(folder: string, families: Map<string, ModelFamily>): ModelFamily {
  const path = join(folder, 'model_index.json');
  let name: unknown;
  try {
    name = (JSON.parse(readFileSync(path, 'utf8')) as { _class_name?: unknown })._class_name;
  } catch (cause) {
    throw new AppError(
      'MODEL_INVALID',
      `${path} is missing or not readable as JSON: a model is a folder in the diffusers layout.`,
      { cause },
    );
  }
  for (const family of families.values()) if (family.pipelineClass === name) return family;
  const known = Array.from(families.values(), (family) => family.pipelineClass).join(', ');
  throw new AppError(
    'MODEL_INVALID',
    `${path} names the architecture ${String(name)}, which is not supported; known are ${known}.`,
  );
}

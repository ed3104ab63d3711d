import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { AppError } from '../errors.ts';
import { nearestName } from '../nearest.ts';
import type { ModelCard, ModelCheck, ModelFamily } from '../types/model.ts';
import { cardFile, readCard } from './card.ts';
import { familiesDir, familyOf, loadFamilies } from './families.ts';
import { modelFingerprint } from './fingerprint.ts';

/** A model that can be drawn with. */
export interface CatalogModel {
  name: string;
  /** Where its files are. */
  folder: string;
  card: ModelCard;
  family: ModelFamily;
  isBuiltIn: boolean;
  /** Computed when it is asked for: it reads a few megabytes. */
  fingerprint(): string;
}

export interface Catalog {
  /** Names of all registered models, built-in ones first. */
  names(): string[];
  list(): CatalogModel[];
  /**
   * @param nameOrFolder a registered name, or a path to a model folder.
   * @throws AppError MODEL_NOT_FOUND naming what there is, or MODEL_INVALID.
   */
  resolve(nameOrFolder: string): CatalogModel;
  /**
   * Checks a folder and registers it; nothing is copied and nothing stays behind on failure.
   * @throws AppError MODEL_INVALID, or INVALID_REQUEST for a name that is taken or unusable.
   */
  import(folder: string, name?: string): { model: CatalogModel; check: ModelCheck };
  /** `@throws AppError MODEL_INVALID` naming file and tensor. */
  check(nameOrFolder: string): { model: CatalogModel; check: ModelCheck };
}

export interface CatalogOptions {
  dataDir: string;
  /** Folder of the built-in models and the families. */
  builtInDir?: string;
}

const namePattern = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;

export async function openCatalog({
  dataDir,
  builtInDir = familiesDir,
}: CatalogOptions): Promise<Catalog> {
  const families = await loadFamilies(builtInDir);
  const registry = join(dataDir, 'models');

  const registered = (folder: string) =>
    existsSync(folder)
      ? readdirSync(folder, { withFileTypes: true })
          .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, cardFile)))
          .map((entry) => entry.name)
          .sort()
      : [];
  const names = () => [...registered(builtInDir), ...registered(registry)];

  function describe(
    name: string,
    folder: string,
    isBuiltIn: boolean,
    given?: ModelCard | null,
  ): CatalogModel {
    const family = familyOf(folder, families);
    const card = given ?? readCard(folder) ?? family.deriveCard(folder, name);
    let fingerprint: string | undefined;
    return {
      name,
      folder,
      card: { ...card, name },
      family,
      isBuiltIn,
      fingerprint: () => (fingerprint ??= modelFingerprint(folder)),
    };
  }

  function openRegistered(name: string): CatalogModel {
    const place = join(registry, name);
    const { folder } = JSON.parse(readFileSync(join(place, cardFile), 'utf8')) as {
      folder?: unknown;
    };
    if (typeof folder !== 'string' || !existsSync(folder)) {
      throw new AppError(
        'MODEL_INVALID',
        `Model ${name} points at ${String(folder)}, which is gone. Put the folder back, or remove ${place} and import it again.`,
      );
    }
    return describe(name, folder, false, readCard(place));
  }

  function find(nameOrFolder: string): CatalogModel {
    if (registered(builtInDir).includes(nameOrFolder)) {
      return describe(nameOrFolder, join(builtInDir, nameOrFolder), true);
    }
    if (registered(registry).includes(nameOrFolder)) return openRegistered(nameOrFolder);
    if (isFolder(nameOrFolder)) {
      const folder = resolve(nameOrFolder);
      return describe(basename(folder), folder, false);
    }
    const known = names();
    const nearest = nearestName(nameOrFolder, known);
    throw new AppError(
      'MODEL_NOT_FOUND',
      `There is no model ${nameOrFolder}. Known are ${known.join(', ')}; a folder works too.${nearest ? ` Did you mean ${nearest}?` : ''}`,
      {
        faults: [
          {
            field: 'model',
            value: nameOrFolder,
            allowed: `one of ${known.join(', ')}, or a model folder`,
            nearest,
            message: `model ${nameOrFolder} is not known: use one of ${known.join(', ')}, or a model folder.${nearest ? ` Nearest: ${nearest}.` : ''}`,
          },
        ],
      },
    );
  }

  function importFolder(given: string, wanted?: string) {
    if (!isFolder(given)) throw new AppError('MODEL_INVALID', `${given} is not a folder.`);
    const folder = realpathSync(given);
    const name = wanted ?? basename(resolve(given));
    checkName(name, names());
    const model = describe(name, folder, false);
    const check = model.family.check(folder);
    // A first real use of every part that is cheap: the tokenizer reads a prompt.
    model.family.loadTokenizer(folder).encode('a red apple');
    mkdirSync(registry, { recursive: true });
    const temporary = join(registry, `.${name}.${process.pid}`);
    try {
      mkdirSync(temporary);
      writeFileSync(
        join(temporary, cardFile),
        `${JSON.stringify({ ...model.card, folder }, null, 2)}\n`,
      );
      renameSync(temporary, join(registry, name));
    } catch (cause) {
      rmSync(temporary, { recursive: true, force: true });
      throw new AppError(
        'STORAGE_FAILED',
        `Model ${name} could not be registered in ${registry}: ${String(cause)}`,
        { cause },
      );
    }
    return { model, check };
  }

  return {
    names,
    list: () => names().map(find),
    resolve: find,
    import: importFolder,
    check(nameOrFolder) {
      const model = find(nameOrFolder);
      return { model, check: model.family.check(model.folder) };
    },
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function checkName(name: string, taken: string[]): void {
  const fault = (message: string, allowed: string) =>
    new AppError('INVALID_REQUEST', message, {
      faults: [{ field: 'name', value: name, allowed, nearest: null, message }],
    });
  const allowed =
    'letters, digits, dots, dashes and underscores, 64 at most, beginning with a letter or digit';
  if (!namePattern.test(name))
    throw fault(
      `name ${JSON.stringify(name)} cannot be used: ${allowed}. Give another with --name.`,
      allowed,
    );
  if (taken.includes(name)) {
    throw fault(
      `name ${name} is taken. Give another with --name.`,
      `a name other than ${taken.join(', ')}`,
    );
  }
}

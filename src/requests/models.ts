import type { Catalog, CatalogModel } from '#src/catalog/catalog.ts';
import { invalidRequest } from '#src/errors.ts';
import { nearestName } from '#src/nearest.ts';
import { requestTexts } from '#src/request-texts.ts';
import type { Locale } from '#src/types/chat.ts';
import type { CommandScope } from '#src/types/command.ts';
import type { ModelCard, PromptTokenizer } from '#src/types/model.ts';

/** A model as a request is checked against it. */
export interface CheckableModel {
  name: string;
  card: ModelCard;
  tokenizer: PromptTokenizer;
  /** Picture pixels per latent cell. */
  scale: number;
}

export interface Models {
  /** What is drawn with when nobody says otherwise. */
  defaultName: string;
  names(): string[];
  cards(): ModelCard[];
  /**
   * Registered names only: a folder of the machine is nobody's business in a chat.
   * @throws AppError INVALID_REQUEST with the nearest name, or MODEL_INVALID.
   */
  find(name: string, locale: Locale): CheckableModel;
  /** What options depend on: the widest limits of all models. */
  scope(): CommandScope;
}

/** Discord's longest option; no model reads more. */
const longestPrompt = 4000;

export function createModels(catalog: Catalog, defaultModel: string): Models {
  const ready = new Map<string, CheckableModel>();

  // The default is the operator's own choice, and may be a folder.
  const resolveModel = (name: string): CatalogModel => catalog.resolve(name);
  const defaultName = resolveModel(defaultModel).name;
  const names = () => [...new Set([defaultName, ...catalog.names()])];

  function find(name: string, locale: Locale): CheckableModel {
    const known = names();
    if (!known.includes(name)) {
      const nearest = nearestName(name, known);
      const text = requestTexts[locale].unknownName('model', name, known, nearest);
      throw invalidRequest([{ field: 'model', value: name, nearest, ...text }]);
    }
    const cached = ready.get(name);
    if (cached) return cached;
    const model = resolveModel(name === defaultName ? defaultModel : name);
    const checkable = {
      name: model.name,
      card: model.card,
      tokenizer: model.family.loadTokenizer(model.folder),
      scale: model.family.latentGrid(model.folder).scale,
    };
    ready.set(name, checkable);
    return checkable;
  }

  function cards(): ModelCard[] {
    return names().flatMap((name) => {
      try {
        return [find(name, 'en').card];
      } catch {
        // A folder that was taken away must not keep the others from being used.
        return [];
      }
    });
  }

  return {
    defaultName,
    names,
    cards,
    find,
    scope() {
      const all = cards();
      const unique = (values: string[]) => [...new Set(values)];
      return {
        models: all.map((card) => card.name),
        styles: unique(all.flatMap((card) => card.styles.map((style) => style.name))),
        sizes: unique(all.flatMap((card) => Object.keys(card.size.presets))),
        presets: unique(all.flatMap((card) => Object.keys(card.presets ?? {}))),
        limits: {
          steps: widest(all.map((card) => card.steps)),
          cfg: widest(all.map((card) => card.cfg)),
          promptLength: longestPrompt,
        },
      };
    },
  };
}

function widest(ranges: { min: number; max: number }[]): { min: number; max: number } {
  return {
    min: Math.min(...ranges.map((range) => range.min)),
    max: Math.max(...ranges.map((range) => range.max)),
  };
}

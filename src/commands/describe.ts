import { z } from 'zod';
import { findText } from '#src/texts/index.ts';
import { locales, type Locale } from '#src/types/chat.ts';
import type {
  Choice,
  CommandDescription,
  CommandScope,
  OptionDescription,
} from '#src/types/command.ts';
import type { BotCommand } from './define-command.ts';

/** What a field of a command's options may say of itself with `.meta({...})`. */
export interface OptionMeta {
  /** Autocomplete has something to offer. */
  suggest?: boolean;
  /** Several lines in a form. */
  long?: boolean;
  /** Takes the words of a line that belong to no flag. */
  positional?: boolean;
  /** Further names of the flag, in any language. */
  aliases?: string[];
}

/** An option as it is registered, and what a typed line has to know of it. */
export interface LineOption extends OptionDescription {
  isPositional: boolean;
  /** Every name of its flag. */
  flags: string[];
}

const descriptionLength = 100;

/**
 * The form of a command that every platform registers.
 * @throws Error naming a text that is missing or too long, or an option of a kind that chat cannot ask for.
 */
export function describeCommand(command: BotCommand, scope: CommandScope): CommandDescription {
  return {
    name: command.name,
    localName: textOf(`commands.${command.name}.name`),
    description: textOf(`commands.${command.name}.description`, descriptionLength),
    options: describeOptions(command, scope).map(toDescription),
    isForLeads: command.isForLeads ?? false,
    hasForm: command.hasForm ?? false,
  };
}

/** Without what only a typed line has to know. */
function toDescription(option: LineOption): OptionDescription {
  const described: Partial<LineOption> = { ...option };
  delete described.isPositional;
  delete described.flags;
  return described as OptionDescription;
}

/** Required ones first, as every platform wants them; else in the order of the schema. */
export function describeOptions(command: BotCommand, scope: CommandScope): LineOption[] {
  const fields = Object.entries(command.options(scope).shape) as [string, z.ZodType][];
  return fields
    .map(([name, field]) => describeOption(command.name, name, field))
    .toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired));
}

function describeOption(command: string, name: string, field: z.ZodType): LineOption {
  const { kind, isRequired } = unwrap(field);
  const meta = metaOf(field);
  const localName = textOf(`commands.${command}.options.${name}.name`);
  const option: LineOption = {
    name,
    type: 'string',
    isRequired,
    description: textOf(`commands.${command}.options.${name}.description`, descriptionLength),
    localName,
    hasSuggestions: meta.suggest ?? false,
    isLong: meta.long ?? false,
    isPositional: meta.positional ?? false,
    flags: [...new Set([name, ...Object.values(localName), ...(meta.aliases ?? [])])],
  };
  if (kind instanceof z.ZodNumber) {
    option.type = kind.isInt ? 'integer' : 'number';
    if (Number.isFinite(kind.minValue)) option.min = kind.minValue as number;
    if (Number.isFinite(kind.maxValue)) option.max = kind.maxValue as number;
  } else if (kind instanceof z.ZodBoolean) option.type = 'boolean';
  else if (kind instanceof z.ZodEnum) option.choices = choicesOf(command, name, kind);
  else if (kind instanceof z.ZodString) {
    if (kind.maxLength !== null) option.maxLength = kind.maxLength;
  } else throw new Error(`option ${name} is of a kind that chat cannot ask for`);
  return option;
}

function choicesOf(command: string, name: string, kind: z.ZodEnum): Choice[] {
  return kind.options.map((value) => {
    const key = `commands.${command}.options.${name}.choices.${value}`;
    return { label: textOf(key, descriptionLength), value };
  });
}

function metaOf(field: z.ZodType): OptionMeta {
  const own = (field.meta() ?? {}) as OptionMeta;
  const inner = field instanceof z.ZodOptional ? metaOf(field.unwrap() as z.ZodType) : {};
  return { ...inner, ...own };
}

function unwrap(field: z.ZodType): { kind: z.ZodType; isRequired: boolean } {
  if (field instanceof z.ZodOptional)
    return { kind: field.unwrap() as z.ZodType, isRequired: false };
  return { kind: field, isRequired: true };
}

function textOf(key: string, mostCharacters = 32): Record<Locale, string> {
  const texts = locales.map((locale): [Locale, string] => {
    const text = findText(locale, key);
    if (text === null) throw new Error(`the text ${key} is missing in ${locale}`);
    if (text.length > mostCharacters)
      throw new Error(`the text ${key} has more than ${mostCharacters} characters in ${locale}`);
    return [locale, text];
  });
  return Object.fromEntries(texts) as Record<Locale, string>;
}

import {
  ComponentType,
  TextInputStyle,
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  type APIStringSelectComponent,
  type APITextInputComponent,
} from 'discord.js';
import type { Locale } from '#src/types/chat.ts';
import type { CommandDescription, OptionDescription, Suggestion } from '#src/types/command.ts';
import { limits } from './limits.ts';
import { say } from './texts.ts';
import { cutText } from './wording.ts';

const prefix = 'form';

export interface FormOptions {
  description: CommandDescription;
  locale: Locale;
  /** Names what the form cannot hold; at most 60 characters. */
  id: string;
  /** What was typed already, by option name. */
  given: Record<string, unknown>;
}

export function formView(options: FormOptions): APIModalInteractionResponseCallbackData {
  const { description, locale, id, given } = options;
  const title =
    description.name === 'imagine' ? say('formTitle', locale) : `/${description.localName[locale]}`;
  return {
    custom_id: `${prefix}:${description.name}:${id}`,
    title: cutText(title, limits.formTitle),
    components: formFields(description, given).map((option) =>
      label(option, locale, given[option.name]),
    ),
  };
}

/**
 * A form holds five fields: what has to be filled in, then what takes several lines, then what the
 * person typed already, then the others in their order.
 */
export function formFields(
  { options }: CommandDescription,
  given: Record<string, unknown>,
): OptionDescription[] {
  const rank = (option: OptionDescription) =>
    option.isRequired ? 0 : option.isLong ? 1 : given[option.name] !== undefined ? 2 : 3;
  return options.toSorted((left, right) => rank(left) - rank(right)).slice(0, limits.formFields);
}

/** The option that a quoted message fills: the first long or required text. */
export function promptOf({ options }: CommandDescription): OptionDescription | undefined {
  const texts = options.filter(({ type }) => type === 'string');
  return texts.find(({ isLong }) => isLong) ?? texts.find(({ isRequired }) => isRequired);
}

function label(option: OptionDescription, locale: Locale, value: unknown): APILabelComponent {
  return {
    type: ComponentType.Label,
    label: cutText(option.localName[locale], limits.formLabel),
    description: cutText(option.description[locale], limits.formHint),
    component: input(option, locale, value),
  };
}

function input(
  option: OptionDescription,
  locale: Locale,
  value: unknown,
): APITextInputComponent | APIStringSelectComponent {
  const choices = choicesOf(option, locale);
  if (choices !== null) {
    return {
      type: ComponentType.StringSelect,
      custom_id: option.name,
      required: option.isRequired,
      min_values: option.isRequired ? 1 : 0,
      max_values: 1,
      options: choices.map((choice) => ({
        label: cutText(choice.label, limits.choice),
        value: String(choice.value),
        default: value !== undefined && String(choice.value) === String(value),
      })),
    };
  }
  const { min, max, isLong, isRequired } = option;
  const maxLength = Math.min(option.maxLength ?? limits.input, limits.input);
  const range = min !== undefined && max !== undefined ? { placeholder: `${min} – ${max}` } : {};
  return {
    type: ComponentType.TextInput,
    custom_id: option.name,
    style: isLong ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required: isRequired,
    max_length: maxLength,
    ...(value === undefined || value === '' ? {} : { value: cutText(String(value), maxLength) }),
    ...range,
  };
}

function choicesOf({ type, choices }: OptionDescription, locale: Locale): Suggestion[] | null {
  if (type === 'boolean') {
    return [
      { label: say('yes', locale), value: 'true' },
      { label: say('no', locale), value: 'false' },
    ];
  }
  const isClosed = choices !== undefined && choices.length > 0;
  if (!isClosed || choices.length > limits.choices) return null;
  return choices.map(({ label, value }) => ({ label: label[locale], value }));
}

/** The command and id of a form of ours, or null. */
export function readFormId(customId: string): { command: string; id: string } | null {
  const [first, command, id] = customId.split(':');
  return first === prefix && command && id ? { command, id } : null;
}

/** A text field has a value, a select its values. */
export interface FilledField {
  customId: string;
  value?: unknown;
  values?: readonly string[];
}

/** What was filled in, by option name; an empty text stands for a field that was left empty. */
export function readFields(fields: Iterable<FilledField>): Record<string, string> {
  const filled: Record<string, string> = {};
  for (const { customId, value, values } of fields) {
    filled[customId] = typeof value === 'string' ? value.trim() : (values?.[0] ?? '');
  }
  return filled;
}

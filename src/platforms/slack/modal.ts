import type { types } from '@slack/bolt';
import type { Locale } from '#src/types/chat.ts';
import type { CommandDescription, OptionDescription } from '#src/types/command.ts';
import { limits } from './limits.ts';
import { say } from './texts.ts';
import { cutText } from './wording.ts';

export const formCallback = 'quartet_form';
/** Every input of a form has this action id; its block id is the option's name. */
export const formField = 'field';
const placeBlock = 'quartet place';

/** What a form has to remember: Slack's submission does not say where it was opened. */
export interface FormOrigin {
  command: string;
  /** null: a global shortcut has no channel, the form asks for one. */
  channelId: string | null;
  threadId: string | null;
  responseUrl: string | null;
}

export interface FormOptions {
  description: CommandDescription;
  locale: Locale;
  origin: FormOrigin;
  /** Fills the prompt. */
  quoted?: string;
}

export function formView({ description, locale, origin, quoted }: FormOptions): types.ModalView {
  const blocks: types.KnownBlock[] = description.options.map((option) =>
    inputBlock(
      option,
      description.name,
      locale,
      option === promptOf(description) ? quoted : undefined,
    ),
  );
  if (origin.channelId === null) blocks.push(placeInput(locale));
  const isMain = description.name === 'imagine';
  const title = isMain ? say('formTitle', locale) : description.localName[locale];
  return {
    type: 'modal',
    callback_id: formCallback,
    title: plain(title, limits.modalTitle),
    submit: plain(say('submit', locale), limits.modalTitle),
    close: plain(say('close', locale), limits.modalTitle),
    private_metadata: writeOrigin(origin),
    blocks: blocks.slice(0, 100),
  };
}

/** The first long or required text: where a quoted message goes. */
function promptOf(description: CommandDescription): OptionDescription | undefined {
  const texts = description.options.filter((option) => option.type === 'string');
  return texts.find((option) => option.isLong) ?? texts.find((option) => option.isRequired);
}

function inputBlock(
  option: OptionDescription,
  command: string,
  locale: Locale,
  initial: string | undefined,
): types.InputBlock {
  return {
    type: 'input',
    block_id: option.name,
    optional: !option.isRequired,
    label: plain(option.localName[locale], limits.modalLabel),
    hint: plain(option.description[locale], limits.modalLabel),
    element: element(option, command, locale, initial),
  };
}

function element(
  option: OptionDescription,
  command: string,
  locale: Locale,
  initial: string | undefined,
): types.InputBlock['element'] {
  if (option.choices !== undefined && option.choices.length > 0) {
    return {
      type: 'static_select',
      action_id: formField,
      options: option.choices
        .slice(0, limits.selectOptions)
        .map((choice) => selectOption(choice.label[locale], String(choice.value))),
    };
  }
  if (option.type === 'boolean') {
    return {
      type: 'static_select',
      action_id: formField,
      options: [selectOption(say('yes', locale), 'true'), selectOption(say('no', locale), 'false')],
    };
  }
  if (option.type !== 'string') {
    return {
      type: 'number_input',
      action_id: formField,
      is_decimal_allowed: option.type === 'number',
      ...(option.min === undefined ? {} : { min_value: String(option.min) }),
      ...(option.max === undefined ? {} : { max_value: String(option.max) }),
    };
  }
  if (option.hasSuggestions) {
    return {
      type: 'external_select',
      action_id: `${formField}:${command}:${option.name}`,
      min_query_length: 0,
    };
  }
  const maxLength = Math.min(option.maxLength ?? limits.typed, limits.typed);
  return {
    type: 'plain_text_input',
    action_id: formField,
    multiline: option.isLong,
    max_length: maxLength,
    ...(initial ? { initial_value: cutText(initial, maxLength) } : {}),
  };
}

function placeInput(locale: Locale): types.InputBlock {
  return {
    type: 'input',
    block_id: placeBlock,
    label: plain(say('where', locale), limits.modalLabel),
    element: {
      type: 'conversations_select',
      action_id: formField,
      default_to_current_conversation: true,
      filter: { include: ['public', 'private', 'im'], exclude_external_shared_channels: false },
    },
  };
}

/** An entry of a select. */
export function selectOption(label: string, value: string): types.PlainTextOption {
  return {
    text: plain(label, limits.optionText),
    value: value.slice(0, limits.optionValue),
  };
}

function plain(text: string, limit: number): types.PlainTextElement {
  return { type: 'plain_text', text: cutText(text, limit), emoji: true };
}

function writeOrigin(origin: FormOrigin): string {
  const whole = JSON.stringify(origin);
  if (whole.length <= limits.privateMetadata) return whole;
  return JSON.stringify({ ...origin, responseUrl: null });
}

/** What a form remembered, or null when the form is not one of ours. */
export function readOrigin(metadata: string): FormOrigin | null {
  try {
    const value = JSON.parse(metadata) as Partial<FormOrigin>;
    if (typeof value.command !== 'string') return null;
    return {
      command: value.command,
      channelId: value.channelId ?? null,
      threadId: value.threadId ?? null,
      responseUrl: value.responseUrl ?? null,
    };
  } catch {
    return null;
  }
}

interface FieldState {
  value?: string | null;
  selected_option?: { value: string } | null;
  selected_conversation?: string | null;
}

/** The fields that were filled in, by option name; `channelId` where the form asked for a place. */
export function readForm(state: Record<string, Record<string, FieldState>>): {
  values: Record<string, string>;
  channelId: string | null;
} {
  const values: Record<string, string> = {};
  let channelId: string | null = null;
  for (const [name, fields] of Object.entries(state)) {
    const field = Object.values(fields)[0];
    if (name === placeBlock) {
      channelId = field?.selected_conversation ?? null;
      continue;
    }
    const value = field?.value ?? field?.selected_option?.value;
    if (value !== undefined && value !== null && value.trim() !== '') values[name] = value;
  }
  return { values, channelId };
}

/** Faults that need no look at the model, one sentence per field. */
export function checkForm(
  description: CommandDescription,
  values: Record<string, string>,
  locale: Locale,
): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const option of description.options) {
    const value = values[option.name];
    if (value === undefined) {
      if (option.isRequired) faults[option.name] = say('required', locale);
      continue;
    }
    if (option.type !== 'integer' && option.type !== 'number') continue;
    const number = Number(value);
    if (!Number.isFinite(number)) {
      faults[option.name] = say('number', locale);
    } else if (option.type === 'integer' && !Number.isInteger(number)) {
      faults[option.name] = say('integer', locale);
    } else {
      const { min = -Infinity, max = Infinity } = option;
      const nearest = Math.min(max, Math.max(min, number));
      if (nearest !== number) {
        faults[option.name] = say('range', locale, { value, min, max, nearest });
      }
    }
  }
  return faults;
}

import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  Routes,
  type Client,
} from 'discord.js';
import type { Locale } from '#src/types/chat.ts';
import type { CommandDescription, OptionDescription } from '#src/types/command.ts';
import { limits } from './limits.ts';
import { say } from './texts.ts';
import { cutText } from './wording.ts';

/** The message command; its prompt is the message it is used on. */
export const imagineThis = say('imagineThis', 'en');
/** Of commands that do something useful without any option. */
export const formOption = say('formOption', 'en');

type Body = Record<string, unknown>;

const namePattern = /^[-_'\p{L}\p{N}]{1,32}$/u;
/** A name in no way localised falls back to another language's, so both Englishes are given. */
const english = ['en-US', 'en-GB'] as const;

const optionTypes = {
  string: ApplicationCommandOptionType.String,
  integer: ApplicationCommandOptionType.Integer,
  number: ApplicationCommandOptionType.Number,
  boolean: ApplicationCommandOptionType.Boolean,
} as const;

/** All commands as Discord registers them. */
export function commandBodies(descriptions: readonly CommandDescription[]): Body[] {
  const bodies = descriptions.map(slashBody);
  const isDrawing = descriptions.some(({ name }) => name === 'imagine');
  return isDrawing ? [...bodies, { ...everywhere, ...messageBody() }] : bodies;
}

const everywhere = {
  // Servers and direct messages with the bot, never as an app of one person's own.
  contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
  integration_types: [ApplicationIntegrationType.GuildInstall],
  // Leads by role could not even see a command that asks for a right.
  default_member_permissions: null,
  nsfw: false,
};

function slashBody(description: CommandDescription): Body {
  return {
    ...everywhere,
    type: ApplicationCommandType.ChatInput,
    name: description.name,
    name_localizations: localNames(description.localName, description.name),
    description: cutText(description.description.en, limits.description),
    description_localizations: localTexts(description.description),
    options: optionBodies(description),
  };
}

function messageBody(): Body {
  return {
    type: ApplicationCommandType.Message,
    name: imagineThis,
    name_localizations: localTexts({ en: imagineThis, 'zh-CN': say('imagineThis', 'zh-CN') }),
  };
}

function optionBodies(description: CommandDescription): Body[] {
  const options = description.options.toSorted(
    (left, right) => Number(right.isRequired) - Number(left.isRequired),
  );
  const bodies = options.map((option) => optionBody(option, description.hasForm));
  if (needsFormOption(description)) bodies.push(formBody());
  return bodies.slice(0, limits.options);
}

/** Without a required option nothing that is left out could open the form. */
export function needsFormOption({ hasForm, options }: CommandDescription): boolean {
  const isTaken = options.some(({ name }) => name === formOption);
  return hasForm && !isTaken && !options.some(({ isRequired }) => isRequired);
}

function formBody(): Body {
  const text = (key: 'formOption' | 'formOptionHint') => ({
    en: say(key, 'en'),
    'zh-CN': say(key, 'zh-CN'),
  });
  return {
    type: ApplicationCommandOptionType.Boolean,
    name: formOption,
    name_localizations: localNames(text('formOption'), formOption),
    description: say('formOptionHint', 'en'),
    description_localizations: localTexts(text('formOptionHint')),
  };
}

/** @param hasForm what is left out is asked for by the form, so nothing is required. */
function optionBody(option: OptionDescription, hasForm: boolean): Body {
  const { name, type, min, max, maxLength, choices = [] } = option;
  const isClosed = choices.length > 0 && choices.length <= limits.choices;
  return {
    type: optionTypes[type],
    name,
    name_localizations: localNames(option.localName, name),
    description: cutText(option.description.en, limits.description),
    description_localizations: localTexts(option.description),
    ...(option.isRequired && !hasForm ? { required: true } : {}),
    ...(isClosed
      ? {
          choices: choices.map(({ label, value }) => ({
            name: cutText(label.en, limits.choice),
            name_localizations: localTexts(label),
            value,
          })),
        }
      : {}),
    ...(option.hasSuggestions && !isClosed && type !== 'boolean' ? { autocomplete: true } : {}),
    ...(type === 'string' && maxLength !== undefined
      ? { max_length: Math.min(maxLength, limits.typed) }
      : {}),
    ...((type === 'integer' || type === 'number') && min !== undefined ? { min_value: min } : {}),
    ...((type === 'integer' || type === 'number') && max !== undefined ? { max_value: max } : {}),
  };
}

function localNames(names: Record<Locale, string>, name: string): Body {
  const chinese = names['zh-CN'].toLowerCase();
  return {
    ...Object.fromEntries(english.map((key) => [key, name])),
    ...(namePattern.test(chinese) ? { 'zh-CN': chinese } : {}),
  };
}

function localTexts(texts: Record<Locale, string>): Body {
  const cut = (text: string) => cutText(text, limits.description);
  return {
    ...Object.fromEntries(english.map((key) => [key, cut(texts.en)])),
    'zh-CN': cut(texts['zh-CN']),
  };
}

/** Registers the commands where they differ from what is registered. @returns how many there are. */
export async function registerCommands(
  client: Client,
  applicationId: string,
  descriptions: readonly CommandDescription[],
): Promise<{ count: number; isChanged: boolean }> {
  const wanted = commandBodies(descriptions);
  const isChanged = !areSame(wanted, await registeredCommands(client, applicationId));
  if (isChanged) {
    await client.rest.put(Routes.applicationCommands(applicationId), { body: wanted });
  }
  return { count: wanted.length, isChanged };
}

export async function registeredCommands(client: Client, applicationId: string): Promise<Body[]> {
  const query = new URLSearchParams({ with_localizations: 'true' });
  return (await client.rest.get(Routes.applicationCommands(applicationId), { query })) as Body[];
}

/** Whether two lists mean the same: Discord leaves out what has its default. */
export function areSame(left: readonly Body[], right: readonly Body[]): boolean {
  const canonical = (list: readonly Body[]) =>
    list.map((one) => JSON.stringify(canonicalCommand(one))).sort();
  return JSON.stringify(canonical(left)) === JSON.stringify(canonical(right));
}

function canonicalCommand(command: Body): unknown {
  return [
    command['type'] ?? ApplicationCommandType.ChatInput,
    ...canonicalNames(command),
    command['default_member_permissions'] ?? null,
    command['nsfw'] ?? false,
    sorted(command['contexts']),
    sorted(command['integration_types']),
    list(command['options']).map((option) => [
      option['type'],
      ...canonicalNames(option),
      option['required'] ?? false,
      option['autocomplete'] ?? false,
      list(option['choices']).map((choice) => [
        choice['name'],
        pairs(choice['name_localizations']),
        choice['value'],
      ]),
      ...['min_value', 'max_value', 'min_length', 'max_length'].map((key) => option[key] ?? null),
    ]),
  ];
}

function canonicalNames(entry: Body): unknown[] {
  return [
    entry['name'],
    pairs(entry['name_localizations']),
    entry['description'] ?? '',
    pairs(entry['description_localizations']),
  ];
}

function pairs(value: unknown): unknown {
  return Object.entries((value ?? {}) as Body).sort(([left], [right]) => left.localeCompare(right));
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? [...(value as number[])].sort((left, right) => left - right) : null;
}

function list(value: unknown): Body[] {
  return Array.isArray(value) ? (value as Body[]) : [];
}

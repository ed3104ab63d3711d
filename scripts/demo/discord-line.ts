import { toObjects, toText, type Json } from '../../test/fakes/discord/json.ts';
import {
  ClientRefusal,
  type SlashValue,
  type SlashValues,
} from '../../test/fakes/discord/slash-options.ts';

/**
 * Reads Discord's line after a command: `a red apple steps:8 size:square`. Real clients give every
 * option a field of its own; here `option:value` stands for one, and words alone go where they fit.
 */
export function readOptions(command: string, options: Json[], line: string): SlashValues {
  const values: SlashValues = {};
  const marks = [
    ...line.matchAll(/(?<=^|\s)(?:--)?([\p{L}\p{N}_-]+)[:=：]\s*|(?<=^|\s)--(\p{L}+)\s+/gu),
  ]
    .map((match) => ({ match, option: findOption(options, match[1] ?? match[2] ?? '') }))
    .filter((mark): mark is typeof mark & { option: Json } => mark.option !== undefined);
  let words = line.slice(0, marks[0]?.match.index ?? line.length);
  for (const [i, { match, option }] of marks.entries()) {
    const end = marks[i + 1]?.match.index ?? line.length;
    const { value, rest } = takeValue(line.slice(match.index + match[0].length, end), option);
    if (value !== '') values[nameOf(option)] = toValue(option, value);
    words += ` ${rest}`;
  }
  placeWords(command, options, words.trim(), values);
  return values;
}

const nameOf = (option: Json) => toText(option['name']);

function findOption(options: Json[], typed: string): Json | undefined {
  const isSame = (option: Json) =>
    nameOf(option) === typed ||
    Object.values((option['name_localizations'] ?? {}) as Json).includes(typed);
  return options.find(isSame);
}

/** Takes several words without quotes. */
const isLong = (option: Json) => option['type'] === 3 && Number(option['max_length'] ?? 0) > 100;

function takeValue(text: string, option: Json): { value: string; rest: string } {
  const quoted = /^"([^"]*)"|^“([^”]*)”/.exec(text);
  if (quoted) return { value: quoted[1] ?? quoted[2] ?? '', rest: text.slice(quoted[0].length) };
  if (isLong(option)) return { value: text.trim(), rest: '' };
  const word = /^\S*/.exec(text)?.[0] ?? '';
  return { value: word, rest: text.slice(word.length) };
}

function placeWords(command: string, options: Json[], words: string, values: SlashValues): void {
  let left = words;
  for (const option of options) {
    if (left === '' || option['type'] !== 3 || values[nameOf(option)] !== undefined) continue;
    const { value, rest } = takeValue(left, option);
    const choices = toObjects(option['choices']);
    if (choices.length > 0 && !choices.some((choice) => choice['value'] === value)) continue;
    values[nameOf(option)] = value;
    left = rest.trim();
  }
  if (left !== '') throw new ClientRefusal(`/${command} has no place for "${left}".`);
}

function toValue(option: Json, typed: string): SlashValue {
  const choice = toObjects(option['choices']).find(({ name }) => name === typed);
  if (choice) return choice['value'] as SlashValue;
  switch (option['type']) {
    case 4:
    case 10: {
      const number = Number(typed);
      if (Number.isNaN(number))
        throw new ClientRefusal(`"${nameOf(option)}" takes a number, not "${typed}".`);
      return number;
    }
    case 5:
      return ['true', 'yes', 'on', '是'].includes(typed.toLowerCase());
    default:
      return typed;
  }
}

import type { Locale } from '../../../types/chat.ts';
import type { CommandDescription, OptionDescription } from '../../../types/command.ts';
import { texts, type TextKey } from '../texts/index.ts';

/** What stands at the caret of the composer, for autocomplete. `from` is where its replacement begins. */
export type Typed =
  | { kind: 'command'; typed: string; from: number }
  | { kind: 'flag'; command: CommandDescription; typed: string; from: number }
  | {
      kind: 'value';
      command: CommandDescription;
      option: OptionDescription;
      typed: string;
      from: number;
    };

export const mainCommand = 'imagine';

/** `/queue` → its command and the rest; a text without a slash is a prompt. null: there is no such command. */
export function splitLine(
  text: string,
  commands: CommandDescription[],
): { command: CommandDescription | null; name: string; rest: string } {
  const trimmed = text.trim();
  const match = /^\/(\S*)\s*/.exec(trimmed);
  const name = match ? (match[1] as string) : mainCommand;
  const rest = match ? trimmed.slice(match[0].length) : trimmed;
  return { command: findCommand(name, commands), name, rest };
}

export function findCommand(
  name: string,
  commands: CommandDescription[],
): CommandDescription | null {
  const wanted = name.toLowerCase();
  const isNamed = (command: CommandDescription) =>
    [command.name, ...Object.values(command.localName)].includes(wanted);
  return commands.find(isNamed) ?? null;
}

/** What could be completed where the caret stands; null: nothing. */
export function typedAt(text: string, caret: number, commands: CommandDescription[]): Typed | null {
  const before = text.slice(0, caret);
  const word = /\S*$/.exec(before)?.[0] ?? '';
  const from = caret - word.length;
  if (before.trimStart() === word && word.startsWith('/')) {
    return { kind: 'command', typed: word.slice(1), from };
  }
  const { command } = splitLine(before, commands);
  if (command === null) return null;
  if (word.startsWith('--')) return { kind: 'flag', command, typed: word.slice(2), from };
  const flag = /(?:^|\s)--(\S+)\s+$/.exec(before.slice(0, from))?.[1];
  if (flag !== undefined) {
    const option = findFlag(flag, command);
    return option && canComplete(option)
      ? { kind: 'value', command, option, typed: word, from }
      : null;
  }
  return firstWord({ before, word, from, command });
}

/** `/help imag`: the first word after a command is its first option, where that is no long text. */
function firstWord({
  before,
  word,
  from,
  command,
}: {
  before: string;
  word: string;
  from: number;
  command: CommandDescription;
}): Typed | null {
  const [option] = command.options;
  const isFirst = /^\s*\/\S+\s+$/.test(before.slice(0, from));
  if (!isFirst || !option || option.isLong || !canComplete(option)) return null;
  return { kind: 'value', command, option, typed: word, from };
}

export function findFlag(flag: string, command: CommandDescription): OptionDescription | null {
  const wanted = flag.toLowerCase();
  return (
    command.options.find(({ name, localName }) =>
      [name, ...Object.values(localName)].includes(wanted),
    ) ?? null
  );
}

const canComplete = ({ hasSuggestions, choices, type }: OptionDescription) =>
  hasSuggestions || choices !== undefined || type === 'boolean';

/** Flags of a text, so that one is not offered twice. */
export function flagsIn(text: string, command: CommandDescription): Set<string> {
  const names = [...text.matchAll(/(?:^|\s)--(\S+)(?=\s)/g)].map((match) => match[1] as string);
  return new Set(names.flatMap((name) => findFlag(name, command)?.name ?? []));
}

/** A form's fields behind a typed line. */
export function withFields(rest: string, fields: Record<string, string>): string {
  const flags = Object.entries(fields).map(([name, value]) => `--${name} ${quoted(value)}`);
  return [rest, ...flags].filter((part) => part !== '').join(' ');
}

function quoted(value: string): string {
  if (/^[^\s"'“”«»「」]+$/.test(value) && !value.startsWith('--')) return value;
  if (!value.includes('"')) return `"${value}"`;
  return value.includes('」') ? `'${value}'` : `「${value}」`;
}

/** What is sent for a text: a line as typed, or fields where the main command's form has some. */
export function invocationOf(
  text: string,
  fields: Record<string, string>,
  commands: CommandDescription[],
): { command: string; values: string | Record<string, string> } {
  const { command, name, rest } = splitLine(text, commands);
  if (command?.name !== mainCommand || Object.keys(fields).length === 0) {
    return { command: command?.name ?? name, values: rest };
  }
  const main = command.options.find(({ isLong, isRequired }) => isLong && isRequired);
  // A text without flags needs no quotes round anything: it is a field itself.
  const isPlain = main !== undefined && !/(^|\s)(--|[—–－])/u.test(rest);
  const values = isPlain ? { [main.name]: rest, ...fields } : withFields(rest, fields);
  return { command: mainCommand, values };
}

/** Options whose flag is an abbreviation. */
const inWords: Partial<Record<string, TextKey>> = { ar: 'option.ar', cfg: 'option.cfg' };

/** How a form calls an option: in words where its flag is an abbreviation, else by its name with a capital letter. */
export function titleOf(option: OptionDescription, locale: Locale): string {
  const words = inWords[option.name];
  if (words) return texts[locale][words];
  const name = option.localName[locale];
  return name.charAt(0).toUpperCase() + name.slice(1);
}

import type { CommandDescription } from '#src/types/command.ts';
import { otherCommand } from './manifest.ts';
import { plainText } from './wording.ts';

/** What a typed line asks for. `word` is what was typed where a command was expected. */
export type Line =
  | { kind: 'command'; name: string; line: string }
  | { kind: 'unknown'; word: string };

/** A command by its name in any language. */
export function findCommand(
  commands: CommandDescription[],
  word: string,
): CommandDescription | undefined {
  const wanted = word.toLowerCase();
  return commands.find(
    (command) =>
      command.name === wanted ||
      Object.values(command.localName).some((name) => name.toLowerCase() === wanted),
  );
}

/** `/imagine LINE` is the main command; `/quartet WORD LINE` is any of them. */
export function readSlashCommand(
  commands: CommandDescription[],
  slash: string,
  text: string,
): Line {
  const line = plainText(text).trim();
  if (slash !== otherCommand) return { kind: 'command', name: 'imagine', line };
  const { word, rest } = splitWord(line);
  const name = findCommand(commands, word === '' ? 'help' : word)?.name;
  return name === undefined ? { kind: 'unknown', word } : { kind: 'command', name, line: rest };
}

/**
 * A mention is a prompt. A command in it begins with a slash (`@Quartet /queue`), or is all there is
 * (`@Quartet help`), or is the main command's own name.
 */
export function readMention(commands: CommandDescription[], text: string): Line {
  const line = plainText(text).trim();
  const { word, rest } = splitWord(line);
  const named = findCommand(commands, word.replace(/^\//, ''));
  if (named !== undefined && (word.startsWith('/') || rest === '' || named.name === 'imagine')) {
    return { kind: 'command', name: named.name, line: rest };
  }
  return { kind: 'command', name: 'imagine', line };
}

function splitWord(line: string): { word: string; rest: string } {
  const match = /^(\S*)\s*([^]*)$/.exec(line);
  return { word: match?.[1] ?? '', rest: match?.[2] ?? '' };
}

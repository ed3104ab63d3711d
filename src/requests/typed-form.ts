import { findText, type Texts } from '#src/texts/index.ts';
import type { Typing } from '#src/types/platform.ts';

type Values = Record<string, unknown>;

export interface TypedParts {
  /** Options whose values stand on their own where a command is a line. */
  words?: Values;
  flags?: Values;
}

/** A command as a person types it on their platform: `/imagine a red apple --size 128x128`. */
export function typedForm(
  { typing }: { typing?: Typing | undefined },
  texts: Texts,
  command: string,
  { words = {}, flags = {} }: TypedParts = {},
): string {
  const say = (key: string) => findText(texts.locale, key) ?? key;
  const start = typing?.command?.(command, say(`commands.${command}.name`)) ?? `/${command}`;
  const writeOption = typing?.option;
  if (!writeOption) return [start, typedLine({ words, flags })].join(' ').trim();
  const options = said({ ...words, ...flags }).map(([name, value]) =>
    writeOption(say(`commands.${command}.options.${name}.name`), value),
  );
  return [start, ...options].join(' ');
}

/** Options as a line. */
export function typedLine({ words = {}, flags = {} }: TypedParts): string {
  const typedFlags = said(flags).map(
    ([name, value]) => `--${name} ${/\s/.test(value) ? `"${value}"` : value}`,
  );
  return [...said(words).map(([, value]) => value), ...typedFlags].join(' ');
}

function said(values: Values): [name: string, value: string][] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name, String(value)]);
}

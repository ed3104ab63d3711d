import type { Fault } from '#src/errors.ts';
import { nearestName } from '#src/nearest.ts';
import type { Texts } from '#src/texts/index.ts';
import type { LineOption } from './describe.ts';

export interface ParsedLine {
  /** Texts by option name, as typed. */
  values: Record<string, string>;
  /** Unknown flags, flags given twice, values that are missing. The field of an unknown one keeps its dashes. */
  faults: Fault[];
}

const quotePairs: Record<string, string> = {
  '"': '"', "'": "'", '“': '””“', '„': '“”', '«': '»', '「': '」', '『': '』', '‘': '’', '＂': '＂',
}; // prettier-ignore

/** A flag at the start of a word: two hyphens, or what keyboards make of them. */
const flagPattern = /^(?:--|([—–]{1,2})|－－)([\p{L}][\p{L}\p{N}_-]*)(?:\s*[=＝]\s*|(?=\s|$))/u;

/**
 * Reads what was typed after a command: `a red apple --size 1024x1024 --no "text, frames"`. Words that
 * belong to no flag are the positional options': one word each, the last one takes the rest.
 */
export function parseLine(line: string, options: LineOption[], texts: Texts): ParsedLine {
  const values: Record<string, string> = {};
  const faults: Fault[] = [];
  const { words, flags } = split(line, options);
  for (const { typed, option, value } of flags) {
    const fault = flagFault(typed, option, value, values, options, texts);
    if (fault) {
      if (!faults.some(({ field }) => field === fault.field)) faults.push(fault);
    } else if (option) values[option.name] = value ?? 'true';
  }
  placeWords(words, options, values);
  return { values, faults };
}

interface TypedFlag {
  /** Without its dashes. */
  typed: string;
  option: LineOption | undefined;
  value: string | null;
}

function split(line: string, options: LineOption[]): { words: string; flags: TypedFlag[] } {
  const hasPositional = options.some(({ isPositional }) => isPositional);
  const flags: TypedFlag[] = [];
  const long: { flag: TypedFlag; rest: string }[] = [];
  let words = '';
  let left = line;
  while (left !== '') {
    const begun = readFlag(left, options);
    if (!begun) {
      const length = wordLength(left, options);
      words += left.slice(0, length);
      left = left.slice(length);
      continue;
    }
    const { typed, option } = begun;
    left = left.slice(begun.length).trimStart();
    const flag: TypedFlag = { typed, option, value: null };
    flags.push(flag);
    const taken = takeValue(left, option, options);
    flag.value = taken.value;
    left = left.slice(taken.length).trimStart();
    if (!taken.isQuoted && option?.isLong && taken.value !== null) {
      const rest = untilFlag(left, options);
      left = left.slice(rest.length);
      long.push({ flag, rest: rest.trim() });
    }
  }
  for (const { flag, rest } of long) {
    // `--no text a red apple`: without other words these are the prompt.
    if (words.trim() === '' && hasPositional) words = rest;
    else if (rest !== '') flag.value = `${flag.value} ${rest}`;
  }
  return { words: words.trim(), flags };
}

/** A dash of prose (`a knight —brave`) is none: behind one, only what is meant as a flag counts. */
function readFlag(
  text: string,
  options: LineOption[],
): { typed: string; option: LineOption | undefined; length: number } | null {
  const match = flagPattern.exec(text);
  if (!match) return null;
  const [whole, dash] = match;
  const typed = match[2] as string;
  const option = findOption(typed, options);
  if (dash !== undefined && !option && nearestName(typed, flagsOf(options)) === null) return null;
  return { typed, option, length: whole.length };
}

const flagsOf = (options: LineOption[]) => options.flatMap(({ flags }) => flags);

/** Chinese has no spaces: `一个苹果--步数 4` holds a flag, where it is a known one. */
const flagInside =
  /(?<=[\p{Script=Han}\u3000-\u303f\uff01-\uff0c\uff1a-\uff1f])(?:--|[—–]{1,2}|－－)(?=\p{L})/gu;

function wordLength(left: string, options: LineOption[]): number {
  const word = /^\s*\S*\s*/u.exec(left)?.[0] ?? left;
  for (const { index } of word.matchAll(flagInside))
    if (readFlag(left.slice(index), options)?.option) return index;
  return word.length;
}

function takeValue(
  left: string,
  option: LineOption | undefined,
  options: LineOption[],
): { value: string | null; length: number; isQuoted: boolean } {
  const none = { value: null, length: 0, isQuoted: false };
  if (left === '' || readFlag(left, options)) return none;
  if (option?.type === 'boolean') {
    const said = /^(?:true|false|1|0|yes|no|on|off|是|否)(?=\s|$)/iu.exec(left);
    return said ? { value: said[0], length: said[0].length, isQuoted: false } : none;
  }
  const closing = quotePairs[left[0] as string];
  if (closing !== undefined) {
    const end = [...left].findIndex((character, i) => i > 0 && closing.includes(character));
    if (end > 0) {
      const inside = [...left].slice(1, end).join('');
      return { value: inside, length: inside.length + 2, isQuoted: true };
    }
  }
  const word = /^\S+/u.exec(left)?.[0] ?? '';
  return { value: word, length: word.length, isQuoted: false };
}

function untilFlag(text: string, options: LineOption[]): string {
  let end = 0;
  while (end < text.length && !readFlag(text.slice(end), options))
    end += wordLength(text.slice(end), options);
  return text.slice(0, end);
}

export function findOption(name: string, options: LineOption[]): LineOption | undefined {
  const wanted = name.toLowerCase().replaceAll('_', '-');
  return options.find(({ flags }) => flags.some((flag) => flag.toLowerCase() === wanted));
}

function flagFault(
  typed: string,
  option: LineOption | undefined,
  value: string | null,
  values: Record<string, string>,
  options: LineOption[],
  texts: Texts,
): Fault | null {
  if (!option) {
    const meant = nearestName(typed, flagsOf(options));
    const nearest = meant === null ? null : (findOption(meant, options)?.name ?? null);
    const allowed = options.map(({ name }) => `--${name}`).join(' ');
    const message =
      meant === null
        ? texts('line.unknownFlag', { flag: typed, allowed })
        : texts('line.unknownFlagNearest', { flag: typed, nearest: meant });
    return { field: `--${typed}`, value, allowed, nearest, message };
  }
  const { name } = option;
  const first = values[name];
  if (first !== undefined)
    return { ...fault(name, value, texts('line.twice', { flag: typed })), nearest: first };
  if (value === null && option.type !== 'boolean')
    return fault(name, null, texts('line.noValue', { flag: typed }));
  return null;
}

function placeWords(words: string, options: LineOption[], values: Record<string, string>): void {
  const free = options.filter(
    ({ name, isPositional }) => isPositional && values[name] === undefined,
  );
  let left = words;
  for (const [i, { name }] of free.entries()) {
    if (left === '') return;
    const isLast = i === free.length - 1;
    const { value, length } = isLast
      ? { value: unquote(left), length: left.length }
      : takeValue(left, undefined, options);
    if (value !== null && value !== '') values[name] = value;
    left = left.slice(length).trimStart();
  }
}

/** A text that stands in quotes as a whole. */
function unquote(text: string): string {
  const closing = quotePairs[text[0] ?? ''];
  const inside = text.slice(1, -1);
  const isWhole =
    text.length > 1 &&
    closing !== undefined &&
    closing.includes(text.at(-1) as string) &&
    ![...inside].some((character) => closing.includes(character));
  return isWhole ? inside : text;
}

function fault(field: string, value: unknown, message: string): Fault {
  return { field, value, allowed: message, nearest: null, message };
}

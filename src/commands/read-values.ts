import type { z } from 'zod';
import type { Fault } from '#src/errors.ts';
import { nearestName } from '#src/nearest.ts';
import type { Texts } from '#src/texts/index.ts';
import type { Locale } from '#src/types/chat.ts';
import { findOption, parseLine } from './parse-line.ts';
import type { LineOption } from './describe.ts';

export interface ReadValues {
  /** By option name, as they came; what was left empty is not there. */
  raw: Record<string, unknown>;
  /** What was wrong with the line itself. */
  faults: Fault[];
}

/** A typed line, typed options or a form's texts: all become values by option name. */
export function readRaw(
  given: Record<string, unknown> | string,
  options: LineOption[],
  texts: Texts,
): ReadValues {
  if (typeof given === 'string') {
    const { values, faults } = parseLine(given, options, texts);
    return { raw: values, faults };
  }
  const raw: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === '') continue;
    const option = findOption(name, options);
    if (option) raw[option.name] = value;
  }
  return { raw, faults: [] };
}

/** The options as the command wants them, or every fault at once. */
export function checkValues<Schema extends z.ZodObject>(
  schema: Schema,
  raw: Record<string, unknown>,
  options: LineOption[],
  texts: Texts,
  locale: Locale,
): { values: z.output<Schema> } | { faults: Fault[] } {
  const faults: Fault[] = [];
  const typed: Record<string, unknown> = {};
  for (const option of options) {
    const value = raw[option.name];
    if (value === undefined) {
      if (option.isRequired)
        faults.push(
          plain(option.name, null, texts('option.required', { name: option.localName[locale] })),
        );
      continue;
    }
    const read = coerce(value, option);
    const fault = valueFault(read, value, option, texts, locale);
    if (fault) faults.push(fault);
    else typed[option.name] = read;
  }
  const parsed = schema.safeParse(typed);
  if (faults.length === 0 && parsed.success) return { values: parsed.data };
  for (const issue of parsed.error?.issues ?? []) {
    const field = String(issue.path[0]);
    if (faults.some((fault) => fault.field === field)) continue;
    const name = options.find((option) => option.name === field)?.localName[locale] ?? field;
    const value = String(raw[field]);
    faults.push(plain(field, raw[field], texts('option.unfit', { name, value })));
  }
  return { faults };
}

/** Texts of a line or a form become what the option is; null where they cannot. */
function coerce(value: unknown, { type, choices }: LineOption): unknown {
  if (type === 'string') {
    const text = String(value);
    const wanted = text.toLowerCase();
    const choice = choices?.find(
      ({ label, value: own }) =>
        String(own).toLowerCase() === wanted ||
        Object.values(label).some((one) => one.toLowerCase() === wanted),
    );
    return choice?.value ?? text;
  }
  if (type === 'boolean') {
    if (typeof value === 'boolean') return value;
    const text = String(value).toLowerCase();
    if (['true', '1', 'yes', 'on', '是'].includes(text)) return true;
    return ['false', '0', 'no', 'off', '否'].includes(text) ? false : null;
  }
  const text = String(value).normalize('NFKC').trim();
  const number = text === '' ? NaN : Number(text);
  if (!Number.isFinite(number)) return null;
  return type === 'integer' && !Number.isInteger(number) ? null : number;
}

function valueFault(
  read: unknown,
  given: unknown,
  option: LineOption,
  texts: Texts,
  locale: Locale,
): Fault | null {
  const { name: field, type } = option;
  const name = option.localName[locale];
  const withNearest = (sentence: string, nearest: string | number | null) =>
    nearest === null ? sentence : `${sentence}${texts('option.nearest', { nearest })}`;
  const value = String(given);
  if (type === 'integer' || type === 'number') {
    const { min = -Infinity, max = Infinity } = option;
    if (typeof read === 'number' && read >= min && read <= max) return null;
    const number = value.trim() === '' ? NaN : Number(value.normalize('NFKC'));
    const nearest = Number.isNaN(number) ? null : Math.round(Math.min(Math.max(number, min), max));
    const allowed = `${min}–${max}`;
    const kind = type === 'integer' ? 'option.wholeNumber' : 'option.number';
    const message = withNearest(texts(kind, { name, value, min, max }), nearest);
    return { field, value: given, allowed, nearest, message };
  }
  if (type === 'boolean') {
    if (read !== null) return null;
    return plain(field, given, texts('option.boolean', { name, value }));
  }
  if (option.choices && !option.choices.some((choice) => choice.value === read)) {
    const known = option.choices.map((choice) => String(choice.value));
    const nearest = nearestName(value, known);
    const allowed = known.join(', ');
    const message = withNearest(texts('option.choice', { name, value, allowed }), nearest);
    return { field, value: given, allowed, nearest, message };
  }
  if (option.maxLength !== undefined && value.length > option.maxLength) {
    const { maxLength } = option;
    const length = value.length;
    return plain(field, given, texts('option.tooLong', { name, length, maxLength }));
  }
  return null;
}

function plain(field: string, value: unknown, message: string): Fault {
  return { field, value, allowed: message, nearest: null, message };
}

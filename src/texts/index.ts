import type { Locale } from '#src/types/chat.ts';
import { en } from './en.ts';
import { zhCn } from './zh-cn.ts';

/**
 * Everything the bot says, by key. `{name}` is a parameter; `{name:one|many}` is the first word where
 * the parameter is 1, else the second.
 */
export type TextKey = keyof typeof en;

type NameOf<Inner extends string> = Inner extends `${infer Name}:${string}` ? Name : Inner;
type NamesIn<Text extends string> = Text extends `${string}{${infer Inner}}${infer Rest}`
  ? NameOf<Inner> | NamesIn<Rest>
  : never;
type Parameters<Key extends TextKey> = NamesIn<(typeof en)[Key]>;
type Arguments<Key extends TextKey> = [Parameters<Key>] extends [never]
  ? []
  : [values: Record<Parameters<Key>, string | number>];

export interface Texts {
  <Key extends TextKey>(key: Key, ...values: Arguments<Key>): string;
  readonly locale: Locale;
}

const languages: Record<Locale, Record<TextKey, string>> = { en, 'zh-CN': zhCn };

export function createTexts(locale: Locale): Texts {
  const texts = languages[locale];
  const say = <Key extends TextKey>(key: Key, ...values: Arguments<Key>) =>
    fill(texts[key], values[0] ?? {});
  return Object.assign(say, { locale });
}

/** The text of a key that is put together, as a command's; null where there is none. */
export function findText(locale: Locale, key: string): string | null {
  return Object.hasOwn(languages[locale], key) ? languages[locale][key as TextKey] : null;
}

function fill(text: string, values: Record<string, string | number>): string {
  return text.replaceAll(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one, many) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (one === undefined) return String(value);
    return String(Number(value) === 1 ? one : many);
  });
}

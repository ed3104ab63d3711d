import type { Locale } from '../../../types/chat.ts';
import { en } from './en.ts';
import { zhCn } from './zh-cn.ts';

/** Every word of the page. `{name}` is a parameter; `{name:one|many}` is the first word where it is 1, else the second. */
export type TextKey = keyof typeof en;

type NameOf<Inner extends string> = Inner extends `${infer Name}:${string}` ? Name : Inner;
type NamesIn<Text extends string> = Text extends `${string}{${infer Inner}}${infer Rest}`
  ? NameOf<Inner> | NamesIn<Rest>
  : never;
type Parameters<Key extends TextKey> = NamesIn<(typeof en)[Key]>;
export type Words<Key extends TextKey> = [Parameters<Key>] extends [never]
  ? []
  : [words: Record<Parameters<Key>, string | number>];

export const texts: Record<Locale, Record<TextKey, string>> = { en, 'zh-CN': zhCn };

export function fill(text: string, words: Record<string, string | number>): string {
  return text.replaceAll(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one, many) => {
    const word = words[name];
    if (word === undefined) return whole;
    if (one === undefined) return String(word);
    return String(Number(word) === 1 ? one : many);
  });
}

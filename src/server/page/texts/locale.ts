import type { Locale } from '../../../types/chat.ts';
import { loadWord, saveWord } from '../ui/storage.ts';
import { fill, texts, type TextKey, type Words } from './index.ts';

/** The language of this page: the saved choice, else the browser's first that we have. It changes by loading anew. */
export const locale: Locale = chooseLocale(loadWord('locale'), navigator.languages);

/** A text of the page in its language. */
export function t<Key extends TextKey>(key: Key, ...words: Words<Key>): string {
  return fill(texts[locale][key], words[0] ?? {});
}

export function chooseLocale(saved: string | null, wanted: readonly string[]): Locale {
  if (saved === 'en' || saved === 'zh-CN') return saved;
  for (const language of wanted) {
    if (language.startsWith('zh')) return 'zh-CN';
    if (language.startsWith('en')) return 'en';
  }
  return 'en';
}

export function switchLocale(): void {
  saveWord('locale', locale === 'en' ? 'zh-CN' : 'en');
  location.reload();
}

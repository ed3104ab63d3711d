import { loadWord, saveWord } from './storage.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export function currentTheme(): Theme {
  const saved = loadWord('theme');
  return saved === 'light' || saved === 'dark' ? saved : 'system';
}

export function setTheme(theme: Theme): void {
  saveWord('theme', theme === 'system' ? null : theme);
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

import { loadWord, saveWord } from './storage.ts';

/** Whoever speaks to the computer may turn single keys off: every word would press some. */
export function areKeysOn(): boolean {
  return loadWord('keys') !== 'off';
}

export function turnKeys(isOn: boolean): void {
  saveWord('keys', isOn ? null : 'off');
}

/**
 * Which of these words a text holds, or null. Words of letters count as whole words, so that "ass"
 * does not hit "glass"; in scripts without spaces any occurrence counts.
 */
export function findWord(text: string, words: readonly string[]): string | null {
  const normal = normalize(text);
  return words.find((word) => holds(normal, normalize(word))) ?? null;
}

/** Full width, capitals and characters that nobody sees make no other word. */
function normalize(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .toLowerCase();
}

const withoutSpaces = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

function holds(text: string, word: string): boolean {
  if (word === '') return false;
  if (withoutSpaces.test(word)) return text.includes(word);
  const isLetter = (character: string | undefined) =>
    character !== undefined && /[\p{L}\p{N}]/u.test(character) && !withoutSpaces.test(character);
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!isLetter(text[at - 1]) && !isLetter(text[at + word.length])) return true;
  }
  return false;
}

/** What is drawn only where a channel is marked for adults. */
export const adultWords: readonly string[] = [
  'nude', 'nudes', 'nudity', 'naked', 'nsfw', 'porn', 'porno', 'pornographic', 'hentai', 'erotic',
  'erotica', 'topless', 'sex', 'sexual', 'genitals', 'genitalia', 'penis', 'vagina', 'nipple',
  'nipples', 'orgasm', 'fetish', 'bdsm', 'lewd',
  '裸体', '裸照', '全裸', '裸女', '裸男', '色情', '情色', '性爱', '做爱', '性交', '黄片', '成人影片',
  '阴茎', '阴道', '乳头', '露点',
]; // prettier-ignore

/** What the browser keeps for the page. Where storage is turned off nothing is kept, and nothing breaks. */

/** null: nothing was kept. What it is, only the caller knows. */
export function load(area: 'local' | 'session', key: string): unknown {
  try {
    const text = areaOf(area).getItem(`quartet.${key}`);
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

export function save(area: 'local' | 'session', key: string, value: unknown): void {
  try {
    areaOf(area).setItem(`quartet.${key}`, JSON.stringify(value));
  } catch {
    // Full, or turned off.
  }
}

/** As it is, without JSON: `early.ts` reads these. */
export function loadWord(key: string): string | null {
  try {
    return localStorage.getItem(`quartet.${key}`);
  } catch {
    return null;
  }
}

export function saveWord(key: string, word: string | null): void {
  try {
    if (word === null) localStorage.removeItem(`quartet.${key}`);
    else localStorage.setItem(`quartet.${key}`, word);
  } catch {
    // Full, or turned off.
  }
}

function areaOf(area: 'local' | 'session'): Storage {
  return area === 'local' ? localStorage : sessionStorage;
}

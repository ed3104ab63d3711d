import type { Locale } from '#src/types/chat.ts';

/** Between our plain texts and Discord's markdown. */

const ellipsis = '…';
const address = /(https?:\/\/[^\s<>]+)/;

/**
 * Makes a text show as it is: no markdown, no mention, no timestamp. Addresses stay, or they would
 * lead elsewhere.
 */
export function escapeText(text: string): string {
  return text
    .split(address)
    .map((part, index) => (index % 2 === 1 ? part : escapePart(part)))
    .join('')
    .replaceAll(/^([ \t]*)(#{1,3} |-# |[-+] |>)/gm, '$1\\$2');
}

function escapePart(text: string): string {
  return text.replaceAll(/[\\*_~`|<[]/g, '\\$&');
}

/** Cuts at a whole character, so that the result with its `…` has at most `limit` UTF-16 units. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let end = limit - ellipsis.length;
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end -= 1;
  return text.slice(0, end).trimEnd() + ellipsis;
}

/** Escapes and cuts; the limit counts the escaped text, and no escape is cut in half. */
export function escapeAndCut(text: string, limit: number): string {
  const escaped = escapeText(text);
  if (escaped.length <= limit) return escaped;
  // Cutting the plain text can only need a few tries: every escape is one character.
  let length = Math.min(text.length, limit);
  for (;;) {
    const cut = escapeText(cutText(text, length));
    if (cut.length <= limit || length <= 1) return cut.slice(0, limit);
    length -= Math.max(1, Math.ceil((cut.length - limit) / 2));
  }
}

export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Discord's language keys to ours: every Chinese is ours. */
export function toLocale(key: string | null | undefined): Locale {
  return key?.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

/** `"Attach Files" and "Send Messages"` */
export function listNames(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`;
}

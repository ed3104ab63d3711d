/** Between our plain texts and Slack's: its three reserved characters, its links and mentions. */

const ellipsis = '…';

/** Makes a text safe to show: nothing in it can mention, link or notify. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
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
  let used = ellipsis.length;
  let kept = '';
  for (const character of text) {
    used += escapeText(character).length;
    if (used > limit) break;
    kept += character;
  }
  return escapeText(kept.trimEnd()) + ellipsis;
}

/** What a person typed, without Slack's markup: `<https://a.b|a.b>` is the address, `&lt;` is `<`. */
export function plainText(text: string): string {
  return text
    .replaceAll(/<(https?:[^|>]+|(?:mailto|tel):[^|>]+)(?:\|([^>]*))?>/g, (_, address: string) =>
      address.replace(/^(?:mailto|tel):/, ''),
    )
    .replaceAll(/<[@#!][^|>]*\|([^>]*)>/g, '$1')
    .replaceAll(/<([@#!][^|>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** The text of a mention without the mention itself. */
export function withoutMention(text: string, botUserId: string): string {
  const mention = new RegExp(`<@${botUserId}(?:\\|[^>]*)?>`, 'g');
  return text
    .replaceAll(mention, ' ')
    .replaceAll(/[ \t]{2,}/g, ' ')
    .trim();
}

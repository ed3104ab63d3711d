export type Route =
  | { name: 'create' }
  | { name: 'thread'; id: string }
  | { name: 'history'; search: string; platform: string }
  | { name: 'queue' };

/** Where requests come from, as the history offers them. */
export const places = ['console', 'discord', 'slack', 'all'] as const;

/** What a hash such as `#/history?search=apple` says. Anything unknown is the start page. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?');
  const [, name, id] = path.split('/');
  if (name === 'r' && id) return { name: 'thread', id: decode(id) };
  if (name === 'queue') return { name: 'queue' };
  if (name === 'history') {
    const words = new URLSearchParams(query);
    return {
      name: 'history',
      search: words.get('search') ?? '',
      platform: places.find((place) => place === words.get('platform')) ?? 'console',
    };
  }
  return { name: 'create' };
}

/** As it is, where it was cut off in the middle of a letter. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function threadHash(id: string): string {
  return `#/r/${encodeURIComponent(id)}`;
}

export function historyHash(search: string, platform: string): string {
  const words = new URLSearchParams();
  if (search !== '') words.set('search', search);
  if (platform !== 'console') words.set('platform', platform);
  const query = words.toString();
  return query === '' ? '#/history' : `#/history?${query}`;
}

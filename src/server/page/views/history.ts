import type { ConsoleRequest } from '../../../types/console.ts';
import { messageOf } from '../data/api.ts';
import type { App, View } from '../app.ts';
import { append, el, replace } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { t } from '../texts/locale.ts';
import { createPager } from './pager.ts';
import { leadingOf } from '../data/requests.ts';
import { historyHash, places, threadHash } from '../router.ts';
import { skeletonTiles } from './skeleton.ts';
import { platformName, stateText } from '../card/status-view.ts';
import { timeOf } from '../ui/time.ts';

const searchDelayMilliseconds = 250;

/** Everything that was ever asked for, to be searched. */
export function historyView(app: App, given: { search: string; platform: string }): View {
  let { search, platform } = given;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const list = el('ol', { class: 'albums', 'aria-label': t('nav.history'), 'aria-busy': 'true' });
  const empty = el('div', { class: 'empty' });
  const input = el('input', {
    type: 'search',
    class: 'search-input',
    value: search,
    placeholder: t('history.placeholder'),
    'aria-label': t('history.search'),
    autocomplete: 'off',
  });
  const select = el(
    'select',
    { 'aria-label': t('history.platform') },
    ...places.map((name) =>
      el('option', { value: name, selected: name === platform }, name === 'all' ? t('history.all') : platformName(name)),
    ),
  ); // prettier-ignore
  const albums = new Map<string, { element: HTMLElement; look: string }>();
  const pager = createPager({
    load: async (before) => {
      const { requests, next } = await app.api.feed({ before, search, platform, limit: 24 });
      for (const request of requests) app.requests.put(request);
      if (before === null) {
        replace(list);
        albums.clear();
      }
      append(list, requests.map(showAlbum));
      list.setAttribute('aria-busy', 'false');
      showEmpty(list.childElementCount === 0);
      if (before === null) app.announce(t('history.found', { count: requests.length }));
      return next;
    },
    onError: (thrown) => replace(list, el('li', { class: 'failed' }, messageOf(thrown))),
  });

  function showEmpty(isEmpty: boolean): void {
    empty.hidden = !isEmpty;
    list.hidden = isEmpty;
    const [title, text] = search === '' ? [t('history.none'), t('history.noneText')] : [t('history.nothing', { search }), t('history.nothingText')];
    replace(empty, icon(search === '' ? 'history' : 'search'), el('h2', {}, title), el('p', {}, text));
  } // prettier-ignore

  function again(): void {
    history.replaceState(history.state, '', historyHash(search, platform));
    restart();
  }

  function restart(): void {
    list.setAttribute('aria-busy', 'true');
    pager.restart();
  }

  /** What is still being drawn, or goes, changes where it stands. */
  function onChange(id: string): void {
    const album = albums.get(id);
    if (!album) return;
    const request = app.requests.find(id)?.request;
    if (request && lookOf(request) === album.look) return;
    albums.delete(id);
    if (request) album.element.replaceWith(showAlbum(request));
    else album.element.remove();
  }

  function showAlbum(request: ConsoleRequest): HTMLElement {
    const element = albumOf(request);
    albums.set(request.id, { element, look: lookOf(request) });
    return element;
  }

  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      search = input.value.trim();
      again();
    }, searchDelayMilliseconds);
  });
  select.addEventListener('change', () => {
    platform = select.value;
    again();
  });

  empty.hidden = true;
  replace(list, ...skeletonTiles(8));
  pager.restart();
  const stops = [app.signals.onReturn(restart), app.requests.subscribe(onChange)];
  return {
    element: el(
      'div',
      { class: 'page page-wide' },
      el('h1', { class: 'page-title' }, t('nav.history')),
      el('div', { class: 'search', role: 'search' }, el('div', { class: 'search-box' }, icon('search'), input), select),
      list,
      empty,
      pager.element,
    ),
    title: t('nav.history'),
    composerSlot: null,
    threadId: null,
    dispose: () => {
      clearTimeout(timer);
      stops.forEach((stop) => stop());
      pager.dispose();
    },
  }; // prettier-ignore
}

/** What of a request its album shows. */
function lookOf(request: ConsoleRequest): string {
  const pictures = request.results?.candidates.length ?? 0;
  return [request.status.state, pictures, leadingOf(request)?.number].join();
}

/** A request as a small album: its pictures, and who wanted what when. */
function albumOf(request: ConsoleRequest): HTMLElement {
  const { id, threadId, prompt, requester, platform, acceptedAt, results, relation, status } =
    request;
  const candidates = results?.candidates ?? [];
  const leading = leadingOf(request);
  // The prompt names the album; four times the same words help nobody.
  const pictures = candidates.map(({ url, number }) =>
    el('img', {
      src: url,
      alt: '',
      loading: 'lazy',
      class: leading?.number === number ? 'is-leading' : '',
    }),
  );
  return el(
    'li',
    { class: 'album' },
    el(
      'a',
      { class: 'album-link', href: threadHash(threadId ?? id) },
      el('div', { class: 'album-pictures', data: { count: String(candidates.length) } }, ...pictures, candidates.length === 0 && el('span', { class: 'album-none' }, stateText(request))),
      el('h2', { class: 'album-prompt' }, prompt),
    ),
    el(
      'p',
      { class: 'album-facts' },
      el('span', { class: platform === 'console' ? 'is-viewer' : '' }, requester),
      platform !== 'console' && el('span', { class: 'platform' }, platformName(platform)),
      timeOf(acceptedAt),
      relation !== null && el('span', { class: 'album-relation' }, relation),
      status.state !== 'done' &&
        candidates.length > 0 && el('span', { class: 'state', data: { state: status.state } }, stateText(request)),
    ),
  ); // prettier-ignore
}

import type { ConsoleRequest } from '../../../types/console.ts';
import type { App, View } from '../app.ts';
import { messageOf } from '../data/api.ts';
import { createCard, type Card } from '../card/card.ts';
import { arrange, el, replace } from '../ui/dom.ts';
import { createHero } from './hero.ts';
import { t } from '../texts/locale.ts';
import { createPager } from './pager.ts';
import { createQueuePanel } from './queue-panel.ts';
import type { Entry } from '../data/requests.ts';
import { skeletonCards } from './skeleton.ts';

/** The composer, and under it what was asked for: newest first. */
export function createView(app: App): View {
  const composerSlot = el('div', { class: 'composer-slot' });
  const list = el('div', {
    class: 'feed',
    role: 'feed',
    'aria-label': t('feed.label'),
    'aria-busy': 'true',
  });
  const title = el('h1', { class: 'visually-hidden' }, t('feed.title'));
  const hero = createHero(app);
  const cards = new Map<string, Card>();
  /** Those before the oldest that was read are not shown yet: some of them may be known from elsewhere. */
  let oldest: string | null = null;
  let isRead = false;
  /** While a page comes in, it is shown once and not request by request. */
  let isReading = false;
  /** Cards that are behind what is known. */
  const stale = new Set<string>();
  const pager = createPager({
    load: async (before) => {
      const known = app.requests.all();
      const { requests, next } = await app.api.feed({ before, limit: 24 });
      const roots = await readRoots(requests);
      isReading = true;
      for (const request of [...requests, ...roots]) app.requests.put(request);
      if (before === null) forgetDeleted(known, requests);
      isReading = false;
      oldest = next === null ? '' : (requests.at(-1)?.acceptedAt ?? oldest);
      isRead = true;
      render();
      return next;
    },
    onError: (thrown) => {
      list.hidden = false;
      list.setAttribute('aria-busy', 'false');
      replace(list, el('p', { class: 'failed' }, messageOf(thrown)));
    },
  });
  const panel = createQueuePanel(app);
  const element = el(
    'div',
    { class: 'create' },
    el(
      'div',
      { class: 'column' },
      title,
      composerSlot,
      app.notes.element,
      hero,
      list,
      pager.element,
    ),
    el('aside', { class: 'aside' }, panel.element),
  );
  hero.hidden = true;
  replace(list, ...skeletonCards(3));

  /** After a break: what was known before, and is missing between those that were read, is gone. */
  function forgetDeleted(known: Entry[], read: ConsoleRequest[]): void {
    const there = new Set(read.map(({ id }) => id));
    const last = read.at(-1)?.acceptedAt ?? '';
    for (const { request } of known) {
      const isMissing = !there.has(request.id) && request.acceptedAt > last;
      if (isMissing && request.platform === 'console') {
        app.requests.hear({ type: 'removed', requestId: request.id });
      }
    }
  }

  /** What threads hang on, where it is older than the page that was read. */
  async function readRoots(read: ConsoleRequest[]): Promise<ConsoleRequest[]> {
    const there = new Set(read.map(({ id }) => id));
    const known = app.requests.all().map(({ request }) => request);
    const wanted = [...read, ...known].flatMap(({ threadId }) => threadId ?? []);
    const missing = [...new Set(wanted)].filter((id) => !there.has(id) && !app.requests.find(id));
    const found = await Promise.allSettled(missing.map((id) => app.api.request(id)));
    return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  }

  function isShown({ request }: Entry): boolean {
    if (request.platform !== 'console') return false;
    // What hangs on a request that is gone stands for itself.
    if (request.threadId !== null && app.requests.find(request.threadId)) return false;
    return oldest === null ? false : request.acceptedAt >= oldest || hasNews(request.id);
  }
  const hasNews = (id: string) =>
    app.requests.inThread(id).some(({ request }) => request.acceptedAt >= (oldest ?? ''));

  function render(): void {
    if (!isRead) return;
    const entries = app.requests.all().filter(isShown);
    const wanted = entries.map((entry) => {
      const { id } = entry.request;
      const known = cards.get(id);
      const card = known ?? createCard(app, entry, { isInThread: false });
      cards.set(id, card);
      if (!known || stale.has(id)) card.update(entry);
      return card.element;
    });
    stale.clear();
    arrange(list, wanted);
    list.setAttribute('aria-busy', 'false');
    hero.hidden = entries.length > 0;
    // The hero has a title of its own.
    title.hidden = !hero.hidden;
    list.hidden = entries.length === 0;
  }

  /** A step of a drawing touches its own card only. */
  function onChange(id: string): void {
    const entry = app.requests.find(id);
    const ownerId = entry?.request.threadId ?? id;
    const card = cards.get(ownerId);
    const owner = app.requests.find(ownerId);
    if (entry && card && owner && !isReading && card.element.isConnected) return card.update(owner);
    stale.add(ownerId);
    // What is gone may have been in any thread.
    if (!entry) for (const known of cards.keys()) stale.add(known);
    if (!isReading) render();
  }

  const stops = [
    app.requests.subscribe(onChange),
    app.signals.onReturn(() => pager.restart()),
    panel.dispose,
  ];
  pager.restart();
  return {
    element,
    title: t('nav.create'),
    composerSlot,
    threadId: null,
    dispose: () => {
      pager.dispose();
      stops.forEach((stop) => stop());
    },
  };
}

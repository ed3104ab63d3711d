import type { ConsoleRequest } from '../../types/console.ts';
import type { App, View } from './app.ts';
import { messageOf } from './api.ts';
import { createCard, type Card } from './card.ts';
import { arrange, el, replace } from './dom.ts';
import { createHero } from './hero.ts';
import { t } from './locale.ts';
import { createPager } from './pager.ts';
import { createQueuePanel } from './queue-panel.ts';
import type { Entry } from './requests.ts';
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
  const hero = createHero(app);
  const cards = new Map<string, Card>();
  /** Those before the oldest that was read are not shown yet: some of them may be known from elsewhere. */
  let oldest: string | null = null;
  let isRead = false;
  const pager = createPager({
    load: async (before) => {
      const known = app.requests.all();
      const { requests, next } = await app.api.feed({ before, limit: 24 });
      for (const request of requests) app.requests.put(request);
      if (before === null) forgetDeleted(known, requests);
      oldest = next === null ? '' : (requests.at(-1)?.acceptedAt ?? oldest);
      await readRoots();
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
    el('div', { class: 'column' }, composerSlot, app.notes.element, hero, list, pager.element),
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

  /** A thread whose first request is older than the page that was read. */
  async function readRoots(): Promise<void> {
    const wanted = app.requests.all().flatMap(({ request }) => request.threadId ?? []);
    const missing = [...new Set(wanted)].filter((id) => !app.requests.find(id));
    const found = await Promise.allSettled(missing.map((id) => app.api.request(id)));
    for (const one of found) if (one.status === 'fulfilled') app.requests.put(one.value);
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
      const card = cards.get(id) ?? createCard(app, entry, { isInThread: false });
      cards.set(id, card);
      card.update(entry);
      return card.element;
    });
    arrange(list, wanted);
    list.setAttribute('aria-busy', 'false');
    hero.hidden = entries.length > 0;
    list.hidden = entries.length === 0;
  }

  /** A step of a drawing touches its own card only. */
  function onChange(id: string): void {
    const entry = app.requests.find(id);
    const card = cards.get(entry?.request.threadId ?? id);
    const owner = app.requests.find(entry?.request.threadId ?? id);
    if (entry && card && owner && card.element.isConnected) card.update(owner);
    else render();
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

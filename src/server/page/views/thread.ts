import { ApiError, messageOf } from '../data/api.ts';
import type { App, View } from '../app.ts';
import { createCard, type Card } from '../card/card.ts';
import { arrange, el, keepingFocus, mainPart, replace } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { t } from '../texts/locale.ts';
import { createQueuePanel } from './queue-panel.ts';
import { skeletonCards } from './skeleton.ts';

/** A request and all that hangs on it, oldest first; what is typed here goes into the thread. */
export function threadView(app: App, id: string): View {
  const composerSlot = el('div', { class: 'composer-slot' });
  const list = el('div', {
    class: 'feed',
    role: 'feed',
    'aria-label': t('thread.label'),
    'aria-busy': 'true',
  });
  const cards = new Map<string, Card>();
  const panel = createQueuePanel(app);
  const count = el('p', { class: 'thread-count' });
  let isRead = false;
  /** Whether anything of it was ever here: then its absence means that it was deleted. */
  let wasThere = false;
  replace(list, ...skeletonCards(1));

  async function read(): Promise<void> {
    try {
      const { requests } = await app.api.thread(id);
      for (const request of requests) app.requests.put(request);
      isRead = true;
      render();
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.code === 'MESSAGE_GONE') showGone();
      else replace(list, el('p', { class: 'failed' }, messageOf(thrown)));
    }
  }

  function showGone(): void {
    composerSlot.hidden = true;
    count.textContent = '';
    // Not a feed any more: there is nothing in it.
    list.removeAttribute('role');
    list.setAttribute('aria-busy', 'false');
    const gone = el('div', { class: 'empty' }, icon('thread'), el('h2', {}, t('thread.gone')), el('p', {}, t('thread.goneText')));
    keepingFocus(list, () => replace(list, gone), mainPart);
  } // prettier-ignore

  function render(): void {
    if (!isRead) return;
    const root = app.requests.find(id);
    const entries = [...(root ? [root] : []), ...app.requests.inThread(id)];
    if (entries.length === 0) return wasThere ? showGone() : undefined;
    wasThere = true;
    const wanted = entries.map((entry) => {
      const card = cards.get(entry.request.id) ?? createCard(app, entry, { isInThread: true });
      cards.set(entry.request.id, card);
      card.update(entry);
      return card.element;
    });
    arrange(list, wanted);
    list.setAttribute('aria-busy', 'false');
    count.textContent = t('thread.length', { count: entries.length });
    composerSlot.hidden = root?.request.platform !== 'console';
  }

  const stops = [
    app.requests.subscribe((changed) => {
      const entry = app.requests.find(changed);
      const card = cards.get(changed);
      if (entry && card && card.element.isConnected) card.update(entry);
      else if (!entry || entry.request.threadId === id || changed === id) render();
    }),
    app.signals.onReturn(() => void read()),
    panel.dispose,
  ];
  void read();
  return {
    element: el(
      'div',
      { class: 'create' },
      el(
        'div',
        { class: 'column thread' },
        el('h1', { class: 'visually-hidden' }, t('thread.label')),
        el('header', { class: 'thread-header' }, el('a', { class: 'back', href: '#/' }, icon('left'), t('thread.back')), count),
        list,
        app.notes.element,
        composerSlot,
      ),
      el('aside', { class: 'aside' }, panel.element),
    ),
    title: t('thread.label'),
    composerSlot,
    threadId: id,
    dispose: () => stops.forEach((stop) => stop()),
  }; // prettier-ignore
}

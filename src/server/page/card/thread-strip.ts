import type { App } from '../app.ts';
import { arrange, el, replace, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { t } from '../texts/locale.ts';
import { isActive, wantedCount, type Entry } from '../data/requests.ts';
import { threadHash } from '../router.ts';
import { createProgress, stateText, type Part } from './status-view.ts';

const mostRows = 3;

/** What hangs on a request, in short, with the way into its thread. */
export function createThreadStrip(app: App, requestId: string) {
  const rows = new Map<string, Part>();
  const list = el('ol', { class: 'strip-rows' });
  const count = el('span', {});
  const element = el(
    'div',
    { class: 'strip' },
    el(
      'a',
      { class: 'strip-link', href: threadHash(requestId) },
      icon('thread'),
      count,
      icon('right'),
    ),
    list,
  );

  function rowOf(entry: Entry): Part {
    const row = rows.get(entry.request.id) ?? createRow();
    rows.set(entry.request.id, row);
    row.update(entry.request);
    return row;
  }

  return {
    element,
    update(): void {
      const entries = app.requests.inThread(requestId);
      element.hidden = entries.length === 0;
      setText(count, t('thread.count', { count: entries.length }));
      arrange(list, entries.slice(-mostRows).reverse().map((entry) => rowOf(entry).element));
    },
  }; // prettier-ignore
}

function createRow(): Part {
  const thumbs = el('span', { class: 'strip-thumbs' });
  const name = el('span', { class: 'strip-name' });
  const state = el('span', { class: 'strip-state' });
  const progress = createProgress();
  const link = el(
    'a',
    { class: 'strip-row' },
    thumbs,
    el('span', { class: 'strip-words' }, name, state),
  );
  const element = el('li', {}, link, progress.element);
  let shown = '';
  return {
    element,
    update(request) {
      const { relation, prompt, results } = request;
      link.href = threadHash(request.threadId ?? request.id);
      setText(name, relation ?? prompt);
      setText(state, isActive(request) || request.status.state !== 'done' ? stateText(request) : '');
      progress.update(request);
      const candidates = results?.candidates ?? [];
      const key = candidates.map(({ url }) => url).join();
      if (key === shown && thumbs.childElementCount > 0) return;
      shown = key;
      const empty = isActive(request) ? wantedCount(request) - candidates.length : 0;
      replace(
        thumbs,
        ...candidates.map(({ url }) => el('img', { src: url, alt: '', loading: 'lazy' })),
        ...Array.from({ length: Math.max(0, empty) }, () => el('span', { class: 'thumb-empty' })),
      );
    },
  }; // prettier-ignore
}

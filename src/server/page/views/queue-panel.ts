import type { ConsoleQueueEntry } from '../../../types/console.ts';
import { messageOf } from '../data/api.ts';
import type { App } from '../app.ts';
import { el, keepingFocus, mainPart, replace, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { t } from '../texts/locale.ts';
import { threadHash } from '../router.ts';
import { createProgress, platformName, type Part } from '../card/status-view.ts';

/** How often a worker is looked for while there is none. */
const noWorkerMs = 2000;

/** What is drawn, whose turn is next and why: beside the feed, and as a page of its own. */
export function createQueuePanel(app: App): { element: HTMLElement; dispose: () => void } {
  const workers = el('span', { class: 'queue-workers' });
  const list = el('ol', { class: 'queue-list', 'aria-busy': 'true' });
  const emptyText = el('p');
  const empty = el('div', { class: 'queue-empty' }, icon('check'), emptyText);
  const fair = el('p', { class: 'queue-fair muted' }, t('queue.fair'));
  const element = el(
    'section',
    { class: 'queue', 'aria-label': t('nav.queue') },
    el('header', { class: 'queue-header' }, el('h2', {}, t('queue.title')), workers),
    list,
    empty,
    fair,
  );
  const bars = new Map<string, Part>();
  let round = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  empty.hidden = true;
  fair.hidden = true;

  async function read(): Promise<void> {
    round += 1;
    const asked = round;
    try {
      const queue = await app.api.queue();
      if (asked !== round) return;
      workers.textContent = t('queue.workers', { count: queue.workers });
      workers.classList.toggle('is-bad', queue.workers === 0);
      replaceKeepingFocus(queue.entries);
      empty.hidden = queue.entries.length > 0;
      setText(emptyText, t(queue.workers === 0 ? 'queue.emptyNoWorker' : 'queue.empty'));
      // No event tells that one has come.
      clearTimeout(timer);
      if (queue.workers === 0) timer = setTimeout(() => void read(), noWorkerMs);
      fair.hidden = queue.entries.length < 2;
    } catch (thrown) {
      if (asked === round) replace(list, el('li', { class: 'failed' }, messageOf(thrown)));
    }
    list.setAttribute('aria-busy', 'false');
  }

  function replaceKeepingFocus(entries: ConsoleQueueEntry[]): void {
    const focused = document.activeElement?.closest<HTMLElement>('[data-queued]')?.dataset.queued;
    const buttonOf = (id: string) =>
      list.querySelector<HTMLElement>(`[data-queued="${CSS.escape(id)}"] button`);
    keepingFocus(
      list,
      () => replace(list, ...entries.map(itemOf)),
      () => focused && buttonOf(focused),
      () => list.querySelector('button'),
      mainPart,
    );
  }

  function itemOf(entry: ConsoleQueueEntry): HTMLElement {
    const { requestId, isRunning, place, requester, platform, prompt, reason } = entry;
    const known = app.requests.find(requestId);
    const bar = createProgress();
    bars.set(requestId, bar);
    if (known) bar.update(known.request);
    return el(
      'li',
      { class: isRunning ? 'queue-item is-running' : 'queue-item', data: { queued: requestId } },
      el('span', { class: 'queue-place', title: isRunning ? t('state.running') : t('queue.place', { place }) }, isRunning ? icon('create') : place),
      el(
        'div',
        { class: 'queue-words' },
        platform === 'console'
          ? el('a', { class: 'queue-prompt', href: threadHash(known?.request.threadId ?? requestId) }, prompt)
          : el('span', { class: 'queue-prompt' }, prompt),
        el('p', { class: platform === 'console' ? 'queue-who is-viewer' : 'queue-who' }, platform === 'console' ? requester : `${requester} · ${platformName(platform)}`),
        el('p', { class: 'queue-reason' }, reason),
        isRunning && known && bar.element,
      ),
      platform === 'console' &&
        el(
          'button',
          { type: 'button', class: 'icon-button', 'aria-label': t('queue.cancel', { prompt }), title: t('queue.cancelShort'), on: { click: () => void cancel(requestId) } },
          icon('close'),
        ),
    ); // prettier-ignore
  }

  async function cancel(requestId: string): Promise<void> {
    try {
      const { replies } = await app.api.act({ action: 'cancel', requestId });
      for (const { text } of replies) app.toasts.show({ text });
    } catch (thrown) {
      app.toasts.show({ text: messageOf(thrown), kind: 'bad' });
    }
    await read();
  }

  const stops = [
    app.signals.onQueue(() => void read()),
    app.signals.onReturn(() => void read()),
    app.requests.subscribe((id) => {
      const entry = app.requests.find(id);
      if (entry) bars.get(id)?.update(entry.request);
    }),
  ];
  void read();
  return {
    element,
    dispose: () => {
      round += 1;
      clearTimeout(timer);
      stops.forEach((stop) => stop());
    },
  };
}

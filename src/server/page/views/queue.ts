import type { App, View } from '../app.ts';
import { el } from '../ui/dom.ts';
import { t } from '../texts/locale.ts';
import { createQueuePanel } from './queue-panel.ts';

export function queueView(app: App): View {
  const panel = createQueuePanel(app);
  return {
    element: el(
      'div',
      { class: 'page' },
      el('h1', { class: 'page-title' }, t('nav.queue')),
      el('p', { class: 'page-text' }, t('queue.text')),
      panel.element,
    ),
    title: t('nav.queue'),
    composerSlot: null,
    threadId: null,
    dispose: panel.dispose,
  };
}

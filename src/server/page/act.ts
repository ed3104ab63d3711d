import type { Action } from '../../types/chat.ts';
import type { ConsoleRequest } from '../../types/console.ts';
import { messageOf, type Api } from './api.ts';
import { confirmAction, openDialog } from './dialog.ts';
import { el } from './dom.ts';
import { t } from './locale.ts';
import { isSettled, type Reply, type Requests } from './requests.ts';

export interface ActOptions {
  api: Api;
  requests: Requests;
  announce(text: string): void;
}

/** Does what a control asks for, and shows the answer where the request is. */
export function createAct({ api, requests, announce }: ActOptions) {
  return async (request: ConsoleRequest, action: Action): Promise<void> => {
    const { id } = request;
    if (requests.find(id)?.busy) return;
    if (action === 'delete' && !(await isSure(request))) return;
    requests.change(id, { busy: action, replies: [] });
    try {
      const { replies } = await api.act({ action, requestId: id });
      if (action === 'details') return showDetails(request, replies);
      if (action === 'delete') {
        requests.hear({ type: 'removed', requestId: id });
        announce(t('deleted'));
        return;
      }
      answer(id, replies);
    } catch (thrown) {
      answer(id, [{ text: messageOf(thrown), controls: [] }]);
    } finally {
      requests.change(id, { busy: null });
    }
  };

  function answer(id: string, replies: Reply[]): void {
    requests.change(id, { replies: replies.filter((reply) => !isSettled(reply, requests)) });
    for (const { text } of replies) announce(text);
  }
}

function isSure({ prompt }: ConsoleRequest): Promise<boolean> {
  return confirmAction(t('delete.title'), t('delete.text', { prompt }), t('delete.yes'));
}

/** `Name: value` lines as a list of both; others as they are. */
function showDetails({ shortId, line }: ConsoleRequest, replies: Reply[]): void {
  const rows = replies
    .flatMap(({ text }) => text.split('\n'))
    .map((row) => {
      const [, name, value] = /^([^:：]{1,40})[:：]\s*(.+)$/.exec(row) ?? [];
      return name && value
        ? el('div', { class: 'detail' }, el('dt', {}, name), el('dd', {}, value))
        : el('div', { class: 'detail detail-plain' }, el('dd', {}, row));
    });
  openDialog(
    t('details.title', { id: shortId }),
    'dialog-details',
    el('dl', { class: 'details' }, ...rows),
    el('pre', { class: 'details-line' }, el('code', {}, `/imagine ${line}`)),
    el('div', { class: 'dialog-buttons' }, copyButton(t('details.copy'), `/imagine ${line}`)),
  );
}

/** Copies a text and says so in its own label. */
export function copyButton(label: string, text: string): HTMLButtonElement {
  const button = el('button', { type: 'button', class: 'button normal' }, label);
  const copy = async () => {
    try {
      // Missing where the page comes over plain HTTP from another machine.
      await navigator.clipboard.writeText(text);
      button.textContent = t('copied');
    } catch {
      button.textContent = t('copyFailed');
    }
  };
  button.addEventListener('click', () => void copy());
  return button;
}

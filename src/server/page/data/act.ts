import type { Action } from '../../../types/chat.ts';
import type { ConsoleRequest } from '../../../types/console.ts';
import { messageOf, type Api } from './api.ts';
import { confirmAction, openDialog } from '../ui/dialog.ts';
import { el, type Child } from '../ui/dom.ts';
import { t } from '../texts/locale.ts';
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
    const voteBefore = requests.find(id)?.request.ownVote;
    requests.change(id, { busy: action, replies: [] });
    try {
      const { replies } = await api.act({ action, requestId: id });
      if (action === 'details') return showDetails(request, replies, announce);
      if (action === 'delete') {
        requests.hear({ type: 'removed', requestId: id });
        announce(t('deleted'));
        return;
      }
      if (action.startsWith('vote-') && (await hasVoted(id, voteBefore))) return say(replies);
      answer(id, replies);
    } catch (thrown) {
      answer(id, [{ text: messageOf(thrown), controls: [] }]);
    } finally {
      requests.change(id, { busy: null });
    }
  };

  function answer(id: string, replies: Reply[]): void {
    requests.change(id, { replies: replies.filter((reply) => !isSettled(reply, requests)) });
    say(replies);
  }

  function say(replies: Reply[]): void {
    for (const { text } of replies) announce(text);
  }

  /** The buttons show a vote that changed: a line under them would only push them about. */
  async function hasVoted(id: string, before: number | null | undefined): Promise<boolean> {
    const now = await api.request(id);
    requests.put(now);
    return before !== now.ownVote;
  }
}

function isSure({ prompt }: ConsoleRequest): Promise<boolean> {
  return confirmAction(t('delete.title'), t('delete.text', { prompt }), t('delete.yes'));
}

/** `Name: value` lines with the name before them; others as they are. */
function showDetails(
  { shortId, line }: ConsoleRequest,
  replies: Reply[],
  announce: (text: string) => void,
): void {
  const rows = replies
    .flatMap(({ text }) => text.split('\n'))
    .map((row) => {
      const [, name, value] = /^([^:：]{1,40})[:：]\s*(.+)$/.exec(row) ?? [];
      return name && value
        ? el(
            'li',
            { class: 'detail' },
            el('span', { class: 'detail-name' }, name),
            el('span', {}, value),
          )
        : el('li', {}, row);
    });
  openDialog(
    t('details.title', { id: shortId }),
    'dialog-details',
    el('ul', { class: 'details' }, ...rows),
    el('pre', { class: 'details-line' }, el('code', {}, ...flagsOf(`/imagine ${line}`))),
    el(
      'div',
      { class: 'dialog-buttons' },
      copyButton(t('details.copy'), `/imagine ${line}`, announce),
    ),
  );
}

/** A line breaks before a flag, not within one. */
function flagsOf(line: string): Child[] {
  return line.split(/ (?=--)/).flatMap((part, i) => {
    return i === 0 ? [part] : [' ', el('span', { class: 'details-flag' }, part)];
  });
}

/** Copies a text and says so in its own label. */
export function copyButton(
  label: string,
  text: string,
  announce: (text: string) => void,
): HTMLButtonElement {
  const button = el('button', { type: 'button', class: 'button normal' }, label);
  const show = (said: string) => {
    button.textContent = said;
    announce(said);
  };
  const copy = async () => {
    try {
      // Missing where the page comes over plain HTTP from another machine.
      await navigator.clipboard.writeText(text);
      show(t('copied'));
    } catch {
      show(t('copyFailed'));
    }
  };
  button.addEventListener('click', () => void copy());
  return button;
}

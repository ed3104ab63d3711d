import type { Action, Control } from '../../../types/chat.ts';
import type { ConsoleRequest } from '../../../types/console.ts';
import type { App } from '../app.ts';
import { el, keepingFocus, replace, setAttribute } from '../ui/dom.ts';
import { icon, type IconName } from '../ui/icons.ts';
import { t } from '../texts/locale.ts';
import type { Entry } from '../data/requests.ts';

const icons: Partial<Record<Action, IconName>> = {
  reroll: 'again',
  enlarge: 'enlarge',
  vary: 'dice',
  details: 'details',
  delete: 'trash',
  cancel: 'stop',
};
/** Key of each action, as shown in its hint. */
export const actionKeys: Partial<Record<Action, string>> = {
  reroll: 'R',
  enlarge: 'E',
  vary: 'V',
  details: 'D',
};

/** All that can be asked for now: of a request that is drawn, and of its pictures. */
export function controlsOf({ status, results, canAct }: ConsoleRequest): Control[] {
  if (!canAct) return [];
  const all = [...status.controls, ...(results?.controls ?? [])];
  return all.filter(({ action }, i) => all.findIndex((one) => one.action === action) === i);
}

/** The buttons of a card, and the answer to the last one that was pressed. */
export function createCardActions(app: App, requestId: string) {
  const bar = el('div', { class: 'actions', role: 'group', 'aria-label': t('actions') });
  const replies = el('div', { class: 'card-replies' });
  let drawn = '';

  function press(action: Action): void {
    const entry = app.requests.find(requestId);
    if (entry) void app.act(entry.request, action);
  }

  function buttonOf({ action, label, style }: Control): HTMLElement {
    const name = icons[action];
    const key = actionKeys[action];
    return el(
      'button',
      {
        type: 'button', class: `action ${style}`, data: { action }, 'aria-keyshortcuts': key,
        title: key ? t('actions.key', { label, key }) : label, on: { click: () => press(action) },
      },
      name && icon(name),
      el('span', {}, label),
    ); // prettier-ignore
  }

  return {
    bar,
    replies,
    update({ request, busy, replies: said }: Entry): void {
      const controls = controlsOf(request).filter(({ action }) => !action.startsWith('vote-'));
      const key = JSON.stringify(controls);
      // The same buttons stay, with the focus that one of them has.
      if (key !== drawn) {
        keepingFocus(
          bar,
          () => replace(bar, ...controls.map(buttonOf)),
          () => bar.querySelector('button'),
          () => bar.closest<HTMLElement>('.card'),
        );
      }
      drawn = key;
      bar.hidden = controls.length === 0;
      for (const button of bar.children) {
        const isBusy = busy !== null && (button as HTMLElement).dataset.action === busy;
        setAttribute(button, 'aria-busy', isBusy || null);
      }
      replies.hidden = said.length === 0;
      const text = said.map((reply) => reply.text).join('\n');
      if (replies.textContent !== text) replace(replies, text !== '' && el('p', {}, text));
    },
  };
}

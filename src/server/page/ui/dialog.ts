import { liveRegion } from './announce.ts';
import { el, freshId, type Child } from './dom.ts';
import { icon } from './icons.ts';
import { t } from '../texts/locale.ts';

/** A window over the page: Esc and a click beside it close it, and the focus goes back to where it was. */
export function openDialog(title: string, names: string, ...children: Child[]): HTMLDialogElement {
  const id = freshId('dialog');
  const close = el(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': t('close'), on: { click: () => dialog.close() } },
    icon('close'),
  ); // prettier-ignore
  const dialog = el(
    'dialog',
    { class: `dialog ${names}`, 'aria-labelledby': id },
    el('div', { class: 'dialog-header' }, el('h2', { id }, title), close),
    ...children,
    liveRegion(),
  );
  const before = document.activeElement;
  dialog.addEventListener('close', () => {
    dialog.remove();
    // Not where what closed it has put the focus elsewhere.
    const isFree = document.activeElement === null || document.activeElement === document.body;
    if (isFree && before instanceof HTMLElement && before.isConnected) before.focus();
  });
  dialog.addEventListener('pointerdown', (event) => {
    if (event.target === dialog && isBeside(dialog, event)) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function isBeside(dialog: HTMLElement, { clientX, clientY }: PointerEvent): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

/** Asks before something that cannot be taken back. */
export function confirmAction(title: string, text: string, yes: string): Promise<boolean> {
  return new Promise((answer) => {
    let isSure = false;
    const dialog: HTMLDialogElement = openDialog(
      title,
      'dialog-small',
      el('p', {}, text),
      el(
        'div',
        { class: 'dialog-buttons' },
        el('button', { type: 'button', class: 'button normal', autofocus: true, on: { click: () => dialog.close() } }, t('keep')),
        el('button', { type: 'button', class: 'button danger-solid', on: { click: () => sure() } }, yes),
      ),
    ); // prettier-ignore
    const sure = () => {
      isSure = true;
      dialog.close();
    };
    dialog.addEventListener('close', () => answer(isSure));
  });
}

import { el } from './dom.ts';
import { icon } from './icons.ts';
import { t } from '../texts/locale.ts';

export interface Toast {
  text: string;
  kind?: 'normal' | 'bad';
  link?: { label: string; href: string };
}

export interface Toasts {
  element: HTMLElement;
  show(toast: Toast): void;
}

const shownMilliseconds = 8000;
/** More would hide a phone's page. */
const most = 3;

/** Short lines in a corner. What must not be missed is a note, not a toast. */
export function createToasts(announce: (text: string) => void): Toasts {
  const element = el('section', { class: 'toasts', 'aria-label': t('toasts.label') });

  function show({ text, kind = 'normal', link }: Toast): void {
    const toast = el(
      'div',
      { class: `toast toast-${kind}` },
      el('p', {}, text),
      link && el('a', { href: link.href, on: { click: () => toast.remove() } }, link.label),
      el(
        'button',
        { class: 'icon-button', type: 'button', 'aria-label': t('close'), on: { click: () => toast.remove() } },
        icon('close'),
      ),
    ); // prettier-ignore
    // The same news twice is one.
    for (const other of element.children) {
      if (other.firstElementChild?.textContent === text) other.remove();
    }
    element.append(toast);
    while (element.childElementCount > most) element.firstElementChild?.remove();
    announce(text);
    hideLater(toast);
  }

  return { element, show };
}

/** Not while somebody points at it or has the focus in it. */
function hideLater(toast: HTMLElement): void {
  setTimeout(() => {
    if (toast.matches(':hover, :focus-within')) hideLater(toast);
    else toast.remove();
  }, shownMilliseconds);
}

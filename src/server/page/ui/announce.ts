import { el, replace } from './dom.ts';

export interface Announcer {
  element: HTMLElement;
  announce(text: string): void;
}

/** Where what is said to screen readers is written. */
export function liveRegion(): HTMLElement {
  return el('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite', data: { said: '' } });
} // prettier-ignore

/** Says something to screen readers. While a window is open, they hear only what is written in it. */
export function createAnnouncer(): Announcer {
  const element = liveRegion();
  return {
    element,
    announce(text) {
      const inWindows = document.querySelectorAll<HTMLElement>('dialog[open] [data-said]');
      replace([...inWindows].at(-1) ?? element, el('p', {}, text));
    },
  };
}

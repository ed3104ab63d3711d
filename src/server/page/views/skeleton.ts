import { el } from '../ui/dom.ts';

/** Grey shapes of cards, while they are read. */
export function skeletonCards(count: number): HTMLElement[] {
  return Array.from({ length: count }, () =>
    el(
      'div',
      { class: 'card skeleton', 'aria-hidden': 'true' },
      el('div', { class: 'skeleton-line is-short' }),
      el('div', { class: 'skeleton-line' }),
      el('div', { class: 'gallery' }, ...[1, 2, 3, 4].map(() => el('div', { class: 'tile' }))),
    ),
  );
}

export function skeletonTiles(count: number): HTMLElement[] {
  return Array.from({ length: count }, () =>
    el('div', { class: 'album skeleton', 'aria-hidden': 'true' }, el('div', { class: 'tile' }), el('div', { class: 'skeleton-line' })),
  ); // prettier-ignore
}

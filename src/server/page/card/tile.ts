import type { ConsoleCandidate, ConsoleRequest } from '../../../types/console.ts';
import { el, setAttribute, setText } from '../ui/dom.ts';
import { t } from '../texts/locale.ts';
import { drawnNow, ratioOf } from '../data/requests.ts';

/** One of the four places of a card: waiting, being drawn, or the picture. */
export interface Tile {
  element: HTMLElement;
  update(request: ConsoleRequest): void;
}

export interface TileOptions {
  number: number;
  onOpen(number: number): void;
}

export function createTile({ number, onOpen }: TileOptions): Tile {
  const preview = el('img', { class: 'tile-preview', alt: '' });
  const picture = el('img', { class: 'tile-picture', alt: '', decoding: 'async' });
  const badge = el('span', { class: 'tile-number', 'aria-hidden': 'true' }, number);
  const button = el(
    'button',
    { type: 'button', class: 'tile', on: { click: () => onOpen(number) } },
    preview,
    picture,
    badge,
  );
  preview.hidden = true;
  let url = '';
  picture.addEventListener('load', () => {
    picture.classList.add('is-there');
    // The estimate stays until the picture has faded in over it.
    button.classList.add('has-picture');
  });

  function showPicture(candidate: ConsoleCandidate): void {
    if (candidate.url === url) return;
    url = candidate.url;
    picture.src = url;
    picture.width = candidate.width;
    picture.height = candidate.height;
    picture.alt = candidate.altText;
  }

  return {
    element: button,
    update(request) {
      const { status, results } = request;
      const candidate = results?.candidates.find((one) => one.number === number);
      const isDrawn = !candidate && drawnNow(request) === number;
      button.style.aspectRatio = String(ratioOf(request));
      button.classList.toggle('is-drawn', isDrawn);
      button.classList.toggle(
        'is-empty',
        !candidate && status.state !== 'running' && status.state !== 'queued',
      );
      button.disabled = !candidate;
      setAttribute(
        button,
        'aria-label',
        candidate
          ? `${t('tile.open', { number })}. ${candidate.altText}`
          : t('tile.waiting', { number }),
      );
      if (isDrawn && status.preview !== null) {
        preview.src = status.preview;
        preview.hidden = false;
      }
      if (candidate) showPicture(candidate);
    },
  };
}

/** The vote under a picture, with the tally; the viewer's own is marked. */
export function createVote(number: number, onVote: () => void): Tile {
  const count = el('span', { class: 'vote-count' });
  const fill = el('span', { class: 'vote-fill', 'aria-hidden': 'true' });
  const element = el(
    'button',
    { type: 'button', class: 'vote', 'aria-pressed': 'false', on: { click: onVote } },
    fill,
    el('span', { class: 'vote-number' }, number),
    el('span', { class: 'vote-word' }),
    count,
  );
  const word = element.querySelector('.vote-word') as HTMLElement;
  return {
    element,
    update(request) {
      const { results, ownVote, canAct } = request;
      const all = results?.candidates ?? [];
      const votes = all.find((one) => one.number === number)?.votes ?? 0;
      const sum = all.reduce((total, one) => total + one.votes, 0);
      const isOwn = ownVote === number;
      element.disabled = !canAct;
      element.setAttribute('aria-pressed', String(isOwn));
      setAttribute(element, 'aria-label', t('vote.label', { number, votes }));
      setText(word, isOwn ? t('vote.own') : t('vote'));
      setText(count, votes === 0 ? '' : String(votes));
      fill.style.transform = `scaleX(${sum === 0 ? 0 : votes / sum})`;
    },
  };
}

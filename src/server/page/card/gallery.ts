import type { App } from '../app.ts';
import { arrange, el } from '../ui/dom.ts';
import { openLightbox } from './lightbox.ts';
import { leadingOf, wantedCount } from '../data/requests.ts';
import type { Part } from './status-view.ts';
import { createTile, createVote, type Tile } from './tile.ts';

/** The candidates of a card with their votes. */
export function createGallery(app: App, requestId: string): Part {
  const element = el('ol', { class: 'gallery' });
  const items: { element: HTMLElement; tile: Tile; vote: Tile }[] = [];

  function itemOf(number: number) {
    const tile = createTile({ number, onOpen: (at) => openLightbox(app, requestId, at) });
    const vote = createVote(number, () => {
      const entry = app.requests.find(requestId);
      if (entry) void app.act(entry.request, `vote-${number as 1 | 2 | 3 | 4}`);
    });
    return { element: el('li', {}, tile.element, vote.element), tile, vote };
  }

  return {
    element,
    update(request) {
      const { results } = request;
      const isOver = results?.isComplete ?? false;
      const isEmpty = results === null && !['queued', 'running'].includes(request.status.state);
      element.hidden = isEmpty;
      const count = isOver ? (results?.candidates.at(-1)?.number ?? 0) : wantedCount(request);
      while (items.length < count) items.push(itemOf(items.length + 1));
      const shown = items.slice(0, count).filter((_, i) => !isOver || results?.candidates.some(({ number }) => number === i + 1));
      element.dataset.count = String(shown.length);
      arrange(element, shown.map((item) => item.element));
      const leading = leadingOf(request);
      items.forEach((item, i) => {
        item.tile.update(request);
        item.vote.update(request);
        item.vote.element.hidden = !isOver;
        item.element.classList.toggle('is-leading', leading?.number === i + 1);
      });
    },
  }; // prettier-ignore
}

import { el } from '../ui/dom.ts';
import { t } from '../texts/locale.ts';

export interface Pager {
  /** Stands under the list: coming into view, it reads on. */
  element: HTMLElement;
  /** From the newest again. */
  restart(): void;
  dispose(): void;
}

export interface PagerOptions {
  /** Reads one page and shows it; what comes back is where the next one begins, null at the end. */
  load(before: string | null): Promise<string | null>;
  onError(thrown: unknown): void;
}

/** Reads a long list page by page, as far as one scrolls. */
export function createPager({ load, onError }: PagerOptions): Pager {
  const button = el(
    'button',
    { type: 'button', class: 'button normal', on: { click: () => void more() } },
    t('more'),
  );
  const element = el('div', { class: 'pager' }, button);
  let next: string | null = null;
  let round = 0;
  let isLoading = false;
  element.hidden = true;

  async function more(): Promise<void> {
    if (isLoading) return;
    isLoading = true;
    const asked = round;
    try {
      const found = await load(next);
      if (asked !== round) return;
      next = found;
    } catch (thrown) {
      if (asked !== round) return;
      // Further pages are asked for again by hand: what is there stays.
      if (next === null) onError(thrown);
      return;
    } finally {
      if (asked === round) isLoading = false;
    }
    element.hidden = next === null;
    // Observed anew, it says again whether it is in view.
    observer.unobserve(element);
    observer.observe(element);
  }

  const observer = new IntersectionObserver(
    (seen) => {
      if (next !== null && seen.some(({ isIntersecting }) => isIntersecting)) void more();
    },
    { rootMargin: '600px' },
  );

  return {
    element,
    restart() {
      round += 1;
      next = null;
      isLoading = false;
      void more();
    },
    dispose() {
      round += 1;
      observer.disconnect();
    },
  };
}

import type { App } from '../app.ts';
import { el } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { t } from '../texts/locale.ts';

/** The first page of all: what this is, and prompts to begin with. */
export function createHero(app: App): HTMLElement {
  const examples = [t('hero.example1'), t('hero.example2'), t('hero.example3'), t('hero.example4')];
  const buttons = examples.map((prompt) =>
    el(
      'li',
      {},
      el('button', { type: 'button', class: 'example', on: { click: () => app.composer.fill(prompt) } }, icon('create'), el('span', {}, prompt)),
    ),
  ); // prettier-ignore
  return el(
    'section',
    { class: 'hero' },
    el(
      'div',
      { class: 'hero-tiles', 'aria-hidden': 'true' },
      el('span'),
      el('span'),
      el('span'),
      el('span'),
    ),
    el('h1', {}, t('hero.title')),
    el('p', { class: 'hero-text' }, t('hero.text')),
    el('h2', { class: 'hero-try' }, t('hero.try')),
    el('ul', { class: 'examples' }, ...buttons),
  );
}

import type { Locale, PlatformName } from '../state.ts';
import { h } from './dom.ts';
import { say } from './texts.ts';

const examples: Record<PlatformName, { line: string; what: Parameters<typeof say>[1] }[]> = {
  discord: [
    { line: '/imagine a red apple, flat illustration', what: 'examplePrompt' },
    { line: '/imagine a green cactus steps:12 seed:7 count:2', what: 'exampleFlags' },
    { line: '/imagine a blue umbrella size:1000x512', what: 'exampleMistake' },
    { line: '/imagine', what: 'exampleForm' },
  ],
  slack: [
    { line: '/imagine a red apple, flat illustration', what: 'examplePrompt' },
    { line: '/imagine a green cactus --steps 12 --seed 7 --count 2', what: 'exampleFlags' },
    { line: '/imagine a blue umbrella --size 1000x512', what: 'exampleMistake' },
    { line: '/imagine', what: 'exampleForm' },
  ],
};

/** What an empty channel says to whoever sees it first. */
export function showWelcome(
  platform: PlatformName,
  locale: Locale,
  onPick: (line: string) => void,
): HTMLElement {
  return h(
    'div',
    { class: 'welcome' },
    h('span', { class: 'hash', 'aria-hidden': 'true' }, '#'),
    h('h3', {}, say(locale, 'welcome')),
    h('p', {}, say(locale, 'tryOne')),
    h(
      'ul',
      {},
      ...examples[platform].map(({ line, what }) =>
        h(
          'li',
          {},
          h('button', { onclick: () => onPick(line) }, line),
          h('span', {}, say(locale, what)),
        ),
      ),
    ),
    h('p', {}, say(locale, 'afterwards')),
  );
}

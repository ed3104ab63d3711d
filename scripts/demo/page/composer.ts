import type { DemoCommand, Locale, PlatformName } from '../state.ts';
import { h } from './dom.ts';
import { say } from './texts.ts';

export interface ComposerOptions {
  platform: PlatformName;
  isThread: boolean;
  /** Resolves with false where the client refused: what was typed stays. */
  onSend(text: string): Promise<boolean>;
  /** Whoever types has read what was refused. */
  onType(): void;
}

export interface Composer {
  element: HTMLElement;
  update(locale: Locale, commands: DemoCommand[]): void;
  /** Types for the person, who sends it. */
  fill(text: string): void;
}

interface Suggestion {
  label: string;
  hint: string;
  /** The line after it was chosen. */
  line: string;
}

/** The line that one types into, with the commands that the platform would offer above it. */
export function createComposer({ platform, isThread, onSend, onType }: ComposerOptions): Composer {
  let locale: Locale = 'en';
  let commands: DemoCommand[] = [];
  let suggestions: Suggestion[] = [];
  /** Which suggestion the arrow keys are on; -1: none, Enter sends. */
  let chosen = -1;

  const input = h('input', {
    class: 'line',
    autocomplete: 'off',
    spellcheck: 'false',
    oninput: () => {
      onType();
      suggest();
    },
    onkeydown: (event) => onKey(event as KeyboardEvent),
    onblur: () => close(),
  }) as HTMLInputElement;
  const button = h('button', { type: 'submit', class: 'send' }, '➤');
  const menu = h('div', { class: 'menu', hidden: true });
  const options = h('div', { class: 'options', hidden: true });
  const form = h(
    'form',
    { class: 'composer', onsubmit: (event) => void send(event) },
    input,
    button,
  );
  const element = h('div', { class: 'composer-area' }, menu, options, form);

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '') return;
    fill('');
    if (!(await onSend(text)) && input.value === '') fill(text);
  }

  function fill(text: string): void {
    input.value = text;
    suggest();
    input.focus();
  }

  function suggest(): void {
    chosen = -1;
    const typed = input.value;
    suggestions =
      isThread && platform === 'slack' ? [] : matching(typed, platform, commands, locale);
    showMenu();
    showOptions(typed);
  }

  function close(): void {
    suggestions = [];
    showMenu();
  }

  function showMenu(): void {
    menu.hidden = suggestions.length === 0;
    menu.replaceChildren(
      h('p', { class: 'menu-title' }, say(locale, 'commands')),
      ...suggestions.map((one, i) =>
        h(
          'button',
          {
            type: 'button',
            tabindex: '-1',
            class: i === chosen ? 'is-chosen' : '',
            // Before the line loses the focus, which closes the menu.
            onmousedown: (event) => {
              event.preventDefault();
              fill(one.line);
            },
          },
          h('b', {}, one.label),
          h('span', {}, one.hint),
        ),
      ),
    );
    menu.querySelector('.is-chosen')?.scrollIntoView({ block: 'nearest' });
  }

  /** Discord has a field for every option; here a click writes `steps:`. */
  function showOptions(typed: string): void {
    const name = /^\/(\S+)\s/.exec(typed)?.[1];
    const command = platform === 'discord' ? commands.find((one) => one.name === name) : undefined;
    const left = (command?.options ?? []).filter(
      (option) => !typed.includes(`${option.name[locale]}:`),
    );
    options.hidden = left.length === 0;
    options.replaceChildren(
      ...left.map((option) =>
        h(
          'button',
          {
            type: 'button',
            title: option.description[locale],
            onmousedown: (event) => {
              event.preventDefault();
              fill(`${input.value.trimEnd()} ${option.name[locale]}:`);
            },
          },
          option.name[locale],
        ),
      ),
    );
  }

  function onKey(event: KeyboardEvent): void {
    // Enter also ends the writing of Chinese.
    if (event.isComposing || suggestions.length === 0) return;
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const move = moves[event.key];
    if (move !== undefined) {
      chosen =
        (Math.max(chosen, move < 0 ? 0 : -1) + move + suggestions.length) % suggestions.length;
      showMenu();
    } else if (event.key === 'Tab' || (event.key === 'Enter' && chosen >= 0)) {
      fill(suggestions[Math.max(chosen, 0)]?.line ?? input.value);
    } else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
  }

  return {
    element,
    fill,
    update(newLocale, newCommands) {
      locale = newLocale;
      commands = newCommands;
      const inThread = platform === 'slack' ? 'reply' : 'inThread';
      const label = say(locale, isThread ? inThread : 'message');
      input.placeholder = label;
      input.setAttribute('aria-label', label);
      button.setAttribute('aria-label', say(locale, 'send'));
    },
  };
}

function matching(
  typed: string,
  platform: PlatformName,
  commands: DemoCommand[],
  locale: Locale,
): Suggestion[] {
  if (!typed.startsWith('/')) return [];
  const offered = commands.map(({ name, description }) => {
    const isOwn = platform === 'discord' || name === 'imagine';
    const label = isOwn ? `/${name}` : `/quartet ${name}`;
    return { label, hint: description[locale], line: `${label} ` };
  });
  const first = (one: Suggestion) => Number(one.label !== '/imagine');
  return offered
    .filter(({ label }) => label.startsWith(typed) && label !== typed.trimEnd())
    .toSorted((a, b) => first(a) - first(b));
}

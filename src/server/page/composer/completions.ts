import type { Api } from '../data/api.ts';
import type { CommandDescription } from '../../../types/command.ts';
import { flagsIn, titleOf, typedAt, type Typed } from './command-line.ts';
import { el, freshId, replace } from '../ui/dom.ts';
import { locale, t } from '../texts/locale.ts';

interface Offer {
  /** In place of what was typed. */
  insert: string;
  label: string;
  detail: string;
}

export interface Completions {
  element: HTMLElement;
  /** Looks again at what stands at the caret. */
  update(): void;
  close(): void;
  /** Whether the key was for the list. */
  onKey(event: KeyboardEvent): boolean;
}

export interface CompletionsOptions {
  input: HTMLTextAreaElement;
  api: Api;
  commands: CommandDescription[];
  onPicked(): void;
}

const most = 12;

/** The list under the composer. Nothing is chosen until an arrow key or Tab chooses it, so Enter always sends. */
export function createCompletions({
  input,
  api,
  commands,
  onPicked,
}: CompletionsOptions): Completions {
  const id = freshId('completions');
  const element = el('ul', {
    class: 'completions',
    id,
    role: 'listbox',
    'aria-label': t('completions.label'),
  });
  let offers: Offer[] = [];
  let typed: Typed | null = null;
  let chosen = -1;
  let lastAsked = 0;
  input.setAttribute('aria-controls', id);
  element.hidden = true;

  function show(found: Offer[]): void {
    offers = found.slice(0, most);
    chosen = -1;
    replace(element, ...offers.map(optionElement));
    element.hidden = offers.length === 0;
    input.removeAttribute('aria-activedescendant');
  }

  function optionElement({ label, detail }: Offer, at: number): HTMLElement {
    const option = el(
      'li',
      { id: `${id}-${at}`, role: 'option', 'aria-selected': 'false' },
      el('span', { class: 'completion-label' }, label),
      el('span', { class: 'completion-detail' }, detail),
    );
    // Before the input loses the focus.
    option.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      pick(at);
    });
    return option;
  }

  function choose(at: number): void {
    chosen = (at + offers.length) % offers.length;
    [...element.children].forEach((option, i) =>
      option.setAttribute('aria-selected', String(i === chosen)),
    );
    element.children[chosen]?.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', `${id}-${chosen}`);
  }

  function pick(at: number): void {
    const offer = offers[at];
    if (!offer || !typed) return;
    input.setRangeText(`${offer.insert} `, typed.from, input.selectionStart, 'end');
    onPicked();
    void look();
  }

  async function look(): Promise<void> {
    lastAsked += 1;
    const asked = lastAsked;
    const { value, selectionStart, selectionEnd } = input;
    typed = selectionStart === selectionEnd ? typedAt(value, selectionStart, commands) : null;
    const found = typed === null ? [] : await offersFor(typed, value);
    if (asked === lastAsked && document.activeElement === input) show(found);
  }

  async function offersFor(what: Typed, text: string): Promise<Offer[]> {
    if (what.kind === 'command') return commandOffers(what.typed);
    if (what.kind === 'flag') return flagOffers(what.command, what.typed, text);
    const { option, command } = what;
    const known =
      option.type === 'boolean'
        ? [
            { label: 'true', value: 'true' },
            { label: 'false', value: 'false' },
          ]
        : option.choices?.map(({ label, value }) => ({ label: label[locale], value }));
    const found =
      known ?? (await api.suggest(command.name, option.name, what.typed).catch(() => []));
    return found
      .filter(({ value, label }) =>
        `${value} ${label}`.toLowerCase().includes(what.typed.toLowerCase()),
      )
      .map(({ label, value }) => ({
        insert: /\s/.test(String(value)) ? `"${value}"` : String(value),
        label: String(value),
        detail: label === String(value) ? '' : label,
      }));
  }

  function commandOffers(start: string): Offer[] {
    return commands
      .filter(({ name, localName }) =>
        [name, localName[locale]].some((one) => one.startsWith(start.toLowerCase())),
      )
      .sort((a, b) => Number(b.hasForm) - Number(a.hasForm))
      .map(({ name, localName, description }) => ({
        insert: `/${name}`,
        label: localName[locale] === name ? `/${name}` : `/${name} ${localName[locale]}`,
        detail: description[locale],
      }));
  }

  function flagOffers(command: CommandDescription, start: string, text: string): Offer[] {
    const given = flagsIn(text, command);
    return command.options
      .filter((option) => !given.has(option.name) && !(option.isLong && option.isRequired))
      .filter(({ name, localName }) =>
        [name, localName[locale]].some((one) => one.startsWith(start.toLowerCase())),
      )
      .map((option) => ({
        insert: `--${option.name}`,
        label:
          option.localName[locale] === option.name
            ? `--${option.name}`
            : `--${option.name} ${titleOf(option, locale)}`,
        detail: option.description[locale],
      }));
  }

  return {
    element,
    update: () => void look(),
    close: () => {
      lastAsked += 1;
      show([]);
    },
    onKey(event) {
      if (offers.length === 0) return false;
      if (event.key === 'ArrowDown') choose(chosen + 1);
      else if (event.key === 'ArrowUp') choose(chosen === -1 ? offers.length - 1 : chosen - 1);
      else if (event.key === 'Tab' && !event.shiftKey) pick(Math.max(chosen, 0));
      else if (event.key === 'Enter' && chosen !== -1) pick(chosen);
      else if (event.key === 'Escape') this.close();
      else return false;
      return true;
    },
  };
}

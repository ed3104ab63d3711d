import type { CommandDescription } from '../../../types/command.ts';
import type { ConsoleCommands } from '../../../types/console.ts';
import type { Api } from '../data/api.ts';
import { titleOf } from './command-line.ts';
import { el, keepingFocus, replace } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { locale, t } from '../texts/locale.ts';
import type { OptionField } from './option-controls.ts';
import { createField } from './option-field.ts';

/** The options of a command as fields. The first long, required one is the composer's own text and not here. */
export interface OptionsForm {
  element: HTMLElement;
  /** What is filled in, each with a button that takes it out. */
  chips: HTMLElement;
  values(): Record<string, string>;
  fill(values: Record<string, string>): void;
}

export interface OptionsFormOptions {
  api: Api;
  command: CommandDescription;
  commands: ConsoleCommands;
  onChange(): void;
}

export function createOptionsForm({
  api,
  command,
  commands,
  onChange,
}: OptionsFormOptions): OptionsForm {
  const element = el('div', { class: 'options-grid' });
  const chips = el('div', { class: 'chips' });
  const options = command.options.filter(({ isLong, isRequired }) => !(isLong && isRequired));
  let fields = new Map<string, OptionField>();
  let model = '';

  function build(given: Record<string, string>): void {
    model = given.model ?? '';
    const card = commands.models.find(({ name }) => name === (model || commands.defaultModel));
    fields = new Map(
      options.map((option) => {
        const suggest = () => api.suggest(command.name, option.name, '');
        return [option.name, createField({ option, model: card, suggest, onChange: changed })];
      }),
    );
    for (const [name, value] of Object.entries(given)) fields.get(name)?.set(value);
    replace(element, ...[...fields.values()].map((field) => field.element));
  }

  function values(): Record<string, string> {
    const filled = [...fields].map(([name, field]) => [name, field.get()] as const);
    return Object.fromEntries(filled.filter(([, value]) => value !== ''));
  }

  function changed(): void {
    const given = values();
    const wanted = given.model ?? '';
    const isKnown = wanted === '' || commands.models.some(({ name }) => name === wanted);
    // Another model has other limits, sizes and styles.
    if (wanted !== model && isKnown) rebuild(given);
    renderChips(given);
    onChange();
  }

  function rebuild(given: Record<string, string>): void {
    const focused = document.activeElement?.closest('.field')?.className;
    build(given);
    if (focused) element.querySelector<HTMLElement>(`.${focused.split(' ')[1]} input`)?.focus();
  }

  function renderChips(given: Record<string, string>): void {
    const items = Object.entries(given).map(([name, value]) => chipOf(name, value));
    const clear = el(
      'button',
      { type: 'button', class: 'chip-clear', on: { click: () => moving(() => fill({})) } },
      t('form.clear'),
    );
    replace(chips, ...items, items.length > 1 && clear);
    chips.hidden = items.length === 0;
  }

  /** From a chip that goes the focus moves to the next one, from the last to the text. */
  function moving(change: () => void): void {
    keepingFocus(
      chips,
      change,
      () => chips.querySelector('button'),
      () => chips.closest('form')?.querySelector('textarea'),
    );
  }

  function chipOf(name: string, value: string): HTMLElement {
    const option = options.find((one) => one.name === name);
    const title = option ? titleOf(option, locale) : name;
    const remove = () => {
      fields.get(name)?.set('');
      moving(changed);
    };
    return el(
      'span',
      { class: 'chip' },
      el('span', { class: 'chip-name' }, title),
      el('span', { class: 'chip-value' }, value),
      el('button', { type: 'button', 'aria-label': t('form.remove', { name: title }), on: { click: remove } }, icon('close')),
    ); // prettier-ignore
  }

  function fill(given: Record<string, string>): void {
    build(given);
    changed();
  }

  build({});
  renderChips({});
  return { element, chips, values, fill };
}

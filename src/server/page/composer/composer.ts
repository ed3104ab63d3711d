import type { Api } from '../data/api.ts';
import { freshKey, messageOf } from '../data/api.ts';
import type { ConsoleCommands } from '../../../types/console.ts';
import { findCommand, invocationOf, mainCommand } from './command-line.ts';
import { createCompletions } from './completions.ts';
import { el, freshId } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { t } from '../texts/locale.ts';
import type { Notes } from './notes.ts';
import { createOptionsForm } from './options-form.ts';
import { createRecall } from './recall.ts';
import { load, save } from '../ui/storage.ts';

export interface Composer {
  element: HTMLElement;
  focus(): void;
  /** Not in every view. */
  isShown(): boolean;
  /** null: what is typed goes into the channel. */
  setThread(threadId: string | null): void;
  /** Puts a text and fields in place of what stands there. */
  fill(text: string, fields?: Record<string, string>): void;
}

export interface ComposerOptions {
  api: Api;
  commands: ConsoleCommands;
  notes: Notes;
  onFile(file: File): void;
}

interface Draft {
  text: string;
  fields: Record<string, string>;
}

/** Where everything is typed: a prompt, or a command. */
export function createComposer({ api, commands, notes, onFile }: ComposerOptions): Composer {
  let threadId: string | null = null;
  /** Kept while the same is tried again, so that it is asked for once. */
  let attempt = { id: freshKey(), what: '' };
  let isSending = false;
  /** Enter was pressed again while something was sent. */
  let isWaiting = false;
  const recall = createRecall();
  const inputId = freshId('composer');

  const input = el('textarea', {
    id: inputId, rows: 1, class: 'composer-input', placeholder: t('composer.placeholder'), spellcheck: 'true',
    autocomplete: 'off', enterkeyhint: 'send', 'aria-autocomplete': 'list', 'aria-haspopup': 'listbox',
  }); // prettier-ignore
  const send = el(
    'button',
    { type: 'submit', class: 'send', 'aria-label': t('composer.send'), title: t('composer.send') },
    icon('arrowUp'),
  );
  const description = findCommand(mainCommand, commands.commands);
  const form =
    description && createOptionsForm({ api, commands, command: description, onChange: keepDraft });
  const panel = el('div', { class: 'options', id: freshId('options') }, form?.element);
  panel.hidden = true;
  const toggle = el(
    'button',
    { type: 'button', class: 'tool', 'aria-expanded': 'false', 'aria-controls': panel.id, on: { click: () => openForm(panel.hidden !== false) } },
    icon('sliders'),
    el('span', {}, t('composer.options')),
  ); // prettier-ignore
  const file = el('input', {
    type: 'file',
    accept: 'image/png',
    class: 'visually-hidden',
    tabindex: -1,
    // The button beside it opens it.
    'aria-hidden': 'true',
  });
  const choose = el(
    'button',
    { type: 'button', class: 'tool', title: t('composer.pictureHint'), on: { click: () => file.click() } },
    icon('picture'),
    el('span', {}, t('composer.picture')),
  ); // prettier-ignore
  const completions = createCompletions({
    input,
    api,
    commands: commands.commands,
    onPicked: changed,
  });

  const element = el(
    'form',
    { class: 'composer', 'aria-label': t('composer.label') },
    el('label', { class: 'visually-hidden', for: inputId }, t('composer.label')),
    input,
    completions.element,
    form?.chips,
    el('div', { class: 'composer-tools' }, form && toggle, choose, file, el('span', { class: 'composer-hint' }, t('composer.hint')), send),
    panel,
  ); // prettier-ignore

  function openForm(isOpen: boolean): void {
    panel.hidden = !isOpen;
    toggle.setAttribute('aria-expanded', String(isOpen));
  }

  /** Its height is known only where it stands on the page. */
  function grow(): void {
    if (!input.isConnected) return;
    input.style.height = 'auto';
    input.style.height = `${input.scrollHeight}px`;
  }

  function keepDraft(): void {
    save('session', 'draft', { text: input.value, fields: form?.values() ?? {} });
  }

  function changed(): void {
    grow();
    send.disabled = isSending || input.value.trim() === '';
    keepDraft();
  }

  function setText(text: string): void {
    input.value = text;
    input.setSelectionRange(text.length, text.length);
    changed();
  }

  async function submit(): Promise<void> {
    const text = input.value.trim();
    if (text === '') return;
    if (isSending) {
      isWaiting = true;
      return;
    }
    completions.close();
    const fields = form?.values() ?? {};
    const asked = { ...invocationOf(text, fields, commands.commands), threadId };
    const what = JSON.stringify(asked);
    if (attempt.what !== what) attempt = { id: freshKey(), what };
    isSending = true;
    element.setAttribute('aria-busy', 'true');
    changed();
    try {
      const { replies } = await api.run({ id: attempt.id, ...asked });
      attempt = { id: freshKey(), what: '' };
      recall.push(text);
      notes.add(text, replies);
      openForm(false);
      // What was typed meanwhile stays.
      if (input.value.trim() === text) input.value = '';
    } catch (thrown) {
      notes.add(text, [{ text: messageOf(thrown), controls: [] }], { isBad: true });
    } finally {
      isSending = false;
      element.removeAttribute('aria-busy');
      changed();
    }
    const isOther = input.value.trim() !== text;
    if (isWaiting && isOther) void submit();
    isWaiting = false;
  }

  function onKey(event: KeyboardEvent): void {
    // Enter and arrows belong to the input method while it composes.
    if (event.isComposing) return;
    if (completions.onKey(event)) return event.preventDefault();
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      return void submit();
    }
    const isFree = input.value === '' || recall.isRecalled(input.value);
    if (!isFree || event.altKey || event.ctrlKey || event.metaKey) return;
    const found =
      event.key === 'ArrowUp'
        ? recall.back(input.value)
        : event.key === 'ArrowDown'
          ? recall.forth()
          : null;
    if (found === null) return;
    event.preventDefault();
    setText(found);
  }

  input.addEventListener('keydown', onKey);
  input.addEventListener('input', () => {
    changed();
    completions.update();
  });
  input.addEventListener('blur', () => completions.close());
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen) onFile(chosen);
    file.value = '';
  });

  const draft = load('session', 'draft') as Draft | null;
  if (draft) {
    input.value = draft.text;
    form?.fill(draft.fields);
  }
  changed();

  return {
    element,
    focus: () => input.focus(),
    isShown: () => element.checkVisibility(),
    setThread(id) {
      threadId = id;
      input.placeholder = id === null ? t('composer.placeholder') : t('composer.placeholderThread');
      grow();
    },
    fill(text, fields = {}) {
      setText(text);
      form?.fill(fields);
      grow();
      input.focus();
    },
  };
}

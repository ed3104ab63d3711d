import type { ConsoleReplies } from '../../../types/console.ts';
import { freshKey } from '../data/api.ts';
import { el, keepingFocus, replace } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { t } from '../texts/locale.ts';
import { load, save } from '../ui/storage.ts';

type Reply = ConsoleReplies['replies'][number];

/** What only this person reads: it stays, over a reload too, until it is closed or its button was used. */
interface Note extends Reply {
  id: string;
  /** What it answers. */
  typed: string;
  isBad: boolean;
}

export interface Notes {
  element: HTMLElement;
  add(typed: string, replies: Reply[], options?: { isBad?: boolean }): void;
  /** Takes away "queued" lines about a request whose card is there. */
  settle(shortId: string): void;
}

export interface NotesOptions {
  announce(text: string): void;
  /** Uses a control; what comes back are further notes. */
  use(controlId: string): Promise<Reply[]>;
  /** Whether the page says the same elsewhere. */
  isSettled(reply: Reply): boolean;
  onError(thrown: unknown): void;
}

const most = 12;

export function createNotes({ announce, use, isSettled, onError }: NotesOptions): Notes {
  let notes = (load('session', 'notes') as Note[] | null) ?? [];
  const list = el('ol', { class: 'notes-list' });
  const element = el('section', { class: 'notes', 'aria-label': t('notes.label') }, list);

  function render(): void {
    element.hidden = notes.length === 0;
    replace(list, ...notes.map(noteElement));
    save('session', 'notes', notes);
  }

  function remove(id: string): void {
    notes = notes.filter((note) => note.id !== id);
    keepingFocus(
      element,
      render,
      () => list.querySelector('button'),
      () => document.querySelector<HTMLElement>('.composer-input'),
    );
  }

  async function press(note: Note, controlId: string, button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    try {
      const replies = await use(controlId);
      notes = notes.filter(({ id }) => id !== note.id);
      add(note.typed, replies);
    } catch (thrown) {
      button.disabled = false;
      onError(thrown);
    }
  }

  function noteElement(note: Note): HTMLElement {
    const buttons = note.controls.map((control) => {
      const button = el(
        'button',
        { type: 'button', class: `button ${control.style}`, on: { click: () => void press(note, control.id, button) } },
        control.label,
      ); // prettier-ignore
      return button;
    });
    return el(
      'li',
      { class: note.isBad ? 'note note-bad' : 'note' },
      el(
        'header',
        {},
        el('span', { class: 'note-private' }, t('notes.private')),
        note.typed !== '' && el('span', { class: 'note-typed' }, note.typed),
        el(
          'button',
          { class: 'icon-button', type: 'button', 'aria-label': t('notes.close'), on: { click: () => remove(note.id) } },
          icon('close'),
        ),
      ),
      el('p', { class: 'note-text' }, note.text),
      buttons.length > 0 && el('div', { class: 'note-controls' }, ...buttons),
    ); // prettier-ignore
  }

  function add(typed: string, replies: Reply[], { isBad = false } = {}): void {
    const fresh = replies.map((reply) => ({ ...reply, typed, isBad, id: freshKey() }));
    for (const { text } of fresh) announce(text);
    notes = [...fresh.filter((note) => !isSettled(note)), ...notes].slice(0, most);
    render();
  }

  render();
  return {
    element,
    add,
    settle(shortId) {
      const left = notes.filter((note) => !(note.text.includes(shortId) && isSettled(note)));
      if (left.length === notes.length) return;
      notes = left;
      render();
    },
  };
}

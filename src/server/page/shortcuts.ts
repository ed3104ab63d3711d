import type { Action } from '../../types/chat.ts';
import type { App } from './app.ts';
import { controlsOf } from './card/card-actions.ts';
import { openHelp } from './help-dialog.ts';
import { openLightbox } from './card/lightbox.ts';
import { showComposer } from './composer/reuse.ts';
import { areKeysOn } from './ui/single-keys.ts';

const actionOfKey: Record<string, Action> = {
  1: 'vote-1',
  2: 'vote-2',
  3: 'vote-3',
  4: 'vote-4',
  r: 'reroll',
  e: 'enlarge',
  v: 'vary',
  d: 'details',
};

/** Single keys, while nothing is typed and no window is open. They are for the card with the focus, else the one that is seen. */
export function listenToKeys(app: App): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!areKeysOn()) return;
    if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
    if (perform(app, event.key)) event.preventDefault();
  });
}

function perform(app: App, key: string): boolean {
  if (key === '?') openHelp();
  else if (key === '/') void showComposer(app);
  else if (key === 'j' || key === 'k') moveCard(key === 'j' ? 1 : -1);
  else if (key === 'o') return openPicture(app);
  else return act(app, actionOfKey[key.toLowerCase()]);
  return true;
}

function act(app: App, action: Action | undefined): boolean {
  const request = requestInView(app);
  if (!action || !request) return false;
  if (!controlsOf(request).some((control) => control.action === action)) return false;
  void app.act(request, action);
  return true;
}

function openPicture(app: App): boolean {
  const request = requestInView(app);
  const [first] = request?.results?.candidates ?? [];
  if (!request || !first) return false;
  openLightbox(app, request.id, first.number);
  return true;
}

function requestInView(app: App) {
  const id = currentCard()?.dataset.request;
  return id === undefined ? undefined : app.requests.find(id)?.request;
}

const cards = () => [...document.querySelectorAll<HTMLElement>('[data-request]')];

function currentCard(): HTMLElement | undefined {
  const focused = document.activeElement?.closest<HTMLElement>('[data-request]');
  if (focused) return focused;
  return cards().find((card) => card.getBoundingClientRect().bottom > innerHeight / 3);
}

function moveCard(by: number): void {
  const all = cards();
  const focused = document.activeElement?.closest<HTMLElement>('[data-request]');
  const at = focused ? all.indexOf(focused) + by : 0;
  const card = all[Math.max(0, Math.min(all.length - 1, at))];
  card?.focus();
  card?.scrollIntoView({ block: 'nearest' });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('input, textarea, select, [contenteditable]');
}

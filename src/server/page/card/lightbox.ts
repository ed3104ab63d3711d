import type { ConsoleCandidate, ConsoleRequest } from '../../../types/console.ts';
import { copyButton } from '../data/act.ts';
import type { App } from '../app.ts';
import { openCompare } from './compare.ts';
import { openDialog } from '../ui/dialog.ts';
import { el, replace, setAttribute } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { t } from '../texts/locale.ts';
import { lineOfOne } from '../data/requests.ts';
import { reuse } from '../composer/reuse.ts';

/** One picture as large as the window allows, with its neighbours on the arrow keys. */
export function openLightbox(app: App, requestId: string, first: number): void {
  let number = first;
  const picture = el('img', { class: 'lightbox-picture' });
  const facts = el('p', { class: 'lightbox-facts' });
  const tools = el('div', { class: 'lightbox-tools' });
  const said = el('p', { class: 'lightbox-said' });
  const step = (by: number) => el(
    'button',
    { type: 'button', class: `lightbox-step ${by < 0 ? 'is-left' : 'is-right'}`, 'aria-label': by < 0 ? t('lightbox.before') : t('lightbox.after'), on: { click: () => move(by) } },
    icon(by < 0 ? 'left' : 'right'),
  ); // prettier-ignore
  const [before, after] = [step(-1), step(1)];
  const thumbs = el('div', {
    class: 'lightbox-thumbs',
    role: 'group',
    'aria-label': t('lightbox.pictures'),
  });
  const dialog = openDialog(
    t('lightbox.title'),
    'lightbox',
    el('div', { class: 'lightbox-stage' }, before, picture, after),
    thumbs,
    el('footer', { class: 'lightbox-footer' }, facts, tools, said),
  );
  const heading = dialog.querySelector('h2') as HTMLElement;

  function move(by: number): void {
    const candidates = app.requests.find(requestId)?.request.results?.candidates ?? [];
    const at = candidates.findIndex((one) => one.number === number);
    const next = candidates[(at + by + candidates.length) % candidates.length];
    if (next) show(next.number);
  }

  function show(wanted: number): void {
    const entry = app.requests.find(requestId);
    const candidate = entry?.request.results?.candidates.find((one) => one.number === wanted);
    if (!entry || !candidate) return dialog.close();
    const isOther = number !== wanted || picture.src === '';
    number = wanted;
    const { request, replies } = entry;
    const all = request.results?.candidates ?? [];
    heading.textContent = t('lightbox.of', { number, count: all.length, prompt: request.prompt });
    if (isOther) {
      picture.src = candidate.url;
      picture.alt = candidate.altText;
      picture.style.aspectRatio = `${candidate.width} / ${candidate.height}`;
      app.announce(t('lightbox.now', { number }));
    }
    before.hidden = all.length < 2;
    after.hidden = all.length < 2;
    facts.textContent = t('lightbox.facts', { size: `${candidate.width} × ${candidate.height}`, seed: candidate.seed });
    replace(tools, ...toolsOf(app, request, candidate, () => dialog.close()));
    replace(thumbs, ...(all.length > 1 ? all.map(thumbOf) : []));
    said.textContent = replies.map(({ text }) => text).join(' ');
  } // prettier-ignore

  function thumbOf({ number: at, url }: ConsoleCandidate): HTMLElement {
    const thumb = el(
      'button',
      { type: 'button', class: 'lightbox-thumb', 'aria-label': t('tile.open', { number: at }), on: { click: () => show(at) } },
      el('img', { src: url, alt: '' }),
    ); // prettier-ignore
    setAttribute(thumb, 'aria-current', at === number ? 'true' : null);
    return thumb;
  }

  const stop = app.requests.subscribe((id) => {
    if (id === requestId) keepFocus(dialog, () => show(number));
  });
  dialog.addEventListener('close', stop);
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowLeft') move(-1);
    else if (event.key === 'ArrowRight') move(1);
    else if (/^[1-4]$/.test(event.key)) voteFor(Number(event.key));
    else return;
    event.preventDefault();
  });
  function voteFor(at: number): void {
    const entry = app.requests.find(requestId);
    if (entry?.request.results?.candidates.some((one) => one.number === at)) {
      void app.act(entry.request, `vote-${at as 1 | 2 | 3 | 4}`);
    }
  }
  show(first);
  picture.tabIndex = -1;
  picture.focus();
}

/** Buttons are made anew on a change: the one at the same place gets the focus again. */
function keepFocus(dialog: HTMLElement, change: () => void): void {
  const tool = (document.activeElement as HTMLElement | null)?.dataset.tool;
  change();
  if (tool) dialog.querySelector<HTMLElement>(`[data-tool="${tool}"]`)?.focus();
}

function toolsOf(
  app: App,
  request: ConsoleRequest,
  candidate: ConsoleCandidate,
  close: () => void,
): (HTMLElement | false)[] {
  const { number, votes, url, seed } = candidate;
  const isOwn = request.ownVote === number;
  const line = lineOfOne(request, seed);
  const tool = (name: string, label: string, press: () => void, ...extra: (Node | string)[]) =>
    el(
      'button',
      { type: 'button', class: 'button normal', data: { tool: name }, on: { click: press } },
      ...extra,
      label,
    );
  const vote = tool(
    'vote',
    votes === 0 ? t('lightbox.vote') : t('lightbox.votes', { votes }),
    () => void app.act(request, `vote-${number as 1 | 2 | 3 | 4}`),
    icon('vote'),
  );
  vote.setAttribute('aria-pressed', String(isOwn));
  const copy = copyButton(t('lightbox.copy'), `/imagine ${line}`, app.announce);
  copy.dataset.tool = 'copy';
  return [
    request.canAct && (request.results?.isComplete ?? false) && vote,
    el(
      'a',
      { class: 'button normal', href: `${url}?download=quartet-${request.shortId}-${number}.png`, download: `quartet-${request.shortId}-${number}.png`, data: { tool: 'download' } },
      icon('download'),
      t('lightbox.download'),
    ),
    tool('compare', t('lightbox.compare'), () => {
      close();
      openCompare(app, request.id, number);
    }, icon('compare')),
    copy,
    tool('reuse', t('lightbox.reuse'), () => {
      close();
      void reuse(app, { line });
    }),
  ]; // prettier-ignore
}

import type { ConsoleCandidate, ConsoleRequest } from '../../../types/console.ts';
import type { App } from '../app.ts';
import { openDialog } from '../ui/dialog.ts';
import { el, replace, setAttribute } from '../ui/dom.ts';
import { t } from '../texts/locale.ts';

interface Choice {
  request: ConsoleRequest;
  candidate: ConsoleCandidate;
}

/** Two pictures side by side: of one request, or of its whole thread. */
export function openCompare(app: App, requestId: string, number: number): void {
  const choices = choicesFor(app, requestId);
  const first = choices.findIndex(
    ({ request, candidate }) => request.id === requestId && candidate.number === number,
  );
  if (first === -1) return;
  const second = choices.findIndex((_, i) => i !== first);
  openDialog(
    t('compare.title'),
    'compare',
    el('div', { class: 'compare-sides' }, sideOf(app, choices, first, t('compare.left')), sideOf(app, choices, second === -1 ? first : second, t('compare.right'))),
  ); // prettier-ignore
}

function choicesFor(app: App, requestId: string): Choice[] {
  const own = app.requests.find(requestId)?.request;
  if (!own) return [];
  const rootId = own.threadId ?? own.id;
  const root = app.requests.find(rootId);
  const all = [...(root ? [root] : []), ...app.requests.inThread(rootId)].map(
    ({ request }) => request,
  );
  // Its own pictures first.
  const requests = [own, ...all.filter(({ id }) => id !== own.id)];
  return requests.flatMap((request) =>
    (request.results?.candidates ?? []).map((candidate) => ({ request, candidate })),
  );
}

function sideOf(app: App, choices: Choice[], first: number, label: string): HTMLElement {
  const picture = el('img', { class: 'compare-picture' });
  const facts = el('p', { class: 'compare-facts' });
  const strip = el('div', { class: 'compare-strip', role: 'group', 'aria-label': label });
  const thumbs = choices.map(({ candidate, request }, at) =>
    el(
      'button',
      { type: 'button', class: 'lightbox-thumb', 'aria-label': nameOf({ request, candidate }), title: nameOf({ request, candidate }), on: { click: () => choose(at) } },
      el('img', { src: candidate.url, alt: '' }),
    ),
  ); // prettier-ignore

  function show(at: number): void {
    const choice = choices[at];
    if (!choice) return;
    const { candidate, request } = choice;
    picture.src = candidate.url;
    picture.alt = candidate.altText;
    replace(
      facts,
      el('strong', {}, nameOf(choice)),
      el('span', {}, request.results?.lines[0]),
      el('span', {}, t('compare.facts', { seed: candidate.seed, votes: candidate.votes })),
    );
    thumbs.forEach((thumb, i) => setAttribute(thumb, 'aria-current', i === at ? 'true' : null));
  }

  function choose(at: number): void {
    show(at);
    app.announce(picture.alt);
  }

  replace(strip, ...thumbs);
  show(first);
  return el('section', { class: 'compare-side', 'aria-label': label }, picture, facts, strip);
}

function nameOf({ request, candidate }: Choice): string {
  return t('compare.name', { id: request.shortId, number: candidate.number });
}

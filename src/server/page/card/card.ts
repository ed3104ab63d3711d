import type { ConsoleRequest } from '../../../types/console.ts';
import type { App } from '../app.ts';
import { createCardActions } from './card-actions.ts';
import { el, replace } from '../ui/dom.ts';
import { createGallery } from './gallery.ts';
import { icon } from '../ui/icons.ts';
import { t } from '../texts/locale.ts';
import type { Entry } from '../data/requests.ts';
import { reuse } from '../composer/reuse.ts';
import { threadHash } from '../router.ts';
import { createStatePill, createStatusView, platformName } from './status-view.ts';
import { createThreadStrip } from './thread-strip.ts';
import { timeOf } from '../ui/time.ts';

/** A request with everything that belongs to it. */
export interface Card {
  element: HTMLElement;
  update(entry: Entry): void;
}

export interface CardOptions {
  /** In its thread the card shows where it comes from; in the feed, what hangs on it. */
  isInThread: boolean;
}

export function createCard(app: App, { request }: Entry, { isInThread }: CardOptions): Card {
  const { id } = request;
  const pill = createStatePill();
  const status = createStatusView();
  const gallery = createGallery(app, id);
  const actions = createCardActions(app, id);
  const info = el('p', { class: 'card-info' });
  const strip = isInThread ? null : createThreadStrip(app, id);
  const element = el(
    'article',
    { class: 'card', tabindex: -1, data: { request: id }, 'aria-label': t('card.label', { prompt: request.prompt }) },
    headerOf(app, request, pill.element),
    isInThread && lineageOf(app, request),
    el('h2', { class: 'card-prompt' }, request.prompt),
    status.element,
    gallery.element,
    info,
    actions.replies,
    actions.bar,
    strip?.element,
  ); // prettier-ignore

  let shownInfo = '';
  function update(entry: Entry): void {
    const { request: now } = entry;
    for (const part of [pill, status, gallery]) part.update(now);
    actions.update(entry);
    strip?.update();
    element.dataset.state = now.status.state;
    const lines = infoLines(app, now);
    if (lines.join() !== shownInfo) replace(info, ...lines.map((line) => el('span', {}, line)));
    shownInfo = lines.join();
    info.hidden = lines.length === 0;
  }

  return { element, update };
}

function headerOf(app: App, request: ConsoleRequest, pill: HTMLElement): HTMLElement {
  const { requester, platform, acceptedAt, shortId, id, threadId } = request;
  return el(
    'header',
    { class: 'card-header' },
    el('span', { class: 'avatar', 'aria-hidden': 'true' }, [...requester][0]?.toUpperCase()),
    el(
      'span',
      { class: platform === 'console' ? 'requester is-viewer' : 'requester' },
      requester,
    ),
    platform !== 'console' && el('span', { class: 'platform' }, platformName(platform)),
    el('span', { class: 'card-time' }, timeOf(acceptedAt)),
    pill,
    el('a', { class: 'card-id', href: threadHash(threadId ?? id), title: t('card.open') }, `#${shortId}`),
    app.commands.commands.length > 0 &&
      el(
        'button',
        { type: 'button', class: 'icon-button card-reuse', title: t('card.reuse'), 'aria-label': t('card.reuse'), on: { click: () => void reuse(app, request) } },
        icon('copy'),
      ),
  ); // prettier-ignore
}

function lineageOf(app: App, { relation, parentId }: ConsoleRequest): HTMLElement | null {
  if (parentId === null) return null;
  const parent = app.requests.find(parentId)?.request;
  const jump = () => {
    const card = document.querySelector<HTMLElement>(`[data-request="${CSS.escape(parentId)}"]`);
    card?.scrollIntoView({ block: 'center' });
    card?.focus();
  };
  return el(
    'p',
    { class: 'lineage' },
    icon('thread'),
    el('span', { class: 'lineage-relation' }, relation ?? t('lineage.again')),
    parent && el('button', { type: 'button', class: 'link', on: { click: jump } }, t('lineage.of', { id: parent.shortId })),
  ); // prettier-ignore
}

/** Generation info without what the card says elsewhere: ids, where it comes from, and how many are ready. */
function infoLines(app: App, { results, status, shortId, parentId }: ConsoleRequest): string[] {
  if (results === null) return [];
  const parent = parentId === null ? undefined : app.requests.find(parentId);
  const ids = [shortId, parent?.request.shortId ?? shortId];
  const own = results.lines.filter((line, i) => i === 0 || !ids.some((id) => line.includes(id)));
  const ending = status.state === 'done' ? status.lines : [];
  return results.isComplete ? [...own, ...ending] : own.slice(0, 1);
}

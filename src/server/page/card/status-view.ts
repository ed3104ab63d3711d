import type { ConsoleRequest } from '../../../types/console.ts';
import { el, replace, setAttribute, setText } from '../ui/dom.ts';
import { t } from '../texts/locale.ts';
import type { TextKey } from '../texts/index.ts';
import { isActive } from '../data/requests.ts';

export interface Part {
  element: HTMLElement;
  update(request: ConsoleRequest): void;
}

const stateTexts = {
  queued: 'state.queued',
  running: 'state.running',
  done: 'state.done',
  failed: 'state.failed',
  cancelled: 'state.cancelled',
} as const satisfies Record<ConsoleRequest['status']['state'], TextKey>;

export function stateText({ status }: ConsoleRequest): string {
  return t(stateTexts[status.state]);
}

/** Where a request was made. */
export function platformName(platform: ConsoleRequest['platform']): string {
  if (platform === 'console') return t('platform.console');
  return `${platform.charAt(0).toUpperCase()}${platform.slice(1)}`;
}

/** A coloured word: queued, drawing, done… */
export function createStatePill(): Part {
  const element = el('span', { class: 'state' });
  return {
    element,
    update(request) {
      element.dataset.state = request.status.state;
      setText(element, stateText(request));
    },
  };
}

/** What the status says, with the step bar while it is drawn. Nothing once the pictures speak for themselves. */
export function createStatusView(): Part {
  const lines = el('div', { class: 'status-lines' });
  const bar = createProgress();
  const element = el('div', { class: 'status' }, lines, bar.element);
  let shown = '';
  return {
    element,
    update(request) {
      const { status } = request;
      element.hidden = status.state === 'done';
      const text = status.lines.join('\n');
      if (text !== shown) replace(lines, ...status.lines.map((line) => el('p', {}, line)));
      shown = text;
      bar.update(request);
    },
  };
}

/** The step bar: its text stands beside it, and is what screen readers say. */
export function createProgress(): Part {
  const fill = el('span', { class: 'bar-fill' });
  const bar = el(
    'div',
    { class: 'bar', role: 'progressbar', 'aria-valuemin': 0, 'aria-label': t('progress') },
    fill,
  );
  const text = el('p', { class: 'bar-text' });
  const element = el('div', { class: 'progress' }, bar, text);
  return {
    element,
    update(request) {
      const { progress, lines } = request.status;
      element.hidden = !isActive(request);
      const share = progress && progress.total > 0 ? progress.done / progress.total : 0;
      bar.classList.toggle('bar-waiting', progress === null);
      setAttribute(bar, 'aria-valuenow', progress?.done ?? null);
      setAttribute(bar, 'aria-valuemax', progress?.total ?? 1);
      setAttribute(bar, 'aria-valuetext', progress?.text ?? lines[0] ?? '');
      fill.style.transform = `scaleX(${share})`;
      setText(text, progress?.text ?? '');
    },
  };
}

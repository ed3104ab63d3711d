import {
  ButtonStyle,
  ComponentType,
  type APIActionRowComponent,
  type APIButtonComponent,
} from 'discord.js';
import {
  actions,
  type Action,
  type Control,
  type PrivateMessage,
  type ResultsView,
  type StatusView,
} from '#src/types/chat.ts';
import { limits } from './limits.ts';
import { say } from './texts.ts';
import { cutText, escapeAndCut, escapeText, oneLine } from './wording.ts';

type Row = APIActionRowComponent<APIButtonComponent>;

/** What a message shows, without its files. */
export interface Body {
  content: string;
  components: Row[];
}

const titleLength = 500;
/** On the one button of a message whose pictures are still coming; it does nothing. */
const growingPrefix = 'results:';

export function statusBody(view: StatusView): Body {
  const tail = view.progress === null ? [] : [progressLine(view.progress)];
  return {
    content: fill([heading(view.title), ...lines(view.lines)], tail),
    components: buttonRows(view.controls.map(button)),
  };
}

/** @param notes ready sentences, as of a picture that could not be sent. */
export function resultsBody(view: ResultsView, notes: readonly string[]): Body {
  const buttons = view.controls.map(button);
  // A message without any control could not be found again after a lost answer.
  if (buttons.length === 0 && !view.isComplete) buttons.push(growingButton(view));
  return {
    content: fill([heading(view.title), ...lines(view.lines)], lines(notes)),
    components: buttonRows(buttons),
  };
}

/** As many messages as the text needs; the controls are under the last one. */
export function privateBodies(message: PrivateMessage): Body[] {
  const parts: string[] = [];
  for (const line of escapeText(message.text).split('\n')) {
    let rest = line;
    do {
      const end = endOfPiece(rest);
      const piece = rest.slice(0, end);
      rest = rest.slice(end);
      const last = parts.at(-1);
      if (last !== undefined && last.length + 1 + piece.length <= limits.content) {
        parts[parts.length - 1] = `${last}\n${piece}`;
      } else parts.push(piece);
    } while (rest !== '');
  }
  const shown = parts.filter((part) => part.trim() !== '');
  const rows = buttonRows((message.controls ?? []).map(button));
  return shown.map((content, index) => ({
    content,
    components: index === shown.length - 1 ? rows : [],
  }));
}

/** Where a long line is parted: at a space, never inside a character or an escape. */
function endOfPiece(line: string): number {
  if (line.length <= limits.content) return line.length;
  const space = line.lastIndexOf(' ', limits.content - 1);
  if (space > limits.content / 2) return space + 1;
  let end: number = limits.content;
  while (/[\udc00-\udfff]/.test(line[end] ?? '') || line[end - 1] === '\\') end -= 1;
  return end;
}

/** A line that mentions one person. */
export function addressed(personId: string, text: string): string {
  const mention = `<@${personId}> `;
  return mention + escapeAndCut(text, limits.content - mention.length);
}

/** The action and request of a pressed button, or null for a button of another kind. */
export function readButton(customId: string): { action: Action; requestId: string } | null {
  const [name, requestId] = splitOnce(customId);
  const action = actions.find((one) => one === name);
  return action === undefined || requestId === '' ? null : { action, requestId };
}

/** What a message of ours is. */
export interface Mark {
  requestId: string;
  kind: 'status' | 'results';
}

/** Which message of ours this is, by its controls: of which request, and with pictures or not. */
export function readMark(message: {
  components?: unknown;
  attachments?: readonly unknown[];
}): Mark | null {
  for (const customId of customIds(message.components)) {
    const [name, requestId] = splitOnce(customId);
    if (requestId === '') continue;
    if (`${name}:` === growingPrefix) return { requestId, kind: 'results' };
    if (readButton(customId) === null) continue;
    const hasPictures = (message.attachments ?? []).length > 0;
    return { requestId, kind: hasPictures ? 'results' : 'status' };
  }
  return null;
}

function customIds(components: unknown): string[] {
  if (!Array.isArray(components)) return [];
  return (components as { custom_id?: unknown; components?: unknown }[]).flatMap((one) => [
    ...(typeof one.custom_id === 'string' ? [one.custom_id] : []),
    ...customIds(one.components),
  ]);
}

function splitOnce(customId: string): [name: string, rest: string] {
  const at = customId.indexOf(':');
  return at === -1 ? [customId, ''] : [customId.slice(0, at), customId.slice(at + 1)];
}

function heading(title: string): string {
  return `**${escapeAndCut(oneLine(title), titleLength)}**`;
}

function lines(given: readonly string[]): string[] {
  return given.filter((line) => line.trim() !== '').map((line) => escapeAndCut(line, titleLength));
}

/** What comes first is kept whole where it fits; what comes last is always there. */
function fill(start: readonly string[], end: readonly string[]): string {
  const tail = end.join('\n');
  const left = limits.content - (tail === '' ? 0 : tail.length + 1);
  let text = '';
  for (const line of start) {
    const next = text === '' ? line : `${text}\n${line}`;
    if (next.length > left) break;
    text = next;
  }
  return cutText(tail === '' ? text : `${text}\n${tail}`, limits.content);
}

function progressLine({ done, total, text }: NonNullable<StatusView['progress']>): string {
  return `${progressBar(done, total)} ${escapeAndCut(oneLine(text), titleLength)}`;
}

export function progressBar(done: number, total: number, width = 12): string {
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const filled = Math.floor(share * width);
  return '▰'.repeat(filled) + '▱'.repeat(width - filled);
}

const styles = {
  primary: ButtonStyle.Primary,
  normal: ButtonStyle.Secondary,
  danger: ButtonStyle.Danger,
} as const;

function button({ id, label, style }: Control): APIButtonComponent {
  return {
    type: ComponentType.Button,
    style: styles[style],
    custom_id: id,
    label: cutText(label, limits.buttonLabel),
  };
}

function growingButton({ requestId, locale }: ResultsView): APIButtonComponent {
  return {
    type: ComponentType.Button,
    style: ButtonStyle.Secondary,
    custom_id: `${growingPrefix}${requestId}`,
    label: say('moreToCome', locale),
    disabled: true,
  };
}

function buttonRows(buttons: APIButtonComponent[]): Row[] {
  const rows: Row[] = [];
  for (let start = 0; start < buttons.length && rows.length < limits.rows;) {
    const row = buttons.slice(start, start + limits.rowButtons);
    rows.push({ type: ComponentType.ActionRow, components: row });
    start += row.length;
  }
  return rows;
}

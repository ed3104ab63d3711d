import type { types } from '@slack/bolt';
import type {
  Action,
  CandidateView,
  Control,
  Locale,
  PrivateMessage,
  ResultsView,
  StatusView,
} from '#src/types/chat.ts';
import { actions } from '#src/types/chat.ts';
import { limits } from './limits.ts';
import { say } from './texts.ts';
import { cutText, escapeAndCut, escapeText } from './wording.ts';

export type Block = types.KnownBlock;

/** A message body: blocks for people, the same in words for notifications and screen readers. */
export interface Body {
  text: string;
  blocks: Block[];
}

/** A picture as Slack holds it, or already shared as a file message of its own. */
export interface PictureFile {
  fileId: string;
  isShared: boolean;
}

export function statusBody(view: StatusView): Body {
  const blocks: Block[] = [heading(view.title), ...paragraphs(view.lines)];
  if (view.progress !== null) {
    const { done, total, text } = view.progress;
    blocks.push(context(`${progressBar(done, total)} ${escapeText(text)}`));
  }
  blocks.push(...controlRows(view.controls));
  const words = [view.title, ...view.lines, view.progress?.text ?? ''];
  return { text: fallback(words), blocks };
}

/** @param files by sha256, for every candidate that is uploaded. */
export function resultsBody(
  view: ResultsView,
  files: ReadonlyMap<string, PictureFile>,
  note: string | null,
): Body {
  const blocks: Block[] = [heading(view.title)];
  for (const candidate of view.candidates) {
    const file = files.get(candidate.sha256);
    if (file === undefined) continue;
    blocks.push(pictureBlock(candidate, file, view.locale));
  }
  blocks.push(...paragraphs(note === null ? view.lines : [...view.lines, note]));
  blocks.push(...controlRows(view.controls));
  const pictures = view.candidates.map(
    (one) => `${pictureTitle(one, view.locale)}: ${one.altText}`,
  );
  return { text: fallback([view.title, ...view.lines, ...pictures]), blocks };
}

export function privateBody(message: PrivateMessage): Body {
  return {
    text: fallback([message.text]),
    blocks: [...paragraphs([message.text]), ...controlRows(message.controls ?? [])],
  };
}

/**
 * The block's id remembers which file stands for which picture: after a restart the message itself
 * says what need not be uploaded again.
 */
function pictureBlock(candidate: CandidateView, file: PictureFile, locale: Locale): Block {
  const title = pictureTitle(candidate, locale);
  const block_id = `${file.isShared ? 'shared' : 'picture'}:${candidate.number}:${candidate.sha256}:${file.fileId}`;
  if (file.isShared) return { ...context(escapeText(title)), block_id };
  return {
    type: 'image',
    block_id,
    slack_file: { id: file.fileId },
    alt_text: cutText(candidate.altText || title, limits.altText),
    title: { type: 'plain_text', text: cutText(title, limits.imageTitle), emoji: false },
  };
}

/** Files by sha256, from the blocks of a message that was posted earlier. */
export function filesOfBlocks(blocks: unknown): Map<string, PictureFile> {
  const files = new Map<string, PictureFile>();
  if (!Array.isArray(blocks)) return files;
  for (const block of blocks as { block_id?: unknown }[]) {
    const match = /^(picture|shared):[1-4]:([^:]+):([^:]+)$/.exec(String(block?.block_id));
    if (match === null) continue;
    files.set(match[2]!, { fileId: match[3]!, isShared: match[1] === 'shared' });
  }
  return files;
}

export function pictureTitle({ number, seed }: CandidateView, locale: Locale): string {
  return say('pictureTitle', locale, { number, seed });
}

function heading(title: string): Block {
  // Bold ends at a line break, and marks of the prompt would end it early.
  const line = escapeAndCut(title.replaceAll(/\s*\n\s*/g, ' '), limits.section - 2);
  if (markup.test(line)) return section(line);
  return { type: 'section', text: { type: 'mrkdwn', text: `*${line}*`, verbatim: true } };
}

/** What Slack takes for formatting; people's words have nothing to do with that. */
const markup = /[*_~`]|:[\w+'-]+:|^&gt;/m;

function section(text: string): Block {
  return {
    type: 'section',
    text: markup.test(text)
      ? { type: 'plain_text', text, emoji: false }
      : // Names of channels and people in it are words, no links.
        { type: 'mrkdwn', text, verbatim: true },
  };
}

function context(text: string): types.ContextBlock {
  return {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: cutText(text, limits.section) }],
  };
}

/** Lines in as few sections as they fit in; what is over the limit of a message is cut. */
export function paragraphs(lines: string[]): Block[] {
  const sections: string[] = [];
  let left = limits.message;
  for (const line of lines.filter((one) => one.trim() !== '')) {
    if (left <= 1) break;
    const text = escapeAndCut(line, Math.min(limits.section, left));
    left -= text.length + 1;
    const last = sections.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= limits.section) {
      sections[sections.length - 1] = `${last}\n${text}`;
    } else {
      sections.push(text);
    }
  }
  return sections.map(section);
}

export function progressBar(done: number, total: number, width = 12): string {
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const filled = Math.floor(share * width);
  return '▰'.repeat(filled) + '▱'.repeat(width - filled);
}

function controlRows(controls: Control[]): Block[] {
  const rows: Block[] = [];
  for (let start = 0; start < controls.length; start += limits.rowElements) {
    const row = controls.slice(start, start + limits.rowElements);
    rows.push({
      type: 'actions',
      elements: row.map((control, index) => button(control, start + index)),
    });
  }
  return rows;
}

function button(control: Control, index: number): types.Button {
  return {
    type: 'button',
    // Slack wants every action_id of a row to differ, and an action may appear twice.
    action_id: `${control.action}#${index}`,
    value: control.id,
    text: { type: 'plain_text', text: cutText(control.label, limits.buttonText), emoji: true },
    ...(control.style === 'normal' ? {} : { style: control.style }),
  };
}

/** The action and request of a pressed button, or null for a button of another kind. */
export function readButton(
  actionId: string,
  value: string | undefined,
): { action: Action; requestId: string } | null {
  const name = actionId.replace(/#\d+$/, '');
  const action = actions.find((one) => one === name);
  const requestId = value?.slice(value.indexOf(':') + 1);
  return action === undefined || !requestId ? null : { action, requestId };
}

/** `text` is parsed as markup by Slack as well, so it is escaped too. */
function fallback(words: string[]): string {
  return escapeAndCut(words.filter((word) => word !== '').join('\n'), limits.fallback);
}

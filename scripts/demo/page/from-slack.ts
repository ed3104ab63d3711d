import type { MessageSnapshot } from '../../../test/fakes/slack/snapshot.ts';
import type { DemoState } from '../state.ts';
import { botName, type Somebody } from './people.ts';
import type { ShownButton, ShownMessage, ShownPart } from './shown.ts';

/** Slack knows reactions by name. */
const emoji: Record<string, string> = {
  repeat: '🔁',
  one: '1️⃣',
  two: '2️⃣',
  three: '3️⃣',
  four: '4️⃣',
  arrow_up: '⬆️',
  game_die: '🎲',
  clipboard: '📋',
  wastebasket: '🗑️',
};

interface Text {
  text: string;
}
interface Element {
  type: string;
  /** Of a button an object, of a context's element plain. */
  text?: Text | string;
  action_id?: string;
  style?: string;
}
interface Block {
  type: string;
  text?: Text;
  elements?: Element[];
  accessory?: Element;
  image_url?: string;
  alt_text?: string;
  title?: Text;
}

/** #general with its threads, and what only this person sees in them. */
export function slackMessages({ slack }: DemoState, viewer: Somebody): ShownMessage[] {
  const [channel] = slack.channels;
  if (!channel) return [];
  const seen = channel.messages.filter(
    ({ ephemeralFor }) => ephemeralFor === null || ephemeralFor === viewer.slack,
  );
  const toShown = (message: MessageSnapshot): ShownMessage => {
    const isRoot = message.threadTs === null && message.ephemeralFor === null;
    const replies = isRoot ? seen.filter(({ threadTs }) => threadTs === message.ts) : [];
    return {
      id: message.ts,
      channelId: channel.id,
      author: message.author,
      isBot: message.author === botName,
      at: Number(message.ts) * 1000,
      isPrivate: message.ephemeralFor !== null,
      // Slack marks only what people edited, and the bot's posts change all the time.
      isEdited: false,
      isThinking: false,
      parts:
        message.blocks.length > 0
          ? (message.blocks as unknown as Block[]).flatMap(toParts)
          : [{ type: 'text', text: message.text, isSmall: false }],
      reactions: message.reactions.map(({ name, users }) => ({
        emoji: name,
        shown: emoji[name] ?? `:${name}:`,
        users,
      })),
      thread:
        replies.length > 0
          ? { id: message.ts, name: '', messages: replies.map((reply) => toShown(reply)) }
          : null,
    };
  };
  const roots = new Set(seen.filter(({ threadTs }) => threadTs === null).map(({ ts }) => ts));
  return seen.filter(({ threadTs }) => threadTs === null || !roots.has(threadTs)).map(toShown);
}

function toParts(block: Block): ShownPart[] {
  switch (block.type) {
    case 'section':
    case 'header': {
      const text: ShownPart = { type: 'text', text: wordsOf(block.text), isSmall: false };
      return block.accessory
        ? [text, { type: 'buttons', buttons: [toButton(block.accessory)] }]
        : [text];
    }
    case 'context':
      return (block.elements ?? []).map(({ text }) => ({
        type: 'text',
        text: wordsOf(text),
        isSmall: true,
      }));
    case 'image':
      return [
        {
          type: 'picture',
          url: block.image_url ?? '',
          alt: block.alt_text ?? '',
          title: wordsOf(block.title),
        },
      ];
    case 'actions':
      return [{ type: 'buttons', buttons: (block.elements ?? []).map(toButton) }];
    default:
      return [];
  }
}

const wordsOf = (text: Text | string | undefined) =>
  typeof text === 'string' ? text : (text?.text ?? '');

function toButton({ text, action_id, style }: Element): ShownButton {
  return {
    control: action_id ?? '',
    label: wordsOf(text),
    style: style === 'primary' || style === 'danger' ? style : 'normal',
    isDisabled: false,
  };
}

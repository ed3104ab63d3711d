import type { MessageSnapshot } from '../../../test/fakes/slack/snapshot.ts';
import type { DemoState } from '../state.ts';
import type { ShownMessage } from './messages.ts';

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

interface Block {
  type: string;
  text?: { text: string };
  elements?: {
    type: string;
    text?: { text: string } | string;
    action_id?: string;
    style?: string;
  }[];
  accessory?: { type: string; text?: { text: string }; action_id?: string };
  image_url?: string;
  alt_text?: string;
  title?: { text: string };
}

/** Messages of #general with their threads inside, and what only this person sees. */
export function slackMessages({ slack }: DemoState, viewer: string): ShownMessage[] {
  const channel = slack.channels.find(({ name }) => name === 'general');
  if (!channel) return [];
  const seen = channel.messages.filter(
    ({ ephemeralFor }) => ephemeralFor === null || ephemeralFor === viewer,
  );
  const toShown = (message: MessageSnapshot): ShownMessage => ({
    id: message.ts,
    channelId: channel.id,
    author: message.author,
    isBot: message.author === 'Quartet',
    isPrivate: message.ephemeralFor !== null,
    isEdited: false,
    parts:
      message.blocks.length > 0
        ? (message.blocks as unknown as Block[]).flatMap(toParts)
        : [{ type: 'text', text: message.text }],
    reactions: message.reactions.map(({ name, users }) => ({
      emoji: name,
      shown: emoji[name] ?? `:${name}:`,
      users,
    })),
    replies:
      message.ephemeralFor === null
        ? seen.filter(({ threadTs }) => threadTs === message.ts).map(toShown)
        : [],
  });
  const known = new Set(seen.filter(({ threadTs }) => threadTs === null).map(({ ts }) => ts));
  return seen.filter(({ threadTs }) => threadTs === null || !known.has(threadTs)).map(toShown);
}

function toParts(block: Block): ShownMessage['parts'] {
  switch (block.type) {
    case 'section':
    case 'header': {
      const text = { type: 'text' as const, text: block.text?.text ?? '' };
      return block.accessory
        ? [text, { type: 'buttons', buttons: [toButton(block.accessory)] }]
        : [text];
    }
    case 'context':
      return (block.elements ?? []).map(({ text }) => ({
        type: 'text',
        text: typeof text === 'string' ? text : (text?.text ?? ''),
      }));
    case 'image':
      return [{ type: 'picture', url: block.image_url ?? '', alt: block.alt_text ?? '' }];
    case 'actions':
      return [{ type: 'buttons', buttons: (block.elements ?? []).map(toButton) }];
    default:
      return [];
  }
}

function toButton(element: {
  text?: { text: string } | string;
  action_id?: string;
  style?: string;
}) {
  return {
    control: element.action_id ?? '',
    label: typeof element.text === 'string' ? element.text : (element.text?.text ?? ''),
    style:
      element.style === 'primary' || element.style === 'danger'
        ? element.style
        : ('normal' as const),
    isDisabled: false,
  } as const;
}

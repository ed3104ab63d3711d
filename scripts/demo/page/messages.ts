import { h, rich } from './dom.ts';

/** A message of either platform, ready to be shown. */
export interface ShownMessage {
  id: string;
  channelId: string;
  author: string;
  isBot: boolean;
  /** Only the person who looks sees it. */
  isPrivate: boolean;
  isEdited: boolean;
  parts: (
    | { type: 'text'; text: string }
    | { type: 'picture'; url: string; alt: string }
    | { type: 'buttons'; buttons: ShownButton[] }
  )[];
  reactions: { emoji: string; shown: string; users: string[] }[];
  replies: ShownMessage[];
}

export interface ShownButton {
  control: string;
  label: string;
  style: 'primary' | 'danger' | 'normal';
  isDisabled: boolean;
}

export interface Hands {
  viewer: string;
  nameOf(id: string): string;
  press(message: ShownMessage, control: string): void;
  react(message: ShownMessage, emoji: string, isOn: boolean): void;
  look(url: string, alt: string): void;
}

export function showMessage(message: ShownMessage, hands: Hands): HTMLElement {
  const pictures = message.parts.filter((part) => part.type === 'picture');
  const body = h('div', { class: 'body' });
  let hasPictures = false;
  for (const part of message.parts) {
    if (part.type === 'text') body.append(...rich(part.text, hands.nameOf));
    if (part.type === 'buttons') body.append(showButtons(message, part.buttons, hands));
    // All together, where the first of them stands.
    if (part.type === 'picture' && !hasPictures) {
      hasPictures = true;
      body.append(
        h(
          'div',
          { class: 'pictures' },
          ...pictures.map(({ url, alt }) =>
            h(
              'button',
              { class: 'picture', title: alt, onclick: () => hands.look(url, alt) },
              h('img', { src: url, alt }),
            ),
          ),
        ),
      );
    }
  }
  if (message.reactions.length > 0) body.append(showReactions(message, hands));
  const replies = message.replies.map((reply) => showMessage(reply, hands));
  return h(
    'article',
    { class: `message${message.isPrivate ? ' private' : ''}`, 'data-id': message.id },
    h(
      'span',
      { class: `avatar${message.isBot ? ' bot' : ''}`, 'aria-hidden': 'true' },
      message.isBot ? '' : message.author.slice(0, 1),
    ),
    h(
      'div',
      { class: 'content' },
      h(
        'div',
        { class: 'author' },
        h('b', {}, message.author),
        message.isBot && h('span', { class: 'tag' }, 'APP'),
        message.isEdited && h('span', { class: 'edited' }, '(edited)'),
        message.isPrivate && h('span', { class: 'only' }, 'Only you can see this'),
      ),
      body,
      replies.length > 0 && h('div', { class: 'thread', 'aria-label': 'Thread' }, ...replies),
    ),
  );
}

function showButtons(message: ShownMessage, buttons: ShownButton[], hands: Hands): HTMLElement {
  return h(
    'div',
    { class: 'buttons' },
    ...buttons.map(({ control, label, style, isDisabled }) =>
      h(
        'button',
        { class: style, disabled: isDisabled, onclick: () => hands.press(message, control) },
        label,
      ),
    ),
  );
}

function showReactions(message: ShownMessage, hands: Hands): HTMLElement {
  return h(
    'div',
    { class: 'reactions' },
    ...message.reactions.map(({ emoji, shown, users }) => {
      const isOn = users.includes(hands.viewer);
      const label = `${shown} ${users.length}: ${users.join(', ')}`;
      return h(
        'button',
        {
          class: isOn ? 'on' : '',
          title: label,
          'aria-pressed': String(isOn),
          onclick: () => hands.react(message, emoji, !isOn),
        },
        h('span', { class: 'emoji' }, shown),
        ` ${users.length}`,
      );
    }),
  );
}

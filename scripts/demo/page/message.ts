import type { Locale, PlatformName } from '../state.ts';
import { h } from './dom.ts';
import { rich } from './rich.ts';
import type { ShownButton, ShownMessage, ShownPart } from './shown.ts';
import { say } from './texts.ts';

/** Who looks at a message, and what they can do to it. */
export interface Hands {
  platform: PlatformName;
  viewer: string;
  locale: Locale;
  press(message: ShownMessage, control: string): void;
  react(message: ShownMessage, emoji: string, isOn: boolean): void;
  draw(message: ShownMessage): void;
  dismiss(message: ShownMessage): void;
  look(url: string, alt: string): void;
}

/** One message without its thread. */
export function showMessage(message: ShownMessage, hands: Hands): HTMLElement {
  const { author, isBot, isPrivate, isEdited, isThinking } = message;
  const { locale } = hands;
  const time = new Date(message.at).toLocaleTimeString(locale, {
    hour: '2-digit',
    minute: '2-digit',
  });
  return h(
    'article',
    { class: `message${isPrivate ? ' is-private' : ''}`, 'aria-label': author },
    h(
      'span',
      { class: `avatar of-${isBot ? 'bot' : author}`, 'aria-hidden': 'true' },
      initial(message),
    ),
    h(
      'div',
      { class: 'content' },
      isPrivate && hands.platform === 'slack' && only(message, hands),
      h(
        'header',
        {},
        h('span', { class: `author of-${isBot ? 'bot' : author}` }, author),
        isBot && h('span', { class: 'tag' }, 'APP'),
        h('time', {}, time),
        isEdited && h('span', { class: 'edited' }, say(locale, 'edited')),
      ),
      isThinking
        ? h('p', { class: 'thinking' }, say(locale, 'thinking'))
        : h('div', { class: 'body' }, ...showParts(message, hands)),
      message.reactions.length > 0 && showReactions(message, hands),
      isPrivate && hands.platform === 'discord' && only(message, hands),
    ),
    !isBot &&
      h(
        'button',
        { class: 'draw', 'data-focus': 'draw', onclick: () => hands.draw(message) },
        `✦ ${say(locale, 'draw')}`,
      ),
  );
}

const initial = ({ isBot, author }: ShownMessage) => (isBot ? '' : author.slice(0, 1));

function only(message: ShownMessage, { locale, dismiss }: Hands): HTMLElement {
  return h(
    'p',
    { class: 'only' },
    `👁 ${say(locale, 'only')} · `,
    h(
      'button',
      { class: 'as-link', 'data-focus': 'dismiss', onclick: () => dismiss(message) },
      say(locale, 'dismiss'),
    ),
  );
}

function showParts(message: ShownMessage, hands: Hands): HTMLElement[] {
  const pictures = message.parts.filter((part) => part.type === 'picture');
  return message.parts.flatMap((part) => {
    switch (part.type) {
      case 'text': {
        const lines = rich(part.text, hands.platform);
        return part.isSmall ? [h('div', { class: 'context' }, ...lines)] : lines;
      }
      case 'buttons':
        return [showButtons(message, part.buttons, hands)];
      case 'picture':
        // All together, where the first of them stands.
        return part === pictures[0] ? [showPictures(pictures, hands)] : [];
    }
  });
}

type Picture = Extract<ShownPart, { type: 'picture' }>;

function showPictures(pictures: Picture[], { look }: Hands): HTMLElement {
  const show = ({ url, alt, title }: Picture) =>
    h(
      'figure',
      {},
      title !== '' && h('figcaption', {}, title),
      h(
        'button',
        { class: 'picture', 'data-focus': url, onclick: () => look(url, alt) },
        h('img', { src: url, alt }),
      ),
    );
  const kind = pictures.length === 1 ? 'pictures is-single' : 'pictures';
  return h('div', { class: kind }, ...pictures.map(show));
}

function showButtons(message: ShownMessage, buttons: ShownButton[], hands: Hands): HTMLElement {
  const show = ({ control, label, style, isDisabled }: ShownButton) =>
    h(
      'button',
      {
        class: `is-${style}`,
        disabled: isDisabled,
        'data-focus': control,
        onclick: () => hands.press(message, control),
      },
      label,
    );
  return h('div', { class: 'buttons' }, ...buttons.map(show));
}

function showReactions(message: ShownMessage, hands: Hands): HTMLElement {
  const show = ({ emoji, shown, users }: ShownMessage['reactions'][number]) => {
    const isOn = users.includes(hands.viewer);
    return h(
      'button',
      {
        title: users.join(', '),
        'aria-label': `${shown} ${users.length}`,
        'aria-pressed': String(isOn),
        'data-focus': emoji,
        'data-emoji': shown,
        onclick: () => hands.react(message, emoji, !isOn),
      },
      h('span', { class: 'emoji' }, shown),
      h('span', { class: 'count' }, String(users.length)),
    );
  };
  return h('div', { class: 'reactions' }, ...message.reactions.map(show));
}

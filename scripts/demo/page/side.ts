import type { DemoAct, DemoAnswer, DemoCommand, PlatformName } from '../state.ts';
import { createComposer, type Composer } from './composer.ts';
import { find, h, sync, type Item } from './dom.ts';
import { showMessage, type Hands } from './message.ts';
import type { Somebody } from './people.ts';
import type { ShownMessage } from './shown.ts';
import { say } from './texts.ts';
import { showWelcome } from './welcome.ts';

type Thread = NonNullable<ShownMessage['thread']>;

export interface SideOptions {
  platform: PlatformName;
  title: string;
  act(what: DemoAct['what']): Promise<DemoAnswer>;
  look(url: string, alt: string): void;
}

export interface Side {
  show(messages: ShownMessage[], viewer: Somebody, commands: DemoCommand[]): void;
}

const nearEnd = 120;

/** One platform's #general: Discord's threads under their message, Slack's in a pane beside it. */
export function createSide({ platform, title, act, look }: SideOptions): Side {
  const dismissed = new Set<string>();
  let messages: ShownMessage[] = [];
  let viewer: Somebody;
  let commands: DemoCommand[] = [];
  /** Slack's open thread. */
  let openId: string | null = null;
  let newestThread = '';

  const refusal = h('p', { class: 'refusal', role: 'alert', hidden: true });
  const list = h('div', { class: 'list', tabindex: '0', 'aria-label': `${title} #general` });
  const composer = lineFor(() => null, false);
  const replies = h('div', { class: 'list', tabindex: '0' });
  const replyLine = lineFor(() => openId, true);
  /** Discord's, by thread. */
  const threadLines = new Map<string, Composer>();
  const paneTitle = h('strong');
  const closePane = h('button', { class: 'close', onclick: () => open(null) }, '✕');
  const pane = h(
    'aside',
    { class: 'pane', hidden: true },
    h('header', { class: 'bar' }, paneTitle, h('span', {}, '# general'), closePane),
    replies,
    replyLine.element,
  );
  const isOnline = h('span', { class: 'online' }, 'Quartet');
  find(platform).append(
    h('header', { class: 'workspace' }, h('b', {}, 'Studio'), h('span', {}, title)),
    h(
      'div',
      { class: 'panes' },
      h(
        'div',
        { class: 'channel' },
        h(
          'header',
          { class: 'bar' },
          h('span', { class: 'hash' }, '#'),
          h('strong', {}, 'general'),
          isOnline,
        ),
        list,
        refusal,
        composer.element,
      ),
      pane,
    ),
  );

  function lineFor(thread: () => string | null, isThread: boolean): Composer {
    return createComposer({
      platform,
      isThread,
      onSend(text) {
        // One's own words are always seen.
        const shown = isThread ? replies : list;
        shown.scrollTop = shown.scrollHeight;
        return perform({ type: 'line', text, threadId: thread() });
      },
      onType: () => (refusal.hidden = true),
    });
  }

  function lineOfThread(id: string): Composer {
    const line = threadLines.get(id) ?? lineFor(() => id, true);
    threadLines.set(id, line);
    return line;
  }

  async function perform(what: DemoAct['what']): Promise<boolean> {
    const answer = await act(what);
    refusal.hidden = !answer.refusal;
    refusal.textContent = answer.refusal;
    return answer.refusal === null;
  }

  const hands = (): Hands => ({
    platform,
    viewer: viewer.name,
    locale: viewer.locale,
    look,
    press: ({ id, channelId }, control) =>
      void perform({ type: 'button', messageId: id, channelId, control }),
    react: ({ id, channelId }, emoji, isOn) =>
      void perform({ type: 'react', messageId: id, channelId, emoji, isOn }),
    draw: ({ id, channelId }) => void perform({ type: 'draw', messageId: id, channelId }),
    dismiss: ({ id }) => {
      dismissed.add(id);
      render();
    },
  });

  function open(id: string | null): void {
    openId = id;
    render();
  }

  /** Only what a message itself shows: its thread changes by itself. */
  function signOf(message: ShownMessage): string {
    const { thread, ...own } = message;
    return JSON.stringify([own, viewer.name, thread?.id]);
  }

  function itemsOf(shown: ShownMessage[], isInThread: boolean): Item[] {
    return shown
      .filter(({ id }) => !dismissed.has(id))
      .flatMap((message) => {
        const { thread } = message;
        const sign = signOf(message);
        const one = { key: message.id, sign, build: () => showMessage(message, hands()) };
        if (thread === null || isInThread) return [one];
        return [one, platform === 'discord' ? inlineThread(thread) : threadLink(thread)];
      });
  }

  const count = (kind: 'messages' | 'replies', n: number) =>
    n === 1
      ? say(viewer.locale, kind === 'messages' ? 'oneMessage' : 'oneReply')
      : say(viewer.locale, kind, n);

  function inlineThread(thread: Thread): Item {
    return {
      key: `thread ${thread.id}`,
      sign: '',
      build: () =>
        h(
          'details',
          { class: 'thread', open: true },
          h('summary', {}, h('b', {}, thread.name), h('span', { class: 'size' })),
          h('div', { class: 'thread-list' }),
          lineOfThread(thread.id).element,
        ),
      fill(element) {
        lineOfThread(thread.id).update(viewer.locale, commands);
        (element.querySelector('.size') as HTMLElement).textContent = count(
          'messages',
          thread.messages.length,
        );
        sync(element.querySelector('.thread-list') as HTMLElement, itemsOf(thread.messages, true));
      },
    };
  }

  function threadLink({ id, messages: inThread }: Thread): Item {
    const isOpen = id === openId;
    const label = count('replies', inThread.length);
    return {
      key: `thread ${id}`,
      sign: `${label} ${isOpen}`,
      build: () =>
        h(
          'button',
          {
            class: 'thread-link',
            'data-focus': 'thread',
            'aria-pressed': String(isOpen),
            onclick: () => open(isOpen ? null : id),
          },
          h('span', { class: 'avatar of-bot', 'aria-hidden': 'true' }),
          h('b', {}, label),
          h('span', { class: 'chevron', 'aria-hidden': 'true' }, '›'),
        ),
    };
  }

  function showPane(): void {
    const root = messages.find(({ thread }) => thread !== null && thread.id === openId);
    pane.hidden = !root?.thread;
    pane.parentElement?.classList.toggle('is-split', !pane.hidden);
    if (!root?.thread) return;
    paneTitle.textContent = say(viewer.locale, 'thread');
    closePane.setAttribute('aria-label', say(viewer.locale, 'close'));
    replies.setAttribute('aria-label', say(viewer.locale, 'thread'));
    const { thread } = root;
    atEnd(replies, () => {
      const rest = itemsOf(thread.messages, true);
      const line = count('replies', thread.messages.length);
      const divider = { key: 'count', sign: line, build: () => h('p', { class: 'divider' }, line) };
      sync(replies, [...itemsOf([{ ...root, thread: null }], true), divider, ...rest]);
    });
  }

  /** A thread that is new opens by itself, as it does for whoever started it. */
  function openNewest(): void {
    if (platform !== 'slack') return;
    const newest = messages.findLast(({ thread }) => thread !== null)?.id ?? '';
    if (newest === '' || newest === newestThread) return;
    newestThread = newest;
    openId = newest;
  }

  function render(): void {
    const welcome: Item = {
      key: 'welcome',
      sign: viewer.locale,
      build: () => showWelcome(platform, viewer.locale, (line) => composer.fill(line)),
    };
    atEnd(list, () => sync(list, messages.length === 0 ? [welcome] : itemsOf(messages, false)));
    showPane();
  }

  return {
    show(newMessages, newViewer, newCommands) {
      messages = newMessages;
      if (viewer !== newViewer) refusal.hidden = true;
      viewer = newViewer;
      commands = newCommands;
      composer.update(viewer.locale, commands);
      replyLine.update(viewer.locale, commands);
      openNewest();
      render();
    },
  };
}

/** Whoever reads the end goes on reading the end. */
function atEnd(list: HTMLElement, change: () => void): void {
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < nearEnd;
  change();
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

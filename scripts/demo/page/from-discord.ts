import type { ChannelSnapshot, MessageSnapshot } from '../../../test/fakes/discord/snapshot.ts';
import type { DemoState } from '../state.ts';
import { botName, nameOfUser, type Somebody } from './people.ts';
import type { ShownButton, ShownMessage, ShownPart } from './shown.ts';

interface Component {
  type: number;
  custom_id?: string;
  label?: string;
  style?: number;
  disabled?: boolean;
  components?: Component[];
}

/** #general with its threads, and what only this person sees in them. */
export function discordMessages({ discord }: DemoState, viewer: Somebody): ShownMessage[] {
  const channel = discord.channels.find(({ kind }) => kind === 'text');
  return channel ? messagesOf(channel, discord.channels, viewer) : [];
}

function messagesOf(
  channel: ChannelSnapshot,
  all: ChannelSnapshot[],
  viewer: Somebody,
): ShownMessage[] {
  const toShown = (message: MessageSnapshot, isPrivate: boolean): ShownMessage => {
    const thread = all.find(({ id }) => id === message.threadId);
    return {
      id: message.id,
      channelId: channel.id,
      author: nameOfUser(message.author),
      isBot: nameOfUser(message.author) === botName,
      at: timeOf(message.id),
      isPrivate,
      isEdited: message.isEdited,
      isThinking: message.isThinking,
      parts: partsOf(message),
      reactions: message.reactions.map(({ emoji, users }) => ({
        emoji,
        shown: emoji,
        users: users.map(nameOfUser),
      })),
      thread: thread
        ? { id: thread.id, name: thread.name, messages: messagesOf(thread, all, viewer) }
        : null,
    };
  };
  return [
    ...channel.messages.map((message) => toShown(message, false)),
    ...(channel.ephemeral[viewer.discord] ?? []).map((message) => toShown(message, true)),
  ].toSorted((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1));
}

/** The first bits of an id are milliseconds since 2015. */
function timeOf(id: string): number {
  return Number(BigInt(id) >> 22n) + 1_420_070_400_000;
}

function partsOf(message: MessageSnapshot): ShownPart[] {
  const rows = message.components as unknown as Component[];
  return [
    { type: 'text', text: message.content, isSmall: false },
    ...message.attachments.map(({ url, description }) => ({
      type: 'picture' as const,
      url,
      alt: description ?? '',
      title: '',
    })),
    ...rows.map(({ components = [] }) => ({
      type: 'buttons' as const,
      buttons: components.filter(({ type }) => type === 2).map(toButton),
    })),
  ];
}

function toButton({ custom_id, label = '', style, disabled = false }: Component): ShownButton {
  return {
    control: custom_id ?? '',
    label,
    style: style === 1 || style === 3 ? 'primary' : style === 4 ? 'danger' : 'normal',
    isDisabled: disabled,
  };
}

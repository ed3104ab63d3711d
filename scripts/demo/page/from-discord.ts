import type { ChannelSnapshot, MessageSnapshot } from '../../../test/fakes/discord/snapshot.ts';
import type { DemoState } from '../state.ts';
import type { ShownButton, ShownMessage } from './messages.ts';

interface Component {
  type: number;
  custom_id?: string;
  label?: string;
  style?: number;
  disabled?: boolean;
  emoji?: { name?: string };
  components?: Component[];
}

/** Messages of a channel with their threads inside, and what only this person sees. */
export function discordMessages({ discord }: DemoState, viewer: string): ShownMessage[] {
  const channel = discord.channels.find(({ kind, name }) => kind === 'text' && name === 'general');
  return channel ? messagesOf(channel, discord.channels, viewer) : [];
}

function messagesOf(
  channel: ChannelSnapshot,
  all: ChannelSnapshot[],
  viewer: string,
): ShownMessage[] {
  const toShown = (message: MessageSnapshot, isPrivate: boolean): ShownMessage => {
    const thread =
      message.threadId === null ? undefined : all.find(({ id }) => id === message.threadId);
    const buttons = (message.components as unknown as Component[]).flatMap(({ components = [] }) =>
      components.filter(({ type }) => type === 2),
    );
    return {
      id: message.id,
      channelId: channel.id,
      author: message.author === 'quartet' ? 'Quartet' : message.author,
      isBot: message.author === 'quartet',
      isPrivate,
      isEdited: message.isEdited,
      parts: [
        { type: 'text', text: message.isThinking ? 'Quartet is thinking…' : message.content },
        ...message.attachments.map(({ url, description }) => ({
          type: 'picture' as const,
          url,
          alt: description ?? '',
        })),
        ...(buttons.length > 0
          ? [{ type: 'buttons' as const, buttons: buttons.map(toButton) }]
          : []),
      ],
      reactions: message.reactions.map(({ emoji, users }) => ({ emoji, shown: emoji, users })),
      replies: thread ? messagesOf(thread, all, viewer) : [],
    };
  };
  return [
    ...channel.messages.map((message) => toShown(message, false)),
    ...(channel.ephemeral[viewer] ?? []).map((message) => toShown(message, true)),
  ].toSorted((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1));
}

function toButton({
  custom_id: control = '',
  label = '',
  style,
  disabled = false,
  emoji,
}: Component): ShownButton {
  return {
    control,
    label: [emoji?.name, label].filter(Boolean).join(' '),
    style: style === 1 || style === 3 ? 'primary' : style === 4 ? 'danger' : 'normal',
    isDisabled: disabled,
  };
}

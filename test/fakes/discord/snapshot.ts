import type { Core } from './core.ts';
import type { Json } from './json.ts';
import { messageFlags } from './check-message.ts';
import { toAttachmentJson } from './serialize.ts';
import { compareIds } from './snowflake.ts';
import type { FakeMessage } from './world-types.ts';

export interface MessageSnapshot {
  id: string;
  author: string;
  content: string;
  isThinking: boolean;
  isEdited: boolean;
  attachments: { filename: string; description: string | null; url: string }[];
  embeds: Json[];
  components: Json[];
  reactions: { emoji: string; users: string[] }[];
  threadId: string | null;
}

export interface ChannelSnapshot {
  id: string;
  name: string;
  kind: 'text' | 'dm' | 'thread';
  parentId: string | null;
  isArchived: boolean;
  messages: MessageSnapshot[];
  /** User id -> what only that person sees here. */
  ephemeral: Record<string, MessageSnapshot[]>;
}

export interface Snapshot {
  bot: { id: string; name: string; isOnline: boolean };
  users: { id: string; name: string; locale: string }[];
  commands: { name: string; type: number }[];
  channels: ChannelSnapshot[];
}

/** The whole world as plain data, for a page that shows it. */
export function takeSnapshot(core: Core): Snapshot {
  const { world, gateway } = core;
  const messages = [...world.messages.values()].sort((left, right) =>
    compareIds(left.id, right.id),
  );
  const channels = [...world.channels.values()].map((channel): ChannelSnapshot => {
    const here = messages.filter((message) => message.channelId === channel.id);
    const ephemeral: Record<string, MessageSnapshot[]> = {};
    for (const message of here) {
      if (message.ephemeralFor !== null)
        (ephemeral[message.ephemeralFor] ??= []).push(toSnapshot(core, message));
    }
    return {
      id: channel.id,
      name: channel.name,
      kind: channel.type === 1 ? 'dm' : channel.thread === null ? 'text' : 'thread',
      parentId: channel.parentId,
      isArchived: channel.thread?.isArchived ?? false,
      messages: here
        .filter((message) => message.ephemeralFor === null && message.type !== 21)
        .map((message) => toSnapshot(core, message)),
      ephemeral,
    };
  });
  return {
    bot: { ...world.application, isOnline: gateway.connectedSessions.length > 0 },
    users: [...world.users.values()]
      .filter((user) => !user.isBot)
      .map((user) => ({
        id: user.id,
        name: user.globalName ?? user.username,
        locale: user.locale,
      })),
    commands: [...world.commands.values()].flat().map(({ name, type }) => ({ name, type })),
    channels,
  };
}

function toSnapshot(core: Core, message: FakeMessage): MessageSnapshot {
  const { world } = core;
  const nameOf = (id: string): string => world.users.get(id)?.username ?? id;
  return {
    id: message.id,
    author: nameOf(message.authorId),
    content: message.content,
    isThinking: (message.flags & messageFlags.loading) !== 0,
    isEdited: message.editedAtMs !== null,
    attachments: message.attachments.map((file) => ({
      filename: file.filename,
      description: file.description,
      url: String(toAttachmentJson(world, file)['url']),
    })),
    embeds: message.embeds,
    components: message.components,
    reactions: message.reactions.map((reaction) => ({
      emoji: reaction.emoji.name,
      users: reaction.userIds.map(nameOf),
    })),
    threadId: message.threadId,
  };
}

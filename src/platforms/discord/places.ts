import {
  ChannelType,
  PermissionsBitField,
  Routes,
  type APIChannel,
  type Channel,
  type Client,
  type GuildBasedChannel,
} from 'discord.js';
import type { MessageRef, Place } from '#src/types/chat.ts';
import { codeOf } from './failures.ts';
import { RecentMap } from './recent-map.ts';
import { rights, type RightKey } from './rights.ts';

const directPrefix = 'dm:';
const threadTypes: readonly number[] = [
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
];

export function isDirect(place: Place): boolean {
  return place.workspaceId.startsWith(directPrefix);
}

/** Where messages of a place are sent: Discord's threads are channels of their own. */
export function targetOf(place: { channelId: string; threadId: string | null }): string {
  return place.threadId ?? place.channelId;
}

export interface Places {
  /** Learns of a channel from an event, so that its thread need not be asked for. */
  learn(channel: { id?: unknown; type?: unknown; parent_id?: unknown } | null | undefined): void;
  /** The place of a channel as events name it. Asks Discord only for threads that nobody spoke of. */
  find(channelId: string, guildId: string | null): Promise<Place>;
  /** The same without asking; an unknown channel counts as no thread. */
  guess(channelId: string, guildId: string | null): Place;
  /** Opens an archived thread again. false: it is no thread, or a locked one. */
  reopen(place: { threadId: string | null }): Promise<boolean>;
  /** The channel of our direct messages with a person. */
  directWith(personId: string): Promise<string>;
  /** What people call it. */
  nameOf(place: MessageRef | Place): string;
  /** Which of these rights are missing; none where that is not known. */
  missing(place: { channelId: string }, needed: readonly RightKey[]): RightKey[];
}

/** Settings belong to a channel, so a place in a thread names the channel that the thread is in. */
export function createPlaces(client: () => Client): Places {
  const parents = new RecentMap<string>();

  function learn(
    channel: { id?: unknown; type?: unknown; parent_id?: unknown } | null | undefined,
  ) {
    const { id, type, parent_id: parentId } = channel ?? {};
    if (typeof id !== 'string' || typeof parentId !== 'string') return;
    if (threadTypes.includes(Number(type))) parents.set(id, parentId);
  }

  const cached = (id: string): Channel | undefined => client().channels.cache.get(id);

  function parentOf(channelId: string): string | null {
    const channel = cached(channelId);
    const parent = channel?.isThread() ? channel.parentId : null;
    return parent ?? parents.get(channelId) ?? null;
  }

  function guess(channelId: string, guildId: string | null): Place {
    const platform = 'discord';
    if (guildId === null) {
      return { platform, workspaceId: `${directPrefix}${channelId}`, channelId, threadId: null };
    }
    const parent = parentOf(channelId);
    return parent === null
      ? { platform, workspaceId: guildId, channelId, threadId: null }
      : { platform, workspaceId: guildId, channelId: parent, threadId: channelId };
  }

  function inGuild(channelId: string): GuildBasedChannel | null {
    const channel = cached(channelId);
    return channel === undefined || channel.isDMBased() ? null : channel;
  }

  return {
    learn,
    guess,
    async find(channelId, guildId) {
      const isKnown =
        guildId === null || cached(channelId) !== undefined || parentOf(channelId) !== null;
      if (!isKnown) learn((await client().rest.get(Routes.channel(channelId))) as APIChannel);
      return guess(channelId, guildId);
    },
    async reopen({ threadId }) {
      if (threadId === null) return false;
      try {
        await client().rest.patch(Routes.channel(threadId), { body: { archived: false } });
        return true;
      } catch (error) {
        if (codeOf(error) === null) throw error;
        return false;
      }
    },
    async directWith(personId) {
      const body = { recipient_id: personId };
      return ((await client().rest.post(Routes.userChannels(), { body })) as { id: string }).id;
    },
    nameOf(place) {
      const { channelId, threadId } = place;
      if ('workspaceId' in place && isDirect(place)) return 'our direct messages';
      const thread = threadId === null ? null : inGuild(threadId);
      if (thread !== null) return `the thread "${thread.name}"`;
      const channel = inGuild(channelId);
      if (threadId !== null)
        return channel === null ? 'that thread' : `a thread of #${channel.name}`;
      return channel === null ? 'that channel' : `#${channel.name}`;
    },
    missing({ channelId }, needed) {
      const channel = inGuild(channelId);
      const me = channel?.guild.members.me;
      if (channel === null || !me) return [];
      const granted = channel.permissionsFor(me) ?? new PermissionsBitField();
      return needed.filter((key) => !granted.has(rights[key].bit));
    },
  };
}

import type { Json } from './json.ts';
import type { PermissionName } from './permissions.ts';

export interface UserSpec {
  id: string;
  username: string;
  globalName?: string;
  /** Discord's own locale keys: `en-US`, `zh-CN`. */
  locale?: string;
  /** Whether the bot may write to this person; `true` unless told otherwise. */
  allowsDms?: boolean;
}

export interface MemberSpec extends UserSpec {
  /** Rights on top of what every member has. */
  permissions?: PermissionName[];
  /** Ids of roles of the guild. */
  roles?: string[];
}

export interface ChannelSpec {
  id: string;
  name: string;
  /** 0 text, 5 announcement. */
  type?: 0 | 5;
  nsfw?: boolean;
  attachmentSizeLimitBytes?: number;
  /** Rights taken from the bot, here only. */
  denyBot?: PermissionName[];
}

export interface GuildSpec {
  id: string;
  name: string;
  ownerId?: string;
  preferredLocale?: string;
  channels: ChannelSpec[];
  members: MemberSpec[];
  roles?: { id: string; name: string; permissions?: PermissionName[] }[];
  /** Rights of the bot's own role; the invite link's unless told otherwise. */
  botPermissions?: PermissionName[];
}

export interface FakeUser {
  id: string;
  username: string;
  globalName: string | null;
  locale: string;
  isBot: boolean;
  allowsDms: boolean;
}

export interface FakeRole {
  id: string;
  name: string;
  permissions: bigint;
  isManaged: boolean;
}

export interface FakeMember {
  userId: string;
  roleIds: string[];
  joinedAtMs: number;
}

export interface FakeGuild {
  id: string;
  name: string;
  ownerId: string;
  preferredLocale: string;
  roles: FakeRole[];
  members: Map<string, FakeMember>;
}

export interface Overwrite {
  allow: bigint;
  deny: bigint;
}

export interface ThreadState {
  isArchived: boolean;
  isLocked: boolean;
  autoArchiveMinutes: number;
  archiveChangedAtMs: number;
  ownerId: string;
  /** User id -> when they joined, in milliseconds. */
  members: Map<string, number>;
  messageCount: number;
}

export interface FakeChannel {
  id: string;
  /** 0 text, 1 DM, 5 announcement, 10 announcement thread, 11 public thread, 12 private thread. */
  type: 0 | 1 | 5 | 10 | 11 | 12;
  guildId: string | null;
  parentId: string | null;
  name: string;
  isNsfw: boolean;
  attachmentSizeLimitBytes: number;
  position: number;
  rateLimitPerUserSeconds: number;
  /** User id -> rights given and taken in this channel. */
  overwrites: Map<string, Overwrite>;
  /** The other person of a DM. */
  recipientId: string | null;
  thread: ThreadState | null;
  lastMessageId: string | null;
}

export interface FakeAttachment {
  id: string;
  channelId: string;
  filename: string;
  description: string | null;
  contentType: string;
  bytes: Buffer;
  widthPx: number | null;
  heightPx: number | null;
  isEphemeral: boolean;
}

export interface FakeReaction {
  emoji: { id: string | null; name: string };
  /** Who reacted, in the order in which they did. */
  userIds: string[];
}

export interface FakeMessage {
  id: string;
  channelId: string;
  authorId: string;
  /** 0 default, 18 thread created, 19 reply, 20 slash command, 21 thread starter, 23 context menu. */
  type: 0 | 18 | 19 | 20 | 21 | 23;
  content: string;
  embeds: Json[];
  components: Json[];
  attachments: FakeAttachment[];
  reactions: FakeReaction[];
  flags: number;
  nonce: string | number | null;
  createdAtMs: number;
  editedAtMs: number | null;
  /** People (or `everyone`) whom this message notified when it was posted. */
  pings: string[];
  referencedMessageId: string | null;
  /** Only this person sees the message. */
  ephemeralFor: string | null;
  interactionMetadata: Json | null;
  threadId: string | null;
}

export interface RegisteredCommand extends Json {
  id: string;
  name: string;
  type: 1 | 2 | 3;
}

import { intentBits } from './intents.ts';
import type { Json } from './json.ts';
import type { World } from './world.ts';
import type {
  FakeAttachment,
  FakeChannel,
  FakeGuild,
  FakeMember,
  FakeMessage,
  FakeUser,
} from './world-types.ts';

export function toTimestamp(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('Z', '000+00:00');
}

export function toUserJson(user: FakeUser): Json {
  const json: Json = {
    id: user.id,
    username: user.username,
    discriminator: user.isBot ? '0001' : '0',
    global_name: user.globalName,
    avatar: null,
    public_flags: 0,
    flags: 0,
    primary_guild: null,
  };
  if (user.isBot) json['bot'] = true;
  return json;
}

/** A member; `withUser` is off inside messages, which carry the author themselves. */
export function toMemberJson(world: World, member: FakeMember, withUser = true): Json {
  const json: Json = {
    roles: member.roleIds,
    joined_at: toTimestamp(member.joinedAtMs),
    deaf: false,
    mute: false,
    flags: 0,
    nick: null,
    avatar: null,
    banner: null,
    premium_since: null,
    pending: false,
    communication_disabled_until: null,
  };
  if (withUser) json['user'] = toUserJson(world.requireUser(member.userId));
  return json;
}

export function toAttachmentJson(world: World, attachment: FakeAttachment): Json {
  const folder = attachment.isEphemeral ? 'ephemeral-attachments' : 'attachments';
  const path = `/${folder}/${attachment.channelId}/${attachment.id}/${encodeURIComponent(attachment.filename)}`;
  const url = `${world.origin}${path}?ex=1&is=1&hm=1&`;
  const json: Json = {
    id: attachment.id,
    filename: attachment.filename,
    size: attachment.bytes.length,
    url,
    proxy_url: url,
    content_type: attachment.contentType,
  };
  if (attachment.description !== null) json['description'] = attachment.description;
  if (attachment.widthPx !== null) json['width'] = attachment.widthPx;
  if (attachment.heightPx !== null) json['height'] = attachment.heightPx;
  if (attachment.isEphemeral) json['ephemeral'] = true;
  return json;
}

/** Whether the bot may read what a message says. */
function showsContent(world: World, message: FakeMessage, intents: number): boolean {
  const hasIntent = (intents & intentBits.MESSAGE_CONTENT) !== 0;
  if ((world.messageContentAllowed && hasIntent) || message.authorId === world.botId) return true;
  if (world.channels.get(message.channelId)?.guildId === null) return true;
  return message.pings.includes(world.botId);
}

export interface MessageView {
  /** A message command's target is always shown whole. */
  isWhole?: boolean;
  /** A nonce is told only in the answer to the post and in its event. */
  withNonce?: boolean;
  /** The intents of the connection that will read it; all of them for an HTTP answer. */
  intents?: number;
}

/** A message as the bot sees it: emptied where the message content right is missing. */
export function toMessageJson(world: World, message: FakeMessage, view: MessageView = {}): Json {
  const isWhole = view.isWhole === true || showsContent(world, message, view.intents ?? -1);
  const json: Json = {
    id: message.id,
    channel_id: message.channelId,
    type: message.type,
    author: toUserJson(world.requireUser(message.authorId)),
    content: isWhole ? message.content : '',
    timestamp: toTimestamp(message.createdAtMs),
    edited_timestamp: message.editedAtMs === null ? null : toTimestamp(message.editedAtMs),
    tts: false,
    mention_everyone: message.pings.includes('everyone'),
    mentions: message.pings
      .filter((id) => id !== 'everyone')
      .map((id) => toUserJson(world.requireUser(id))),
    mention_roles: [],
    attachments: isWhole ? message.attachments.map((file) => toAttachmentJson(world, file)) : [],
    embeds: isWhole ? message.embeds : [],
    components: isWhole ? message.components : [],
    pinned: false,
    flags: message.flags,
  };
  if (message.reactions.length > 0) json['reactions'] = toReactionsJson(world, message);
  if (message.interactionMetadata !== null) {
    json['interaction_metadata'] = message.interactionMetadata;
    json['application_id'] = world.application.id;
    json['webhook_id'] = world.application.id;
  }
  if (view.withNonce === true && message.nonce !== null) json['nonce'] = message.nonce;
  addReference(world, message, json);
  const thread = message.threadId === null ? undefined : world.channels.get(message.threadId);
  if (thread !== undefined) json['thread'] = toChannelJson(world, thread);
  return json;
}

function addReference(world: World, message: FakeMessage, json: Json): void {
  const referencedId = message.referencedMessageId;
  if (referencedId === null) return;
  const referenced = world.messages.get(referencedId);
  const reference: Json = { type: 0, channel_id: referenced?.channelId ?? message.channelId };
  reference['message_id'] = referencedId;
  json['message_reference'] = reference;
  json['referenced_message'] =
    referenced === undefined
      ? null
      : toMessageJson(world, { ...referenced, referencedMessageId: null, threadId: null });
}

function toReactionsJson(world: World, message: FakeMessage): Json[] {
  return message.reactions.map((reaction) => ({
    emoji: reaction.emoji,
    count: reaction.userIds.length,
    count_details: { burst: 0, normal: reaction.userIds.length },
    burst_colors: [],
    me_burst: false,
    me: reaction.userIds.includes(world.botId),
  }));
}

export function toChannelJson(world: World, channel: FakeChannel): Json {
  const shared = {
    id: channel.id,
    type: channel.type,
    flags: 0,
    last_message_id: channel.lastMessageId,
  };
  if (channel.type === 1) {
    const recipient = world.requireUser(channel.recipientId ?? '');
    return { ...shared, recipients: [toUserJson(recipient)] };
  }
  const inGuild = {
    ...shared,
    guild_id: channel.guildId,
    name: channel.name,
    parent_id: channel.parentId,
    rate_limit_per_user: channel.rateLimitPerUserSeconds,
  };
  const thread = channel.thread;
  if (thread === null) {
    return {
      ...inGuild,
      position: channel.position,
      nsfw: channel.isNsfw,
      topic: null,
      permission_overwrites: [...channel.overwrites].map(([id, overwrite]) => ({
        id,
        type: 1,
        allow: String(overwrite.allow),
        deny: String(overwrite.deny),
      })),
    };
  }
  return {
    ...inGuild,
    owner_id: thread.ownerId,
    message_count: thread.messageCount,
    total_message_sent: thread.messageCount,
    member_count: thread.members.size,
    thread_metadata: {
      archived: thread.isArchived,
      auto_archive_duration: thread.autoArchiveMinutes,
      archive_timestamp: toTimestamp(thread.archiveChangedAtMs),
      locked: thread.isLocked,
    },
    ...(thread.members.has(world.botId)
      ? { member: toThreadMemberJson(channel, world.botId) }
      : {}),
  };
}

export function toThreadMemberJson(thread: FakeChannel, userId: string): Json {
  const joinedAtMs = thread.thread?.members.get(userId) ?? 0;
  return { id: thread.id, user_id: userId, join_timestamp: toTimestamp(joinedAtMs), flags: 0 };
}

export function toRolesJson(guild: FakeGuild): Json[] {
  return guild.roles.map((role, position) => ({
    id: role.id,
    name: role.name,
    permissions: String(role.permissions),
    position,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: role.isManaged,
    mentionable: false,
    icon: null,
    unicode_emoji: null,
    flags: 0,
  }));
}

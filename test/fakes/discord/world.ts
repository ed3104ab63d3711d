import { discordError } from './errors.ts';
import {
  everyPermission,
  hasPermission,
  invitePermissions,
  memberPermissions,
  toBits,
  type PermissionName,
} from './permissions.ts';
import { compareIds, createSnowflakes } from './snowflake.ts';
import type {
  FakeAttachment,
  FakeChannel,
  FakeGuild,
  FakeMember,
  FakeMessage,
  FakeUser,
  GuildSpec,
  RegisteredCommand,
  UserSpec,
} from './world-types.ts';

export const defaultAttachmentLimitBytes = 10 * 1024 * 1024;

export interface WorldOptions {
  now: () => number;
  application: { id: string; name: string };
  guilds: GuildSpec[];
  /** People who share no server with the bot, but whom a DM can reach. */
  users: UserSpec[];
  messageContentAllowed: boolean;
}

/** Everything that the fake platform remembers, with the questions that all routes ask of it. */
export class World {
  readonly now: () => number;
  readonly nextId: () => string;
  readonly application: { id: string; name: string };
  /** Whether the application may read other people's messages. */
  readonly messageContentAllowed: boolean;
  readonly users = new Map<string, FakeUser>();
  readonly guilds = new Map<string, FakeGuild>();
  readonly channels = new Map<string, FakeChannel>();
  readonly messages = new Map<string, FakeMessage>();
  /** Every file ever stored, by id, so that links keep working after an edit. */
  readonly files = new Map<string, FakeAttachment>();
  /** `global` or a guild's id -> the registered commands. */
  readonly commands = new Map<string, RegisteredCommand[]>();
  /** Set once the server listens; files are served below it. */
  origin = '';

  constructor(options: WorldOptions) {
    this.now = options.now;
    this.nextId = createSnowflakes(options.now);
    this.application = options.application;
    this.messageContentAllowed = options.messageContentAllowed;
    this.addUser({ id: options.application.id, username: options.application.name }, true);
    for (const user of options.users) this.addUser(user);
    for (const guild of options.guilds) this.addGuild(guild);
  }

  get botId(): string {
    return this.application.id;
  }

  addUser(spec: UserSpec, isBot = false): FakeUser {
    const user: FakeUser = {
      id: spec.id,
      username: spec.username,
      globalName: spec.globalName ?? null,
      locale: spec.locale ?? 'en-US',
      isBot,
      allowsDms: spec.allowsDms ?? true,
    };
    this.users.set(user.id, user);
    return user;
  }

  private addGuild(spec: GuildSpec): void {
    const botRoleId = this.nextId();
    const bot = spec.botPermissions === undefined ? invitePermissions : toBits(spec.botPermissions);
    const guild: FakeGuild = {
      id: spec.id,
      name: spec.name,
      ownerId: spec.ownerId ?? '1',
      preferredLocale: spec.preferredLocale ?? 'en-US',
      roles: [
        { id: spec.id, name: '@everyone', permissions: memberPermissions, isManaged: false },
        { id: botRoleId, name: this.application.name, permissions: bot, isManaged: true },
        ...(spec.roles ?? []).map((role) => ({
          id: role.id,
          name: role.name,
          permissions: toBits(role.permissions ?? []),
          isManaged: false,
        })),
      ],
      members: new Map(),
    };
    const joinedAtMs = this.now() - 86_400_000;
    guild.members.set(this.botId, { userId: this.botId, roleIds: [botRoleId], joinedAtMs });
    for (const member of spec.members) {
      if (!this.users.has(member.id)) this.addUser(member);
      const roleIds = [...(member.roles ?? [])];
      if (member.permissions !== undefined) {
        const id = this.nextId();
        const permissions = toBits(member.permissions);
        guild.roles.push({
          id,
          name: `${member.username}'s rights`,
          permissions,
          isManaged: false,
        });
        roleIds.push(id);
      }
      guild.members.set(member.id, { userId: member.id, roleIds, joinedAtMs });
    }
    this.guilds.set(guild.id, guild);
    for (const [position, channel] of spec.channels.entries()) {
      const deny = toBits(channel.denyBot ?? []);
      this.addChannel({
        ...blankChannel(channel.id, channel.type ?? 0, channel.name),
        guildId: guild.id,
        position,
        isNsfw: channel.nsfw ?? false,
        attachmentSizeLimitBytes: channel.attachmentSizeLimitBytes ?? defaultAttachmentLimitBytes,
        overwrites: new Map(deny === 0n ? [] : [[this.botId, { allow: 0n, deny }]]),
      });
    }
  }

  addChannel(channel: FakeChannel): FakeChannel {
    this.channels.set(channel.id, channel);
    return channel;
  }

  requireUser(id: string): FakeUser {
    const user = this.users.get(id);
    if (user === undefined) throw discordError('unknownUser');
    return user;
  }

  requireGuild(id: string): FakeGuild {
    const guild = this.guilds.get(id);
    if (guild === undefined) throw discordError('unknownGuild');
    return guild;
  }

  requireMember(guildId: string, userId: string): FakeMember {
    const member = this.requireGuild(guildId).members.get(userId);
    if (member === undefined) throw discordError('unknownMember');
    return member;
  }

  requireChannel(id: string): FakeChannel {
    const channel = this.channels.get(id);
    if (channel === undefined) throw discordError('unknownChannel');
    return channel;
  }

  /** A message that everybody in the channel can see: never an ephemeral one. */
  requireMessage(channelId: string, messageId: string): FakeMessage {
    const message = this.messages.get(messageId);
    if (message?.channelId !== channelId || message.ephemeralFor !== null) {
      throw discordError('unknownMessage');
    }
    return message;
  }

  /** The messages of a channel, oldest first, without ephemeral ones. */
  messagesIn(channelId: string): FakeMessage[] {
    return [...this.messages.values()]
      .filter((message) => message.channelId === channelId && message.ephemeralFor === null)
      .sort((left, right) => compareIds(left.id, right.id));
  }

  /** A member's rights in a guild, before any channel has its say. */
  guildPermissions(guildId: string, userId: string): bigint {
    const guild = this.requireGuild(guildId);
    if (guild.ownerId === userId) return everyPermission;
    const member = this.requireMember(guildId, userId);
    const bits = guild.roles
      .filter((role) => role.id === guild.id || member.roleIds.includes(role.id))
      .reduce((sum, role) => sum | role.permissions, 0n);
    return hasPermission(bits, 'ADMINISTRATOR') ? everyPermission : bits;
  }

  /** A person's rights in a channel; a thread takes those of its parent. */
  permissionsIn(channel: FakeChannel, userId: string): bigint {
    if (channel.guildId === null)
      return userId === channel.recipientId || userId === this.botId ? everyPermission : 0n;
    if (!this.requireGuild(channel.guildId).members.has(userId)) return 0n;
    const base = this.guildPermissions(channel.guildId, userId);
    if (base === everyPermission) return base;
    const place = channel.thread === null ? channel : this.channels.get(channel.parentId ?? '');
    const overwrite = place?.overwrites.get(userId) ?? { allow: 0n, deny: 0n };
    const bits = (base & ~overwrite.deny) | overwrite.allow;
    return hasPermission(bits, 'VIEW_CHANNEL') ? bits : 0n;
  }

  can(userId: string, channel: FakeChannel, name: PermissionName): boolean {
    return hasPermission(this.permissionsIn(channel, userId), name);
  }

  /** Throws `Missing Access` or `Missing Permissions` as Discord tells them apart. */
  demand(userId: string, channel: FakeChannel, ...names: PermissionName[]): void {
    if (!this.can(userId, channel, 'VIEW_CHANNEL')) throw discordError('missingAccess');
    for (const name of names) {
      if (!this.can(userId, channel, name)) throw discordError('missingPermissions');
    }
  }
}

/** A channel with nothing in it and Discord's default limits. */
export function blankChannel(id: string, type: FakeChannel['type'], name: string): FakeChannel {
  return {
    id,
    type,
    name,
    guildId: null,
    parentId: null,
    isNsfw: false,
    attachmentSizeLimitBytes: defaultAttachmentLimitBytes,
    position: 0,
    rateLimitPerUserSeconds: 0,
    overwrites: new Map(),
    recipientId: null,
    thread: null,
    lastMessageId: null,
  };
}

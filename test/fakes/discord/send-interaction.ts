import type { Core } from './core.ts';
import type { InteractionHandle, InteractionRecord } from './interaction-book.ts';
import { toText, type Json } from './json.ts';
import { hasPermission } from './permissions.ts';
import { toChannelJson, toMemberJson, toMessageJson, toUserJson } from './serialize.ts';
import { ClientRefusal } from './slash-options.ts';
import type { World } from './world.ts';
import type { FakeChannel, RegisteredCommand } from './world-types.ts';

export interface InteractionStart {
  type: InteractionRecord['type'];
  channel: FakeChannel;
  label: string;
  data: Json;
  sourceMessageId?: string | null;
  targetMessageId?: string;
  locale?: string;
  /** More of what a message tells about the interaction behind it. */
  extra?: Json;
}

/** Opens an interaction and tells the bot about it. */
export function sendInteraction(
  core: Core,
  userId: string,
  start: InteractionStart,
): InteractionHandle {
  const { world, gateway, interactions } = core;
  const { channel, type } = start;
  if (channel.thread?.isArchived === true) throw new ClientRefusal('The thread is archived.');
  const user = world.requireUser(userId);
  const owners = { 0: channel.guildId ?? '0' };
  const handle = interactions.open({
    type,
    userId: user.id,
    channelId: channel.id,
    guildId: channel.guildId,
    label: start.label,
    sourceMessageId: start.sourceMessageId ?? null,
    targetMessageId: start.targetMessageId ?? null,
  });
  const target =
    start.targetMessageId === undefined ? {} : { target_message_id: start.targetMessageId };
  handle.record.metadata = {
    id: handle.id,
    type,
    user: toUserJson(user),
    authorizing_integration_owners: owners,
    ...target,
    ...start.extra,
  };
  const event: Json = {
    id: handle.id,
    application_id: world.application.id,
    type,
    token: handle.token,
    version: 1,
    channel_id: channel.id,
    channel: {
      ...toChannelJson(world, channel),
      permissions: String(world.permissionsIn(channel, user.id)),
    },
    app_permissions: String(world.permissionsIn(channel, world.botId)),
    locale: start.locale ?? user.locale,
    entitlements: [],
    authorizing_integration_owners: owners,
    context: channel.guildId === null ? 1 : 0,
    attachment_size_limit: channel.attachmentSizeLimitBytes,
    data: start.data,
  };
  const source = world.messages.get(start.sourceMessageId ?? '');
  if (source !== undefined) event['message'] = toMessageJson(world, source);
  if (channel.guildId === null) {
    event['user'] = toUserJson(user);
  } else {
    const guild = world.requireGuild(channel.guildId);
    event['guild_id'] = guild.id;
    event['guild'] = { id: guild.id, locale: guild.preferredLocale, features: [] };
    event['guild_locale'] = guild.preferredLocale;
    const permissions = String(world.permissionsIn(channel, user.id));
    event['member'] = {
      ...toMemberJson(world, world.requireMember(guild.id, user.id)),
      permissions,
    };
  }
  gateway.dispatch('INTERACTION_CREATE', event, channel.guildId);
  core.changed();
  return handle;
}

/** The command as this person would be offered it in this channel. */
export function findOfferedCommand(
  world: World,
  userId: string,
  name: string,
  type: 1 | 3,
  channel: FakeChannel,
): RegisteredCommand {
  const inGuild = channel.guildId === null ? [] : (world.commands.get(channel.guildId) ?? []);
  const offered = [...inGuild, ...(world.commands.get('global') ?? [])];
  const command = offered.find((entry) => entry.name === name && entry.type === type);
  if (command === undefined) throw new ClientRefusal(`No command "${name}" is registered here.`);
  const contexts = command['contexts'];
  const context = channel.guildId === null ? 1 : 0;
  if (Array.isArray(contexts) && !contexts.includes(context))
    throw new ClientRefusal(`"${name}" is not offered here.`);
  if (command['nsfw'] === true && !channel.isNsfw)
    throw new ClientRefusal(`"${name}" is offered in age-restricted channels only.`);
  if (channel.guildId === null) return command;
  const bits = world.permissionsIn(channel, userId);
  const needed = BigInt(toText(command['default_member_permissions']) || '0');
  const isAllowed = hasPermission(bits, 'ADMINISTRATOR') || (bits & needed) === needed;
  if (!isAllowed || command['default_member_permissions'] === '0')
    throw new ClientRefusal(`"${name}" is not offered to user ${userId}.`);
  if (!hasPermission(bits, 'USE_APPLICATION_COMMANDS'))
    throw new ClientRefusal(`User ${userId} may not use commands here.`);
  return command;
}

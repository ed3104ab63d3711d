import type { Json } from './json.ts';
import { toChannelJson, toMemberJson, toRolesJson, toTimestamp } from './serialize.ts';
import type { World } from './world.ts';
import type { FakeGuild } from './world-types.ts';

/** A guild as `GET /guilds/{id}` tells it. */
export function toGuildJson(guild: FakeGuild): Json {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    features: [],
    banner: null,
    owner_id: guild.ownerId,
    application_id: null,
    region: 'deprecated',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 0,
    roles: toRolesJson(guild),
    default_message_notifications: 0,
    mfa_level: 0,
    explicit_content_filter: 0,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    preferred_locale: guild.preferredLocale,
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    nsfw: false,
    nsfw_level: 0,
    emojis: [],
    stickers: [],
    incidents_data: null,
    approximate_member_count: guild.members.size,
    approximate_presence_count: guild.members.size,
  };
}

/** A guild as its GUILD_CREATE event tells it: with channels, open threads and the bot as a member. */
export function toGuildCreateJson(world: World, guild: FakeGuild): Json {
  const channels = [...world.channels.values()].filter((channel) => channel.guildId === guild.id);
  const visible = channels.filter((channel) => world.can(world.botId, channel, 'VIEW_CHANNEL'));
  const bot = world.requireMember(guild.id, world.botId);
  return {
    ...toGuildJson(guild),
    joined_at: toTimestamp(bot.joinedAtMs),
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    channels: channels
      .filter((channel) => channel.thread === null)
      .map((channel) => toChannelJson(world, channel)),
    threads: visible
      .filter((channel) => channel.thread?.isArchived === false)
      .map((channel) => toChannelJson(world, channel)),
    members: [toMemberJson(world, bot)],
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

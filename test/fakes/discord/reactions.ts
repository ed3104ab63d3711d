import type { Core } from './core.ts';
import { discordError } from './errors.ts';
import type { Json } from './json.ts';
import { toMemberJson } from './serialize.ts';
import type { FakeChannel, FakeMessage, FakeReaction } from './world-types.ts';

/** Reads `🔁` or `name:id`; anything else is no emoji. */
export function parseEmoji(text: string): FakeReaction['emoji'] {
  const custom = /^(\w{2,32}):(\d{15,20})$/.exec(text);
  if (custom !== null) return { id: custom[2] ?? null, name: custom[1] ?? '' };
  // Discord also takes an emoji without its variation selector.
  if (
    !/^\p{RGI_Emoji}$/v.test(text) &&
    !/^(\p{Emoji}\u{fe0f}?|[0-9#*]\u{fe0f}?\u{20e3})$/u.test(text)
  ) {
    throw discordError('unknownEmoji');
  }
  if (/^[0-9#*]$/.test(text)) throw discordError('unknownEmoji');
  return { id: null, name: text };
}

export function findReaction(
  message: FakeMessage,
  emoji: FakeReaction['emoji'],
): FakeReaction | undefined {
  const plain = (name: string): string => name.replaceAll('\u{fe0f}', '');
  return message.reactions.find((reaction) =>
    emoji.id === null
      ? reaction.emoji.id === null && plain(reaction.emoji.name) === plain(emoji.name)
      : reaction.emoji.id === emoji.id,
  );
}

/** Adds a person's (or the bot's) reaction; a second one of the same person changes nothing. */
export function addReaction(
  core: Core,
  message: FakeMessage,
  emoji: FakeReaction['emoji'],
  userId: string,
): void {
  const channel = core.world.requireChannel(message.channelId);
  refuseArchived(channel);
  core.world.demand(userId, channel, 'READ_MESSAGE_HISTORY');
  let reaction = findReaction(message, emoji);
  if (reaction === undefined) {
    core.world.demand(userId, channel, 'ADD_REACTIONS');
    if (message.reactions.length >= 20) throw discordError('tooManyReactions');
    reaction = { emoji, userIds: [] };
    message.reactions.push(reaction);
  }
  if (reaction.userIds.includes(userId)) return;
  reaction.userIds.push(userId);
  const data = reactionEvent(channel, message, emoji, userId);
  const member =
    channel.guildId === null
      ? undefined
      : core.world.requireGuild(channel.guildId).members.get(userId);
  if (member !== undefined) data['member'] = toMemberJson(core.world, member);
  data['message_author_id'] = message.authorId;
  announce(core, channel, 'MESSAGE_REACTION_ADD', data);
}

/** Takes one person's reaction away; nothing happens when it was not there. */
export function removeReaction(
  core: Core,
  message: FakeMessage,
  emoji: FakeReaction['emoji'],
  userId: string,
): void {
  const channel = core.world.requireChannel(message.channelId);
  refuseArchived(channel);
  const reaction = findReaction(message, emoji);
  if (reaction === undefined) throw discordError('unknownEmoji');
  if (!reaction.userIds.includes(userId)) return;
  reaction.userIds = reaction.userIds.filter((id) => id !== userId);
  if (reaction.userIds.length === 0) {
    message.reactions = message.reactions.filter((other) => other !== reaction);
  }
  announce(
    core,
    channel,
    'MESSAGE_REACTION_REMOVE',
    reactionEvent(channel, message, emoji, userId),
  );
}

function refuseArchived(channel: FakeChannel): void {
  if (channel.thread?.isArchived === true) throw discordError('archivedThread');
}

function reactionEvent(
  channel: FakeChannel,
  message: FakeMessage,
  emoji: FakeReaction['emoji'],
  userId: string,
): Json {
  const data: Json = {
    user_id: userId,
    channel_id: channel.id,
    message_id: message.id,
    emoji,
    burst: false,
    type: 0,
  };
  if (channel.guildId !== null) data['guild_id'] = channel.guildId;
  return data;
}

function announce(core: Core, channel: FakeChannel, type: string, data: Json): void {
  core.gateway.dispatchIn(
    channel,
    type,
    data,
    'GUILD_MESSAGE_REACTIONS',
    'DIRECT_MESSAGE_REACTIONS',
  );
  core.changed();
}

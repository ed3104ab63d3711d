import {
  GuildPremiumTier,
  PermissionsBitField,
  RequestMethod,
  Routes,
  type APIUser,
  type Client,
  type Guild,
  type GuildBasedChannel,
} from 'discord.js';
import { diagnoseClock } from '#src/clock.ts';
import { messageIn, type AppError } from '#src/errors.ts';
import type { Locale, Place } from '#src/types/chat.ts';
import type { CommandDescription } from '#src/types/command.ts';
import type { Diagnosis, PlaceFacts } from '#src/types/platform.ts';
import { areSame, commandBodies, registeredCommands } from './commands.ts';
import { intents } from './connection.ts';
import { codeOf, codes, toPlatformError } from './failures.ts';
import { limits } from './limits.ts';
import { isDirect } from './places.ts';
import { inviteLink, rights, type RightKey } from './rights.ts';
import { say } from './texts.ts';

/** Without these nothing can be delivered; the others only make it less comfortable. */
const neededInChannel: readonly RightKey[] = ['ViewChannel', 'SendMessages', 'AttachFiles'];
const neededInThread: readonly RightKey[] = ['ViewChannel', 'SendMessagesInThreads', 'AttachFiles'];

/** What Discord says of a place. Rejects with what Discord or the network said. */
export async function inspectPlace(
  client: Client,
  place: Place,
  locale: Locale,
): Promise<PlaceFacts> {
  if (isDirect(place)) {
    return {
      name: say('direct', locale),
      isAdult: false,
      missingRights: [],
      fileBytes: limits.fileBytes,
    };
  }
  const fileBytes = fileBytesOf(client, place);
  const channel = await findChannel(client, place.channelId);
  if (channel === null) {
    const missingRights = [rights.ViewChannel.name];
    return { name: place.channelId, isAdult: false, missingRights, fileBytes };
  }
  const needed = place.threadId === null ? neededInChannel : neededInThread;
  const missingRights: string[] = missingIn(channel, needed).map((key) => rights[key].name);
  const thread = place.threadId === null ? null : client.channels.cache.get(place.threadId);
  if (thread?.isThread() && thread.locked) missingRights.push(say('lockedThread', locale));
  const isAdult = 'nsfw' in channel && channel.nsfw;
  return { name: `#${channel.name}`, isAdult, missingRights, fileBytes };
}

/** One file, by the boost level of the server. Unit: bytes. */
export function fileBytesOf(client: Client, place: Place): number {
  const tier = client.guilds.cache.get(place.workspaceId)?.premiumTier;
  if (tier === GuildPremiumTier.Tier3) return limits.fileBytesTier3;
  return tier === GuildPremiumTier.Tier2 ? limits.fileBytesTier2 : limits.fileBytes;
}

async function findChannel(client: Client, channelId: string): Promise<GuildBasedChannel | null> {
  try {
    const channel = await client.channels.fetch(channelId);
    return channel === null || channel.isDMBased() ? null : channel;
  } catch (error) {
    if (codeOf(error) === codes.missingAccess) return null;
    throw error;
  }
}

function missingIn(channel: GuildBasedChannel, keys: readonly RightKey[]): RightKey[] {
  const me = channel.guild.members.me;
  if (!me) return [];
  const granted = channel.permissionsFor(me) ?? new PermissionsBitField();
  return keys.filter((key) => !granted.has(rights[key].bit));
}

export interface DiagnoseParts {
  client: Client;
  isConnected: boolean;
  /** Why it is not, where that is known. */
  failure: AppError | null;
  /** null: it was not started, so nobody said which commands there are. */
  commands: readonly CommandDescription[] | null;
  locale: Locale;
}

/** The login, the clock, the commands and the rights by channel, against the running platform. Never rejects. */
export async function diagnose(parts: DiagnoseParts): Promise<Diagnosis[]> {
  const { client, locale } = parts;
  let self: APIUser;
  let date: string | null;
  try {
    // The plain answer: its headers hold Discord's time.
    const answer = await client.rest.queueRequest({
      fullRoute: Routes.user('@me'),
      method: RequestMethod.Get,
    });
    date = answer.headers.get('date');
    self = (await answer.json()) as APIUser;
  } catch (error) {
    const message = sentenceOf(error, locale);
    return [refused(say('checkLogin', locale), message, say('checkLoginFix', locale))];
  }
  // The bot's own id is its application's.
  const id = client.application?.id ?? self.id;
  return [
    passed(say('checkLogin', locale), say('checkLoginIs', locale, { name: self.username, id })),
    ...diagnoseClock('Discord', date, locale),
    connection(parts),
    await commandsOf(parts, id),
    ...[...client.guilds.cache.values()].map((guild) => rightsOf(guild, id, locale)),
    passed(say('checkInvite', locale), inviteLink(id)),
  ];
}

function sentenceOf(error: unknown, locale: Locale): string {
  return messageIn(toPlatformError(error, { channel: 'Discord', missing: [] }), locale);
}

function connection({ isConnected, failure, locale }: DiagnoseParts): Diagnosis {
  const sum = intents.reduce((all, bit) => all | bit, 0);
  const name = say('checkEvents', locale);
  if (isConnected) return passed(name, say('checkConnected', locale, { sum }));
  if (failure) return refused(name, messageIn(failure, locale), say('checkReconnect', locale));
  return refused(name, say('checkNotConnected', locale), say('checkNotStarted', locale));
}

async function commandsOf(
  { client, commands, locale }: DiagnoseParts,
  applicationId: string,
): Promise<Diagnosis> {
  const name = say('checkCommands', locale);
  try {
    const registered = await registeredCommands(client, applicationId);
    const isDifferent = commands !== null && !areSame(commandBodies(commands), registered);
    const key = isDifferent ? 'checkOtherVersion' : 'checkRegistered';
    const said = say(key, locale, { count: registered.length });
    if (registered.length > 0 && !isDifferent) return passed(name, said);
    return refused(name, said, say('checkRegister', locale));
  } catch (error) {
    return refused(name, sentenceOf(error, locale), say('checkLater', locale));
  }
}

/** What is missing, right by right: one line for each, with the channels and what follows. */
function rightsOf(guild: Guild, applicationId: string, locale: Locale): Diagnosis {
  const name = say('checkRights', locale, { server: guild.name });
  const channels = [...guild.channels.cache.values()].filter(
    (channel) => channel.isTextBased() && !channel.isThread() && !channel.isVoiceBased(),
  );
  const visible = channels.filter((channel) => missingIn(channel, ['ViewChannel']).length === 0);
  const hidden = channels.length - visible.length;
  const keys = (Object.keys(rights) as RightKey[]).filter((key) => key !== 'ViewChannel');
  const lines = keys.flatMap((key) => {
    const without = visible.filter((channel) => missingIn(channel, [key]).length > 0);
    if (without.length === 0) return [];
    const places = without.map((channel) => `#${channel.name}`).join(', ');
    const effect = locale === 'en' ? rights[key].without : rights[key].withoutZh;
    return [say('checkMissing', locale, { right: rights[key].name, places, effect })];
  });
  // A channel that the bot cannot see may be meant to be so.
  const unseen = hidden === 0 ? '' : say('checkUnseen', locale, { count: hidden });
  if (visible.length > 0 && lines.length === 0) {
    return passed(name, say('checkAllRights', locale, { count: visible.length, unseen }));
  }
  const detail =
    visible.length === 0 ? say('checkNoChannel', locale, { unseen }) : lines.join('; ');
  return refused(name, detail, say('checkGrant', locale, { link: inviteLink(applicationId) }));
}

function passed(name: string, detail: string): Diagnosis {
  return { name, ok: true, detail, fix: null };
}

function refused(name: string, detail: string, fix: string): Diagnosis {
  return { name, ok: false, detail, fix };
}

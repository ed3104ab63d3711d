import {
  GuildPremiumTier,
  PermissionsBitField,
  Routes,
  type APIUser,
  type Client,
  type Guild,
  type GuildBasedChannel,
} from 'discord.js';
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
  /** null: it was not started, so nobody said which commands there are. */
  commands: readonly CommandDescription[] | null;
}

/** The login, the commands and the rights by channel, against the running platform. Never rejects. */
export async function diagnose(parts: DiagnoseParts): Promise<Diagnosis[]> {
  const { client } = parts;
  let self: APIUser;
  try {
    self = (await client.rest.get(Routes.user('@me'))) as APIUser;
  } catch (error) {
    const { message } = toPlatformError(error, { channel: 'Discord', missing: [] });
    return [
      refused(
        'Discord login',
        message,
        'Set DISCORD_TOKEN to the token under "Bot" of the application at https://discord.com/developers/applications.',
      ),
    ];
  }
  // The bot's own id is its application's.
  const applicationId = client.application?.id ?? self.id;
  return [
    passed('Discord login', `${self.username}, application ${applicationId}`),
    connection(parts),
    await commandsOf(parts, applicationId),
    ...[...client.guilds.cache.values()].map((guild) => rightsOf(guild, applicationId)),
    passed('Discord invite link', inviteLink(applicationId)),
  ];
}

function connection({ isConnected }: DiagnoseParts): Diagnosis {
  const sum = intents.reduce((all, bit) => all | bit, 0);
  const name = 'Discord events';
  if (isConnected) return passed(name, `connected; intents ${sum}, none of them privileged`);
  return refused(name, 'not connected', 'Start Quartet; its log says why a connection failed.');
}

async function commandsOf(
  { client, commands }: DiagnoseParts,
  applicationId: string,
): Promise<Diagnosis> {
  const name = 'Discord commands';
  try {
    const registered = await registeredCommands(client, applicationId);
    const said = `${registered.length} registered`;
    const isDifferent = commands !== null && !areSame(commandBodies(commands), registered);
    if (registered.length > 0 && !isDifferent) return passed(name, said);
    return refused(
      name,
      isDifferent ? `${said}, not those of this version` : said,
      'Start Quartet again: it registers them when it connects.',
    );
  } catch (error) {
    const { message } = toPlatformError(error, { channel: 'Discord', missing: [] });
    return refused(name, message, 'Try again in a minute.');
  }
}

/** What is missing, right by right: one line for each, with the channels and what follows. */
function rightsOf(guild: Guild, applicationId: string): Diagnosis {
  const name = `Discord rights in ${guild.name}`;
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
    return [`"${rights[key].name}" is missing in ${places}: ${rights[key].without}`];
  });
  // A channel that the bot cannot see may be meant to be so.
  const unseen = hidden === 0 ? '' : ` (${hidden} more cannot be seen)`;
  if (visible.length > 0 && lines.length === 0) {
    return passed(name, `all in ${visible.length} channels${unseen}`);
  }
  const detail = visible.length === 0 ? `no channel can be seen${unseen}` : lines.join('; ');
  return refused(
    name,
    detail,
    `Allow it for the bot's role under "Edit Channel, Permissions" of the channel, or add the bot again with ${inviteLink(applicationId)}`,
  );
}

function passed(name: string, detail: string): Diagnosis {
  return { name, ok: true, detail, fix: null };
}

function refused(name: string, detail: string, fix: string): Diagnosis {
  return { name, ok: false, detail, fix };
}

import {
  GuildMember,
  PermissionFlagsBits,
  Routes,
  type APIGuildMember,
  type APIUser,
  type BaseInteraction,
  type Client,
  type Guild,
} from 'discord.js';
import type { Locale, Person } from '#src/types/chat.ts';
import { reasonOf, type LogTarget } from './log-target.ts';
import { RecentMap } from './recent-map.ts';
import { toLocale } from './wording.ts';

/** Who reacted, as the event tells it: a member only where a reaction was put on in a server. */
export interface Reactor {
  userId: string;
  guildId: string | null;
  member: APIGuildMember | null;
}

export interface People {
  ofInteraction(interaction: BaseInteraction): Person;
  /** Asks Discord only where neither the event nor an earlier one says who it is. Never rejects. */
  ofReaction(reactor: Reactor): Promise<Person>;
}

export function createPeople(client: () => Client, logger: LogTarget): People {
  const locales = new RecentMap<Locale>();
  const known = new RecentMap<Person>();
  const keyOf = (guildId: string | null, userId: string) => `${guildId ?? 'dm'}/${userId}`;

  function remember(guildId: string | null, person: Person): Person {
    known.set(keyOf(guildId, person.id), person);
    return person;
  }

  /** Outside of interactions Discord does not say a person's language. */
  function localeOf(userId: string, guild: Guild | null): Locale {
    return locales.get(userId) ?? toLocale(guild?.preferredLocale);
  }

  function fromMember(userId: string, guild: Guild | null, member: APIGuildMember): Person {
    return {
      id: userId,
      name: member.nick ?? member.user.global_name ?? member.user.username,
      locale: localeOf(userId, guild),
      isLead: guild !== null && mayManage(guild, userId, member.roles),
      roleIds: member.roles,
    };
  }

  async function ask(userId: string, guildId: string | null, guild: Guild | null): Promise<Person> {
    const { rest } = client();
    if (guildId !== null) {
      try {
        const member = await rest.get(Routes.guildMember(guildId, userId));
        return fromMember(userId, guild, member as APIGuildMember);
      } catch (error) {
        // Somebody who left the server may still take a reaction off.
        logger.warn(
          { platform: 'discord', error: reasonOf(error) },
          'A member could not be looked up.',
        );
      }
    }
    const user = (await rest.get(Routes.user(userId))) as APIUser;
    return {
      id: userId,
      name: user.global_name ?? user.username,
      locale: localeOf(userId, guild),
      isLead: guildId === null,
    };
  }

  return {
    ofInteraction(interaction) {
      const { user, member, memberPermissions, guildId } = interaction;
      const locale = toLocale(interaction.locale);
      locales.set(user.id, locale);
      const nick = member instanceof GuildMember ? member.nickname : member?.nick;
      const roleIds =
        member instanceof GuildMember
          ? [...member.roles.cache.keys()].filter((id) => id !== guildId)
          : (member?.roles ?? []);
      return remember(guildId, {
        id: user.id,
        name: nick ?? user.displayName,
        locale,
        // Everybody is lead in their own direct messages.
        isLead:
          guildId === null || (memberPermissions?.has(PermissionFlagsBits.ManageGuild) ?? false),
        ...(guildId === null ? {} : { roleIds }),
      });
    },
    async ofReaction({ userId, guildId, member }) {
      const guild = guildId === null ? null : (client().guilds.cache.get(guildId) ?? null);
      if (member !== null) return remember(guildId, fromMember(userId, guild, member));
      const earlier = known.get(keyOf(guildId, userId));
      if (earlier !== undefined) return { ...earlier, locale: localeOf(userId, guild) };
      try {
        return remember(guildId, await ask(userId, guildId, guild));
      } catch (error) {
        logger.warn(
          { platform: 'discord', error: reasonOf(error) },
          'A person could not be looked up.',
        );
        const isLead = guildId === null;
        return { id: userId, name: userId, locale: localeOf(userId, guild), isLead };
      }
    },
  };
}

/** The right to manage the server, by the roles of a member; owners need none. */
function mayManage(guild: Guild, userId: string, roleIds: readonly string[]): boolean {
  if (guild.ownerId === userId) return true;
  return [guild.id, ...roleIds].some((id) =>
    guild.roles.cache.get(id)?.permissions.has(PermissionFlagsBits.ManageGuild),
  );
}

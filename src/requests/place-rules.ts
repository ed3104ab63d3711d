import { toAppError, type Fault } from '#src/errors.ts';
import type { ChannelSettings } from '#src/store/channels.ts';
import type { Texts } from '#src/texts/index.ts';
import type { Locale, Person, Place } from '#src/types/chat.ts';
import type { PlaceFacts } from '#src/types/platform.ts';
import { adultWords, findWord } from './blocked.ts';
import type { Foundation } from './services.ts';
import { typedForm } from './typed-form.ts';

/** Where the settings of a place are kept: with its channel. */
export function settingsOf({ store }: Foundation, place: Place): Promise<ChannelSettings> {
  return store.channels.settings(place.workspaceId, place.channelId);
}

/** By the platform's own rights, by name, or by a role that settings chose. */
export async function isLead({ store }: Foundation, person: Person, place: Place) {
  if (person.isLead) return true;
  const member = await store.members.find(place.workspaceId, person.id);
  if (member?.role === 'lead') return true;
  const roleId = (await store.workspaces.find(place.workspaceId))?.leadRoleId ?? null;
  return roleId !== null && (person.roleIds ?? []).includes(roleId);
}

const factsFreshMs = 60_000;

export interface PlaceRules {
  /** What the platform says of a place, a minute old at most; null when it does not say. */
  factsOf(place: Place, locale: Locale): Promise<PlaceFacts | null>;
  /** What stands against drawing here at all. */
  faultsOf(place: Place, settings: ChannelSettings, texts: Texts): Promise<Fault[]>;
  /** What stands against drawing these words here. */
  wordFaults(
    place: Place,
    settings: ChannelSettings,
    prompt: string,
    texts: Texts,
  ): Promise<Fault[]>;
}

export function createPlaceRules(foundation: Foundation, now: () => number = Date.now): PlaceRules {
  const known = new Map<string, { at: number; facts: PlaceFacts }>();

  async function factsOf(place: Place, locale: Locale): Promise<PlaceFacts | null> {
    const key = [place.platform, place.workspaceId, place.channelId, place.threadId, locale].join(
      '/',
    );
    const found = known.get(key);
    if (found && now() - found.at < factsFreshMs) return found.facts;
    try {
      const facts = await foundation.platformOf(place.platform).inspect(place, locale);
      if (known.size > 1000) known.clear();
      // Rights that are missing are looked up again: somebody is just granting them.
      if (facts.missingRights.length === 0) known.set(key, { at: now(), facts });
      return facts;
    } catch (thrown) {
      const { code, message } = toAppError(thrown);
      foundation.logger.warn({ channelId: place.channelId, code }, `Place not known: ${message}`);
      return null;
    }
  }

  return {
    factsOf,
    async faultsOf(place, settings, texts) {
      if (!settings.isAllowed)
        return [
          fault(
            'channel',
            null,
            texts('place.notAllowed', {
              settings: typedForm(foundation.platformOf(place.platform), texts, 'settings'),
            }),
          ),
        ];
      const facts = await factsOf(place, texts.locale);
      if (facts === null || facts.missingRights.length === 0) return [];
      const rights = facts.missingRights.join(', ');
      return [
        fault('channel', facts.name, texts('place.missingRights', { name: facts.name, rights })),
      ];
    },
    async wordFaults(place, settings, prompt, texts) {
      const blocked = findWord(prompt, await foundation.store.blockedWords.list(place.workspaceId));
      if (blocked !== null)
        return [fault('prompt', blocked, texts('place.blockedWord', { word: blocked }))];
      const adult = findWord(prompt, adultWords);
      if (adult === null) return [];
      // The platform's own mark comes first: settings can only take it back.
      const isMarked = (await factsOf(place, texts.locale))?.isAdult ?? false;
      const isAdult = isMarked && settings.allowsAdult !== false;
      return isAdult ? [] : [fault('prompt', adult, texts('place.adultWord', { word: adult }))];
    },
  };
}

function fault(field: string, value: unknown, message: string): Fault {
  return { field, value, allowed: message, nearest: null, message };
}

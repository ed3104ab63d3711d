import { invalidRequest, type Fault } from '#src/errors.ts';
import { nearestName } from '#src/nearest.ts';
import type { ChannelSettings, RerollRule } from '#src/store/channels.ts';
import type { Texts } from '#src/texts/index.ts';
import type { Place } from '#src/types/chat.ts';
import type { Foundation } from './services.ts';

/** A channel's settings as typed; `default` takes one back. */
export interface TypedSettings {
  allowed?: boolean | undefined;
  model?: string | undefined;
  style?: string | undefined;
  language?: 'en' | 'zh-CN' | 'default' | undefined;
  reroll?: string | undefined;
  adult?: 'yes' | 'no' | 'default' | undefined;
  lead?: string | undefined;
  unlead?: string | undefined;
}

export interface SettingChanges {
  channel: Partial<ChannelSettings>;
  /** Ids of people. */
  lead: string | null;
  unlead: string | null;
}

const mostPeople = 50;

/** @throws AppError INVALID_REQUEST with every value that does not fit */
export async function readSettingChanges(
  { store, models, platformOf }: Foundation,
  typed: TypedSettings,
  place: Place,
  texts: Texts,
): Promise<SettingChanges> {
  const changes: Partial<ChannelSettings> = {};
  const faults: Fault[] = [];

  function named(name: 'model' | 'style', known: string[]): void {
    const value = typed[name];
    if (value === undefined) return;
    if (value.toLowerCase() === 'default') changes[name] = null;
    else {
      const found = known.find((one) => one.toLowerCase() === value.toLowerCase());
      if (found !== undefined) changes[name] = found;
      else {
        const allowed = [...known, 'default'].join(', ');
        const nearest = nearestName(value, known);
        const said = { name: texts(`commands.settings.options.${name}.name`), value, allowed };
        const hint = nearest === null ? '' : texts('option.nearest', { nearest });
        const message = `${texts('option.choice', said)}${hint}`;
        faults.push({ field: name, value, allowed, nearest, message });
      }
    }
  }

  if (typed.allowed !== undefined) changes.isAllowed = typed.allowed;
  if (typed.language !== undefined)
    changes.locale = typed.language === 'default' ? null : typed.language;
  if (typed.adult !== undefined)
    changes.allowsAdult = typed.adult === 'default' ? null : typed.adult === 'yes';
  if (typed.adult === 'yes' && !(await platformOf(place.platform).inspect(place)).isAdult) {
    const message = texts('settings.notMarked');
    faults.push({
      field: 'adult',
      value: 'yes',
      allowed: 'no, default',
      nearest: 'default',
      message,
    });
  }
  named('model', models.names());
  const own = await store.styles.list(place.workspaceId);
  named('style', [...own.map(({ name }) => name), ...models.scope().styles]);
  if (typed.reroll !== undefined) {
    const rule = readRerollRule(typed.reroll);
    if (rule !== null) changes.reroll = rule;
    else {
      const message = texts('settings.badReroll', { value: typed.reroll, most: mostPeople });
      faults.push({
        field: 'reroll', value: typed.reroll, allowed: message, nearest: null, message,
      }); // prettier-ignore
    }
  }
  const lead = await person('lead');
  const unlead = await person('unlead');
  if (faults.length > 0) throw invalidRequest(faults);
  return { channel: changes, lead, unlead };

  /** By mention, name or id. */
  async function person(field: 'lead' | 'unlead'): Promise<string | null> {
    const value = typed[field];
    if (value === undefined) return null;
    const said = value.replaceAll(/[<@!>]|\|.*/g, '').trim();
    const known = await store.members.find(place.workspaceId, said);
    const [first, ...others] = known ? [known] : await store.members.named(place.workspaceId, said);
    if (first && others.length === 0) return first.id;
    // Platforms' ids are digits and capitals; whoever has one need not have been here before.
    if (!first && /^[A-Z\d]{6,}$/.test(said)) return said;
    const key = first ? 'settings.severalNamed' : 'settings.nobodyNamed';
    const message = texts(key, { name: said });
    faults.push({ field, value, allowed: message, nearest: null, message });
    return null;
  }
}

function readRerollRule(value: string): RerollRule | null {
  const word = value.trim().toLowerCase();
  if (['anyone', '所有人'].includes(word)) return 'anyone';
  if (['requester', '本人'].includes(word)) return 'requester';
  const people = Number(word);
  if (people === 1) return 'anyone';
  return Number.isInteger(people) && people >= 2 && people <= mostPeople ? { people } : null;
}

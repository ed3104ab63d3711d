import type { Locale, Person } from '#src/types/chat.ts';
import type { Calls } from './calls.ts';

export interface People {
  /** Who speaks, with their language and rights as Slack knows them. Never rejects. */
  find(userId: string, name?: string): Promise<Person>;
  /** What is known without asking Slack. */
  recall(userId: string): Person | null;
}

interface SlackUser {
  name?: string;
  real_name?: string;
  locale?: string;
  is_admin?: boolean;
  is_owner?: boolean;
  is_primary_owner?: boolean;
  profile?: { display_name?: string; real_name?: string };
}

const keptForMs = 10 * 60_000;
const capacity = 5000;

export function createPeople(
  calls: Pick<Calls, 'call'>,
  onFailure: (error: unknown) => void,
  now: () => number = Date.now,
): People {
  const known = new Map<string, { person: Person; untilMs: number }>();
  const asked = new Map<string, Promise<Person>>();

  async function ask(userId: string, name: string | undefined): Promise<Person> {
    try {
      const answer = await calls.call('users.info', { user: userId, include_locale: true });
      const person = toPerson(userId, answer['user'] ?? {});
      if (known.size >= capacity) known.clear();
      known.set(userId, { person, untilMs: now() + keptForMs });
      return person;
    } catch (error) {
      onFailure(error);
      // Someone whose name cannot be read may still ask for pictures, only not as a lead.
      return known.get(userId)?.person ?? guest(userId, name);
    } finally {
      asked.delete(userId);
    }
  }

  return {
    recall: (userId) => known.get(userId)?.person ?? null,
    async find(userId, name) {
      const entry = known.get(userId);
      if (entry !== undefined && entry.untilMs > now()) return entry.person;
      const running = asked.get(userId) ?? ask(userId, name);
      asked.set(userId, running);
      return running;
    },
  };
}

function guest(id: string, name: string | undefined): Person {
  return { id, name: name ?? id, locale: 'en', isLead: false };
}

export function toPerson(id: string, user: SlackUser): Person {
  const { profile } = user;
  const name = profile?.display_name || user.real_name || profile?.real_name || user.name || id;
  const isLead = Boolean(user.is_admin || user.is_owner || user.is_primary_owner);
  return { id, name, locale: toLocale(user.locale), isLead };
}

export function toLocale(locale: string | undefined): Locale {
  return locale?.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

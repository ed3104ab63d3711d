import { diagnoseClock } from '#src/clock.ts';
import { messageIn, toAppError } from '#src/errors.ts';
import type { Locale, Place } from '#src/types/chat.ts';
import type { Diagnosis, PlaceFacts } from '#src/types/platform.ts';
import { toAppErrorOf, refusalOf, type Calls } from './calls.ts';
import { readIdentity, type Identity } from './identity.ts';
import { limits } from './limits.ts';
import { eventsPath } from './manifest.ts';
import { botScopes, missingScopes } from './scopes.ts';
import { say } from './texts.ts';

interface Channel {
  name?: string;
  is_im?: boolean;
  is_member?: boolean;
  is_archived?: boolean;
}

/** What Slack says of a place. @throws CallFailure */
export async function inspectPlace(
  calls: Calls,
  identity: Identity | null,
  place: Place,
  locale: Locale,
): Promise<PlaceFacts> {
  const missingRights = identity?.scopes ? missingScopes(identity.scopes) : [];
  const facts = { isAdult: false, fileBytes: limits.file };
  if (isDirect(place.channelId)) return { ...facts, name: say('direct', locale), missingRights };
  try {
    const answer = await calls.call('conversations.info', { channel: place.channelId });
    const channel = (answer['channel'] ?? {}) as Channel;
    const name = channel.name === undefined ? place.channelId : `#${channel.name}`;
    if (channel.is_im) return { ...facts, name: say('direct', locale), missingRights };
    if (channel.is_archived) missingRights.push(say('archived', locale, { name }));
    else if (channel.is_member === false) missingRights.push(membershipIn(name, identity, locale));
    return { ...facts, name, missingRights };
  } catch (error) {
    // A private channel that the bot is not in looks as if it did not exist.
    if (!['channel_not_found', 'not_in_channel'].includes(refusalOf(error) ?? '')) throw error;
    const name = place.channelId;
    return {
      ...facts,
      name,
      missingRights: [...missingRights, membershipIn(name, identity, locale)],
    };
  }
}

function membershipIn(name: string, identity: Identity | null, locale: Locale): string {
  return say('membership', locale, { name, bot: identity?.botName ?? 'Quartet' });
}

/** Direct messages have an id that begins with D. */
export function isDirect(channelId: string): boolean {
  return channelId.startsWith('D');
}

export interface DiagnoseParts {
  calls: Calls;
  /** Calls with the app-level token; null in HTTP mode. */
  appCalls: Calls | null;
  isConnected: boolean;
  publicUrl: string | null;
  locale: Locale;
}

/** The token, its scopes, the clock and how events arrive, against the running platform. Never rejects. */
export async function diagnose(parts: DiagnoseParts): Promise<Diagnosis[]> {
  const { calls, locale } = parts;
  const name = say('checkToken', locale);
  const results: Diagnosis[] = [];
  try {
    const identity = await readIdentity(calls);
    const { botName, teamName } = identity;
    results.push(
      passed(name, say('checkTokenIs', locale, { name: botName, team: teamName })),
      checkScopes(identity, locale),
    );
  } catch (error) {
    const message = sentenceOf(error, 'auth.test', locale);
    results.push(refused(name, message, say('checkTokenFix', locale)));
  }
  results.push(
    ...diagnoseClock('Slack', calls.answeredAt(), locale),
    parts.appCalls === null ? checkHttp(parts.publicUrl, locale) : await checkSocket(parts),
  );
  return results;
}

function sentenceOf(error: unknown, method: string, locale: Locale): string {
  return messageIn(toAppError(toAppErrorOf(error, method)), locale);
}

function checkScopes({ scopes }: Identity, locale: Locale): Diagnosis {
  const name = say('checkScopes', locale);
  if (scopes === null) return passed(name, say('checkScopesUnknown', locale));
  const missing = missingScopes(scopes);
  if (missing.length === 0)
    return passed(name, say('checkScopesAll', locale, { count: Object.keys(botScopes).length }));
  const listed = missing.map((scope) =>
    locale === 'en' ? `${scope} (${botScopes[scope]})` : scope,
  );
  const detail = say('checkScopesMissing', locale, { scopes: listed.join(', ') });
  return refused(name, detail, say('checkScopesFix', locale));
}

async function checkSocket({ appCalls, isConnected, locale }: DiagnoseParts): Promise<Diagnosis> {
  const name = say('checkSocket', locale);
  if (isConnected) return passed(name, say('checkConnected', locale));
  try {
    await appCalls?.call('apps.connections.open', {});
    return passed(name, say('checkSocketOpens', locale));
  } catch (error) {
    const message = sentenceOf(error, 'apps.connections.open', locale);
    return refused(name, message, say('checkSocketFix', locale));
  }
}

function checkHttp(publicUrl: string | null, locale: Locale): Diagnosis {
  const name = say('checkHttp', locale);
  if (publicUrl === null)
    return refused(name, say('checkHttpUnknown', locale), say('checkHttpFix', locale));
  const url = `${publicUrl.replace(/\/+$/, '')}${eventsPath}`;
  return passed(name, say('checkHttpAt', locale, { url }));
}

function passed(name: string, detail: string): Diagnosis {
  return { name, ok: true, detail, fix: null };
}

function refused(name: string, detail: string, fix: string): Diagnosis {
  return { name, ok: false, detail, fix };
}

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
}

/** The token, its scopes and how events arrive, against the running platform. Never rejects. */
export async function diagnose(parts: DiagnoseParts): Promise<Diagnosis[]> {
  const results: Diagnosis[] = [];
  try {
    const identity = await readIdentity(parts.calls);
    results.push(
      passed('Slack bot token', `${identity.botName} in the workspace ${identity.teamName}`),
      checkScopes(identity),
    );
  } catch (error) {
    const { message } = toAppErrorOf(error, 'auth.test');
    results.push(
      refused(
        'Slack bot token',
        message,
        'Set SLACK_BOT_TOKEN to the "Bot User OAuth Token" under "OAuth & Permissions" at https://api.slack.com/apps.',
      ),
    );
  }
  results.push(parts.appCalls === null ? checkHttp(parts.publicUrl) : await checkSocket(parts));
  return results;
}

function checkScopes(identity: Identity): Diagnosis {
  const name = 'Slack scopes';
  if (identity.scopes === null) {
    return passed(name, 'Slack did not say which scopes the token has');
  }
  const missing = missingScopes(identity.scopes);
  if (missing.length === 0) return passed(name, `all ${Object.keys(botScopes).length} are granted`);
  return refused(
    name,
    `missing: ${missing.map((scope) => `${scope} (${botScopes[scope]})`).join(', ')}`,
    'Add them under "OAuth & Permissions", or paste the manifest again, then press "Reinstall to Workspace".',
  );
}

async function checkSocket(parts: DiagnoseParts): Promise<Diagnosis> {
  const name = 'Slack events (Socket Mode)';
  if (parts.isConnected) return passed(name, 'connected');
  try {
    await parts.appCalls?.call('apps.connections.open', {});
    return passed(name, 'the app-level token opens connections');
  } catch (error) {
    const { message } = toAppErrorOf(error, 'apps.connections.open');
    return refused(
      name,
      message,
      'Under "Basic Information, App-Level Tokens" generate a token with connections:write, set it as SLACK_APP_TOKEN, and switch Socket Mode on.',
    );
  }
}

function checkHttp(publicUrl: string | null): Diagnosis {
  const name = 'Slack events (HTTP)';
  if (publicUrl !== null) {
    return passed(
      name,
      `Slack is expected to post to ${publicUrl.replace(/\/+$/, '')}${eventsPath}`,
    );
  }
  return refused(
    name,
    'it is not known where Slack reaches this program',
    'Set QUARTET_PUBLIC_URL to the https address of this program, or use Socket Mode with SLACK_APP_TOKEN.',
  );
}

function passed(name: string, detail: string): Diagnosis {
  return { name, ok: true, detail, fix: null };
}

function refused(name: string, detail: string, fix: string): Diagnosis {
  return { name, ok: false, detail, fix };
}

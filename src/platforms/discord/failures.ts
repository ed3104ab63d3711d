import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { AppError, toAppError, type ErrorCode } from '#src/errors.ts';
import { rights, type RightKey } from './rights.ts';
import { listNames } from './wording.ts';

/** Discord's numbers for what is branched on. */
export const codes = {
  unknownChannel: 10003,
  unknownMember: 10007,
  unknownMessage: 10008,
  unknownWebhook: 10015,
  unknownInteraction: 10062,
  tooManyReactions: 30010,
  tooLarge: 40005,
  alreadyAcknowledged: 40060,
  missingAccess: 50001,
  wrongForDirect: 50003,
  cannotSendToUser: 50007,
  missingPermissions: 50013,
  wrongChannelType: 50024,
  tokenExpired: 50027,
  invalidForm: 50035,
  fileTooLarge: 50045,
  archivedThread: 50083,
  threadExists: 160_004,
  lockedThread: 160_005,
  tooManyThreads: 160_006,
} as const;

/** Discord's number for a refusal, or null for every other failure. */
export function codeOf(thrown: unknown): number | null {
  return thrown instanceof DiscordAPIError ? Number(thrown.code) : null;
}

export function isTooLarge(thrown: unknown): boolean {
  const code = codeOf(thrown);
  if (code === codes.tooLarge || code === codes.fileTooLarge) return true;
  return statusOf(thrown) === 413;
}

/** The interaction's token no longer works: nobody can be answered through it. */
export function isTokenGone(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return (
    code === codes.unknownInteraction ||
    code === codes.tokenExpired ||
    code === codes.unknownWebhook
  );
}

/** Nobody knows whether it was done: a server error, a lost connection, no answer in time. */
export function isUnclear(thrown: unknown): boolean {
  const status = statusOf(thrown);
  if (status !== null) return status >= 500;
  return thrown instanceof Error && (thrown.name === 'AbortError' || networkCode(thrown) !== null);
}

/** `ECONNREFUSED`, `UND_ERR_SOCKET` and the like. */
function networkCode(thrown: Error): string | null {
  for (const error of [thrown, thrown.cause]) {
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    if (typeof code === 'string' && /^(E[A-Z]+$|UND_ERR_)/.test(code)) return code;
  }
  return null;
}

function statusOf(thrown: unknown): number | null {
  return thrown instanceof DiscordAPIError || thrown instanceof HTTPError ? thrown.status : null;
}

/** After one refusal of the token the library refuses every call by itself. */
function isTokenForgotten(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.message.startsWith('Expected token to be set');
}

/** What a failed call was for, so that its sentence can say what is missing and where. */
export interface Errand {
  /** What people call the place. */
  channel: string;
  /** Rights that the call needs and that are not there, as far as is known. */
  missing: readonly RightKey[];
}

/** The product's error for whatever a call threw. */
export function toPlatformError(thrown: unknown, errand: Errand): AppError {
  if (thrown instanceof AppError) return thrown;
  const { channel } = errand;
  const fail = (text: string, isRetryable: boolean) =>
    new AppError('PLATFORM_FAILED', text, { cause: thrown, retryable: isRetryable });

  if (thrown instanceof RateLimitError) {
    return fail('Discord allows no more calls for now. Try again in a minute.', true);
  }
  if (isTokenForgotten(thrown) || (statusOf(thrown) === 401 && !isTokenGone(thrown))) {
    return fail(badToken, false);
  }
  if (isUnclear(thrown)) {
    return fail(
      `Discord did not answer (${shortReason(thrown)}). It is tried again; if it lasts, see https://discordstatus.com and the network.`,
      true,
    );
  }
  const known = refusals.get(codeOf(thrown) ?? 0);
  if (known !== undefined) {
    return new AppError(known.code, known.text(errand, thrown as DiscordAPIError), {
      cause: thrown,
    });
  }
  if (isTooLarge(thrown)) return fail(`The files are too large for ${channel}.`, false);
  if (!(thrown instanceof DiscordAPIError)) return toAppError(thrown);
  const { message, rawError } = thrown;
  const details = 'errors' in rawError ? ` (${JSON.stringify(rawError.errors)})` : '';
  return fail(
    `Discord refused it: ${firstLine(message)}${details}. This is a fault of ours.`,
    false,
  );
}

interface Refusal {
  code: ErrorCode;
  text: (errand: Errand, refusal: DiscordAPIError) => string;
}

const lacking: Refusal = { code: 'PERMISSION_MISSING', text: missingSentence };

const refusals = new Map<number, Refusal>([
  [codes.missingAccess, lacking],
  [codes.missingPermissions, lacking],
  [
    codes.unknownMessage,
    {
      code: 'MESSAGE_GONE',
      text: () => 'The message is no longer there: someone deleted it.',
    },
  ],
  [
    codes.unknownChannel,
    {
      code: 'MESSAGE_GONE',
      text: ({ channel }) => `${capital(channel)} is no longer there: someone deleted it.`,
    },
  ],
  [
    codes.cannotSendToUser,
    {
      code: 'PERMISSION_MISSING',
      text: () =>
        'I cannot write to you: you take no direct messages from members of our server. Allow them under "Privacy Settings" of the server, then ask again.',
    },
  ],
  [
    codes.archivedThread,
    {
      code: 'PERMISSION_MISSING',
      text: ({ channel }) =>
        `${capital(channel)} is archived. Write something in it, then ask again.`,
    },
  ],
  [
    codes.lockedThread,
    {
      code: 'PERMISSION_MISSING',
      text: ({ channel }) => `${capital(channel)} is locked. Ask in the channel itself.`,
    },
  ],
]);

export const badToken =
  'Discord does not take the token. Copy it again from "Bot" of the application at https://discord.com/developers/applications ("Reset Token"), set it as DISCORD_TOKEN and restart.';

function missingSentence({ channel, missing }: Errand, refusal: DiscordAPIError): string {
  const [first] = missing;
  if (first === undefined) {
    return `Discord does not let me do that in ${channel} (${refusal.message}). Look at the rights of my role there.`;
  }
  // Without sight of the channel the other rights mean nothing.
  const named = first === 'ViewChannel' ? [first] : missing;
  const verb = rights[first].verb.replace('CHANNEL', () => channel);
  const names = listNames(named.map((key) => rights[key].name));
  const what = named.length === 1 ? `the right ${names} is` : `the rights ${names} are`;
  return `I cannot ${verb}: ${what} missing.`;
}

function shortReason(thrown: unknown): string {
  const status = statusOf(thrown);
  if (status !== null) return `HTTP ${status}`;
  return (thrown instanceof Error ? networkCode(thrown) : null) ?? 'no answer in time';
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

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

/** Nothing can be posted there, whoever it is for. */
export function isOutOfReach(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code !== null && outOfReach.has(code);
}

const outOfReach = new Set<number>([
  codes.unknownChannel,
  codes.missingAccess,
  codes.missingPermissions,
  codes.archivedThread,
  codes.lockedThread,
]);

/** Discord no longer takes the bot's token. */
export function isTokenRefused(thrown: unknown): boolean {
  return isTokenForgotten(thrown) || (statusOf(thrown) === 401 && !isTokenGone(thrown));
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
  const fail = ([en, zh]: Sentences, isRetryable: boolean) =>
    new AppError('PLATFORM_FAILED', en, {
      cause: thrown,
      retryable: isRetryable,
      localized: { 'zh-CN': zh },
    });

  if (thrown instanceof RateLimitError) {
    return fail(
      [
        'Discord allows no more calls for now. Try again in a minute.',
        'Discord 暂时不允许更多调用，请一分钟后再试。',
      ],
      true,
    );
  }
  if (isTokenRefused(thrown)) {
    return fail([badToken, badTokenZh], false);
  }
  if (isUnclear(thrown)) {
    return fail(
      [
        `Discord did not answer (${shortReason(thrown)}). It is tried again; if it lasts, see https://discordstatus.com and the network.`,
        `Discord 没有响应（${shortReason(thrown)}），会自动重试；如果一直这样，请查看 https://discordstatus.com 和网络。`,
      ],
      true,
    );
  }
  const known = refusals.get(codeOf(thrown) ?? 0);
  if (known !== undefined) {
    const [en, zh] = known.text(errand, thrown as DiscordAPIError);
    return new AppError(known.code, en, { cause: thrown, localized: { 'zh-CN': zh } });
  }
  if (isTooLarge(thrown)) {
    return fail(
      [`The files are too large for ${channel}.`, `文件超过了 ${channel} 的大小限制。`],
      false,
    );
  }
  if (!(thrown instanceof DiscordAPIError)) return toAppError(thrown);
  const { message, rawError } = thrown;
  const details = 'errors' in rawError ? ` (${JSON.stringify(rawError.errors)})` : '';
  return fail(
    [
      `Discord refused it: ${firstLine(message)}${details}. This is a fault of ours.`,
      `Discord 拒绝了：${firstLine(message)}${details}。这是我们的问题。`,
    ],
    false,
  );
}

/** In English and in Chinese. */
type Sentences = [en: string, zh: string];

interface Refusal {
  code: ErrorCode;
  text: (errand: Errand, refusal: DiscordAPIError) => Sentences;
}

const lacking: Refusal = { code: 'PERMISSION_MISSING', text: missingSentence };

const refusals = new Map<number, Refusal>([
  [codes.missingAccess, lacking],
  [codes.missingPermissions, lacking],
  [
    codes.unknownMessage,
    {
      code: 'MESSAGE_GONE',
      text: () => [
        'The message is no longer there: someone deleted it.',
        '消息已经不在了：有人删除了它。',
      ],
    },
  ],
  [
    codes.unknownChannel,
    {
      code: 'MESSAGE_GONE',
      text: ({ channel }) => [
        `${capital(channel)} is no longer there: someone deleted it.`,
        `${channel} 已经不在了：有人删除了它。`,
      ],
    },
  ],
  [
    codes.cannotSendToUser,
    {
      code: 'PERMISSION_MISSING',
      text: () => [
        'I cannot write to you: you take no direct messages from members of our server. Allow them under "Privacy Settings" of the server, then ask again.',
        '我无法给您发私信：您不接收我们服务器成员的私信。请在服务器的“隐私设置”中允许，然后再试。',
      ],
    },
  ],
  [
    codes.archivedThread,
    {
      code: 'PERMISSION_MISSING',
      text: ({ channel }) => [
        `${capital(channel)} is archived and I cannot open it again. Ask in the channel itself.`,
        `${channel} 已归档，我无法重新打开。请在频道里使用。`,
      ],
    },
  ],
  [
    codes.lockedThread,
    {
      code: 'PERMISSION_MISSING',
      text: ({ channel }) => [
        `${capital(channel)} is locked. Ask in the channel itself.`,
        `${channel} 已锁定。请在频道里使用。`,
      ],
    },
  ],
]);

export const badToken =
  'Discord does not take the token. Copy it again from "Bot" of the application at https://discord.com/developers/applications ("Reset Token"), set it as DISCORD_TOKEN and restart.';

const badTokenZh =
  'Discord 不接受这个令牌。请在 https://discord.com/developers/applications 该应用的“Bot”页重置（Reset Token）并复制，设为 DISCORD_TOKEN 后重启。';

function missingSentence({ channel, missing }: Errand, refusal: DiscordAPIError): Sentences {
  const [first] = missing;
  if (first === undefined) {
    return [
      `Discord does not let me do that in ${channel} (${refusal.message}). Look at the rights of my role there.`,
      `Discord 不允许我在 ${channel} 这样做（${refusal.message}）。请检查我的身份组在那里的权限。`,
    ];
  }
  // Without sight of the channel the other rights mean nothing.
  const named = first === 'ViewChannel' ? [first] : missing;
  const verb = rights[first].verb.replace('CHANNEL', () => channel);
  const names = listNames(named.map((key) => rights[key].name));
  const what = named.length === 1 ? `the right ${names} is` : `the rights ${names} are`;
  const namesZh = named.map((key) => `“${rights[key].name}”`).join('、');
  return [
    `I cannot ${verb}: ${what} missing.`,
    `我无法在 ${channel} ${rights[first].verbZh}：缺少权限 ${namesZh}。`,
  ];
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

import { webApi } from '@slack/bolt';
import { AppError, type ErrorCode } from '#src/errors.ts';

/**
 * What a failed call means: Slack refused it and nothing happened, it asks to wait, or nobody knows
 * whether it happened (a server error, a lost connection).
 */
export type Failure =
  | { kind: 'refused'; error: string; needed: string | null; details: string[] }
  | { kind: 'limited'; waitMs: number }
  | { kind: 'unknown'; detail: string };

/** Answers that come with HTTP 200 although the call may have been carried out. */
const unknownErrors = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

export function readFailure(thrown: unknown): Failure {
  if (thrown instanceof webApi.WebAPIRateLimitedError) {
    return { kind: 'limited', waitMs: thrown.retryAfter * 1000 };
  }
  if (thrown instanceof webApi.WebAPIHTTPError) {
    return { kind: 'unknown', detail: `HTTP ${thrown.statusCode}` };
  }
  if (thrown instanceof webApi.WebAPIPlatformError) {
    const data = thrown.data as { error: string; needed?: string; errors?: string[] };
    if (data.error === 'ratelimited') return { kind: 'limited', waitMs: 1000 };
    if (unknownErrors.has(data.error)) return { kind: 'unknown', detail: data.error };
    const details = [...(data.errors ?? []), ...(thrown.data.response_metadata?.messages ?? [])];
    return { kind: 'refused', error: data.error, needed: data.needed ?? null, details };
  }
  if (thrown instanceof webApi.WebAPIRequestError) {
    return { kind: 'unknown', detail: reasonOf(thrown.original) };
  }
  return { kind: 'unknown', detail: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: Error): string {
  const cause = error.cause;
  if (error.name === 'TimeoutError') return 'no answer in time';
  if (cause instanceof Error) return (cause as NodeJS.ErrnoException).code ?? cause.message;
  return error.message;
}

const tokenErrors: Record<string, string> = {
  invalid_auth: 'is not valid',
  not_authed: 'is missing',
  token_revoked: 'was revoked',
  token_expired: 'has expired',
  account_inactive: 'belongs to a removed app or workspace',
};

/** Whether Slack no longer knows the token at all. */
export function isTokenError(error: string): boolean {
  return error in tokenErrors;
}

const goneErrors = new Set([
  'message_not_found',
  'thread_not_found',
  'cannot_reply_to_message',
  'cant_update_message',
]);

/** In English and in Chinese. */
type Sentences = [en: string, zh: string];
type Sentence = { code: ErrorCode; text: (method: string, channel: string) => Sentences };

const archived: Sentence = {
  code: 'PERMISSION_MISSING',
  text: (_, channel) => [
    `I cannot post in ${channel}: it is archived. Unarchive it or ask in another one.`,
    `我无法在 ${channel} 发消息：它已归档。请取消归档，或换一个频道。`,
  ],
};

const refusals: Record<string, Sentence> = {
  not_in_channel: {
    code: 'PERMISSION_MISSING',
    text: (_, channel) => [
      `I am not in ${channel}. Type "/invite @Quartet" there, then ask again.`,
      `我不在 ${channel} 里。请在那里输入“/invite @Quartet”，然后再试。`,
    ],
  },
  channel_not_found: {
    code: 'PERMISSION_MISSING',
    text: (_, channel) => [
      `I cannot see ${channel}: it is private and I am not in it, or it was deleted. Type "/invite @Quartet" there, then ask again.`,
      `我看不到 ${channel}：它是私有的而我不在里面，或者已被删除。请在那里输入“/invite @Quartet”，然后再试。`,
    ],
  },
  is_archived: archived,
  // What Slack calls it when a message of an archived channel is edited.
  is_inactive: archived,
  restricted_action: {
    code: 'PERMISSION_MISSING',
    text: (_, channel) => [
      `A workspace setting forbids me to post in ${channel}. A workspace admin can allow it for this app.`,
      `工作区设置禁止我在 ${channel} 发消息，工作区管理员可以为本应用放行。`,
    ],
  },
  thread_locked: {
    code: 'PERMISSION_MISSING',
    text: () => [
      'The thread is locked. Ask in the channel itself.',
      '消息列已锁定，请在频道里使用。',
    ],
  },
  msg_too_long: {
    code: 'PLATFORM_FAILED',
    text: () => [
      'Slack refused the message because it is too long. This is a fault of ours.',
      'Slack 拒绝了消息，因为太长。这是我们的问题。',
    ],
  },
};

/** The sentence for a failed call. `place` is what people call the channel, where there is one. */
export function toPlatformError(method: string, thrown: unknown, place?: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const failure = readFailure(thrown);
  const channel = place ?? 'that channel';
  if (failure.kind === 'limited') {
    const seconds = Math.ceil(failure.waitMs / 1000);
    return failed(
      [
        `Slack allows no more calls of ${method} for now. Try again in ${seconds} s.`,
        `Slack 暂时不允许更多 ${method} 调用，请 ${seconds} 秒后再试。`,
      ],
      true,
    );
  }
  if (failure.kind === 'unknown') {
    return failed(
      [
        `Slack did not answer ${method} (${failure.detail}). It is tried again; if it lasts, see https://slack-status.com and the network.`,
        `Slack 没有响应 ${method}（${failure.detail}），会自动重试；如果一直这样，请查看 https://slack-status.com 和网络。`,
      ],
      true,
    );
  }
  const { error, needed, details } = failure;
  if (isTokenError(error)) {
    return failed(
      [
        `Slack refused ${method}: the token ${tokenErrors[error]} (${error}). Copy it again from the app's page at https://api.slack.com/apps and restart.`,
        `Slack 拒绝了 ${method}：令牌已失效（${error}）。请在 https://api.slack.com/apps 的应用页重新复制并重启。`,
      ],
      false,
    );
  }
  if (error === 'missing_scope') {
    return new AppError(
      'PERMISSION_MISSING',
      `Slack refused ${method}: the scope "${needed ?? 'unknown'}" is missing. Add it under "OAuth & Permissions" of the app and press "Reinstall to Workspace".`,
      {
        localized: {
          'zh-CN': `Slack 拒绝了 ${method}：缺少权限“${needed ?? 'unknown'}”。请在应用的“OAuth & Permissions”中添加，然后点“Reinstall to Workspace”。`,
        },
      },
    );
  }
  if (goneErrors.has(error)) {
    return new AppError('MESSAGE_GONE', 'The message is no longer there: someone deleted it.', {
      localized: { 'zh-CN': '消息已经不在了：有人删除了它。' },
    });
  }
  const known = refusals[error.startsWith('restricted_action') ? 'restricted_action' : error];
  if (known !== undefined) {
    const [en, zh] = known.text(method, channel);
    return new AppError(known.code, en, { localized: { 'zh-CN': zh } });
  }
  const more = details.length === 0 ? '' : ` (${details.join('; ')})`;
  return failed(
    [`Slack refused ${method}: ${error}${more}.`, `Slack 拒绝了 ${method}：${error}${more}。`],
    false,
  );

  function failed([en, zh]: Sentences, retryable: boolean): AppError {
    return new AppError('PLATFORM_FAILED', en, { retryable, localized: { 'zh-CN': zh } });
  }
}

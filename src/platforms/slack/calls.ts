import { setTimeout as sleep } from 'node:timers/promises';
import { webApi } from '@slack/bolt';
import type { AppError } from '#src/errors.ts';
import { readFailure, toPlatformError, type Failure } from './failures.ts';

/** How long things may take. All in milliseconds. */
export interface Timing {
  /** One call of the Web API. */
  callMs: number;
  /** Until the connection stands. */
  startMs: number;
  /** First wait before something is tried again; it doubles. */
  retryMs: number;
  /** Longest total wait that Slack's "too many requests" may cost one call. */
  limitedMs: number;
  /** Until a picture that was uploaded can be shown. */
  fileMs: number;
  /** How long a form may stay open to show what is wrong in it. */
  formMs: number;
}

export const defaultTiming: Timing = {
  callMs: 20_000,
  startMs: 30_000,
  retryMs: 500,
  limitedMs: 60_000,
  fileMs: 15_000,
  formMs: 700,
};

/** Thrown inside this folder; `publish` and the like turn it into the product's error. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure';
  readonly method: string;
  readonly failure: Failure;
  constructor(method: string, failure: Failure, cause: unknown) {
    super(`${method}: ${JSON.stringify(failure)}`, { cause });
    this.method = method;
    this.failure = failure;
  }
}

export type Answer = Record<string, unknown> & webApi.WebAPICallResult;

export interface Calls {
  /**
   * One method of the Web API. Repeated after "too many requests"; after an unknown outcome only
   * where doing it twice changes nothing (`isRepeatable`, the default).
   * @throws CallFailure
   */
  call(
    method: string,
    args: Record<string, unknown>,
    options?: { isRepeatable?: boolean },
  ): Promise<Answer>;
  /** When Slack sent its latest answer, by its own clock: the `date` header. */
  answeredAt(): string | null;
}

export interface CallOptions {
  token: string;
  apiUrl: string;
  timing: Timing;
  logger: webApi.WebClientOptions['logger'];
}

const repeats = 3;

/**
 * The library's own retries are off: it would post a message again after a server error although
 * the first one may stand, and one "too many requests" would hold up every other call.
 */
export function createCalls(options: CallOptions): Calls {
  const { timing } = options;
  let answeredAt: string | null = null;
  const client = new webApi.WebClient(options.token, {
    slackApiUrl: options.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timing.callMs,
    async fetch(...request) {
      const response = await fetch(...request);
      answeredAt = response.headers.get('date');
      return response;
    },
    ...(options.logger === undefined ? {} : { logger: options.logger }),
  });

  async function call(
    method: string,
    args: Record<string, unknown>,
    { isRepeatable = true } = {},
  ): Promise<Answer> {
    let waitedMs = 0;
    let failures = 0;
    for (;;) {
      try {
        return (await client.apiCall(method, args)) as Answer;
      } catch (error) {
        const failure = readFailure(error);
        if (failure.kind === 'limited' && waitedMs + failure.waitMs <= timing.limitedMs) {
          waitedMs += failure.waitMs;
          await sleep(failure.waitMs);
          continue;
        }
        if (failure.kind === 'unknown' && isRepeatable && failures < repeats) {
          await sleep(timing.retryMs * 2 ** failures);
          failures += 1;
          continue;
        }
        throw new CallFailure(method, failure, error);
      }
    }
  }
  return { call, answeredAt: () => answeredAt };
}

/** The product's error for whatever a call threw. */
export function toAppErrorOf(thrown: unknown, method: string, place?: string): AppError {
  if (thrown instanceof CallFailure) return toPlatformError(thrown.method, thrown.cause, place);
  return toPlatformError(method, thrown, place);
}

/** Nobody knows whether it was done. */
export function isUnclear(thrown: unknown): boolean {
  return thrown instanceof CallFailure && thrown.failure.kind === 'unknown';
}

/** Slack's word for a refusal (`not_in_channel`), or null for every other failure. */
export function refusalOf(thrown: unknown): string | null {
  return thrown instanceof CallFailure && thrown.failure.kind === 'refused'
    ? thrown.failure.error
    : null;
}

import { createHmac } from 'node:crypto';
import type { Json } from './json.ts';
import type { EnvelopeType } from './socket.ts';

export interface HttpLink {
  /** Resolves with the answer's body, or null when none came in time or it was no 200. */
  deliver(
    type: EnvelopeType,
    payload: Json,
    retry?: { attempt: number; reason: string },
  ): Promise<Json | null>;
}

export interface HttpLinkOptions {
  /** Where the program listens, path included. */
  url: string;
  signingSecret: string;
  ackMs: number;
  now(): number;
}

/** Slack's own requests to an app without Socket Mode, signed. */
export function createHttpLink({ url, signingSecret, ackMs, now }: HttpLinkOptions): HttpLink {
  return {
    async deliver(type, payload, retry) {
      const isJson = type === 'events_api';
      const body = isJson
        ? JSON.stringify(payload)
        : type === 'interactive'
          ? new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
          : new URLSearchParams(payload as Record<string, string>).toString();
      const sentAt = String(Math.floor(now() / 1000));
      const hash = createHmac('sha256', signingSecret).update(`v0:${sentAt}:${body}`).digest('hex');
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: {
            'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
            'x-slack-request-timestamp': sentAt,
            'x-slack-signature': `v0=${hash}`,
            ...(retry && {
              'x-slack-retry-num': String(retry.attempt),
              'x-slack-retry-reason': retry.reason,
            }),
          },
          body,
          signal: AbortSignal.timeout(ackMs),
        });
        const text = await response.text();
        if (!response.ok) return null;
        return text.startsWith('{') ? (JSON.parse(text) as Json) : text === '' ? {} : { text };
      } catch {
        return null;
      }
    },
  };
}

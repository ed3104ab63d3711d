import type { IncomingMessage, ServerResponse } from 'node:http';
import { HTTPReceiver } from '@slack/bolt';
import type { BoltLogger } from './bolt-logger.ts';
import { eventsPath } from './manifest.ts';

export interface HttpEntry {
  receiver: HTTPReceiver;
  /** Answers one request to `/slack/events`; the body must not have been read. */
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/** Longest that Slack's clock may be ahead of ours. Unit: seconds. */
const aheadSeconds = 300;

/** HTTP mode: Bolt checks the signature and the age of a request, this checks that it is not from the future. */
export function createHttpEntry(signingSecret: string, logger: BoltLogger): HttpEntry {
  const receiver = new HTTPReceiver({ signingSecret, endpoints: [eventsPath], logger });
  return {
    receiver,
    handle(request, response) {
      const sentAt = Number(request.headers['x-slack-request-timestamp']);
      if (sentAt > Date.now() / 1000 + aheadSeconds) return answer(response, 401);
      try {
        receiver.requestListener(request, response);
      } catch {
        // Another path or method than Slack's.
        answer(response, 404);
      }
    },
  };
}

export function answer(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

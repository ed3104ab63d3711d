import type { Place, PrivateMessage } from '#src/types/chat.ts';
import { privateBody, type Body } from './blocks.ts';
import { refusalOf, type Calls, type Timing } from './calls.ts';

/** Slack takes this many answers to one interaction, for this long. */
const uses = 5;
const usableMs = 30 * 60_000;

export type Reply = (message: PrivateMessage) => Promise<void>;

export interface Replies {
  /** Answers an interaction; where its address is used up, the person is told in the channel. */
  toInteraction(responseUrl: string | null, place: Place | null, personId: string): Reply;
  /** Shows something to one person in a place, or in a direct message where that is impossible. @throws CallFailure */
  toPerson(place: Place | null, personId: string, body: Body): Promise<void>;
}

/** Slack's reasons why somebody cannot be shown something in a place. */
const elsewhere = new Set([
  'channel_not_found',
  'is_archived',
  'not_in_channel',
  'user_not_in_channel',
  'thread_locked',
  'restricted_action',
]);

export function createReplies(calls: Calls, timing: Timing, now: () => number = Date.now): Replies {
  async function toPerson(place: Place | null, personId: string, body: Body): Promise<void> {
    if (place !== null) {
      try {
        await calls.call('chat.postEphemeral', {
          channel: place.channelId,
          user: personId,
          ...(place.threadId === null ? {} : { thread_ts: place.threadId }),
          ...body,
        });
        return;
      } catch (error) {
        if (!elsewhere.has(refusalOf(error) ?? '')) throw error;
      }
    }
    const answer = await calls.call('conversations.open', { users: personId });
    const channel = (answer['channel'] as { id: string }).id;
    await calls.call('chat.postMessage', { channel, ...body }, { isRepeatable: false });
  }

  async function toUrl(url: string, place: Place | null, body: Body): Promise<boolean> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({
          response_type: 'ephemeral',
          replace_original: false,
          ...(place === null || place.threadId === null ? {} : { thread_ts: place.threadId }),
          ...body,
        }),
        signal: AbortSignal.timeout(timing.callMs),
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }

  return {
    toPerson,
    toInteraction(responseUrl, place, personId) {
      const endMs = now() + usableMs;
      let left = uses;
      return async (message) => {
        const body = privateBody(message);
        if (responseUrl !== null && left > 0 && now() < endMs) {
          left -= 1;
          if (await toUrl(responseUrl, place, body)) return;
        }
        await toPerson(place, personId, body);
      };
    },
  };
}

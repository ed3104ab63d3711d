import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from '#src/types/chat.ts';
import type { Body } from './blocks.ts';
import { isUnclear, refusalOf, type Calls, type Timing } from './calls.ts';
import type { Identity } from './identity.ts';

/** What marks a message of ours, so that it is found again: `{request}` or `{key}`. */
export interface Mark {
  type: 'quartet_status' | 'quartet_results' | 'quartet_mention';
  payload: Record<string, string>;
}

export interface FoundMessage {
  ts: string;
  blocks: unknown;
}

interface SlackMessage {
  ts?: string;
  thread_ts?: string;
  user?: string;
  bot_id?: string;
  blocks?: unknown;
  metadata?: { event_type?: string; event_payload?: Record<string, unknown> };
}

const pageSize = 100;
/** History is searched this far back: an attempt that died is recent. Unit: pages. */
const pages = 3;
const postAttempts = 3;

export interface OwnMessages {
  /** Our message with this mark in this place: the oldest of several, which goes on alone. @throws CallFailure */
  findOne(place: Place, mark: Mark): Promise<FoundMessage | null>;
  /** One message by its ts, or null. @throws CallFailure */
  read(channelId: string, threadId: string | null, ts: string): Promise<FoundMessage | null>;
  /** Posts a message so that one stands whatever the network does. Gives its ts. @throws CallFailure */
  postOnce(place: Place, mark: Mark, body: Body): Promise<string>;
}

export function createOwnMessages(calls: Calls, timing: Timing, self: () => Identity): OwnMessages {
  const isOurs = ({ user, bot_id }: SlackMessage) =>
    user === self().botUserId || (bot_id !== undefined && bot_id === self().botId);

  /** The oldest first. */
  async function find(place: Place, mark: Mark): Promise<FoundMessage[]> {
    const found: FoundMessage[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < pages; page += 1) {
      const answer = await calls.call(
        place.threadId === null ? 'conversations.history' : 'conversations.replies',
        {
          channel: place.channelId,
          ...(place.threadId === null ? {} : { ts: place.threadId }),
          include_all_metadata: true,
          limit: pageSize,
          ...(cursor === undefined ? {} : { cursor }),
        },
      );
      for (const message of (answer['messages'] ?? []) as SlackMessage[]) {
        if (message.ts !== undefined && isOurs(message) && hasMark(message, mark)) {
          found.push({ ts: message.ts, blocks: message.blocks });
        }
      }
      cursor = answer.response_metadata?.next_cursor || undefined;
      // History begins with the newest: what was found there needs no look further back.
      if (cursor === undefined || (found.length > 0 && place.threadId === null)) break;
    }
    return found.sort((left, right) => compareTs(left.ts, right.ts));
  }

  async function read(channelId: string, threadId: string | null, ts: string) {
    const answer = await calls.call(
      threadId === null ? 'conversations.history' : 'conversations.replies',
      {
        channel: channelId,
        ...(threadId === null ? {} : { ts: threadId }),
        latest: ts,
        oldest: ts,
        inclusive: true,
        limit: 2,
      },
    );
    const messages = (answer['messages'] ?? []) as SlackMessage[];
    const message = messages.find((one) => one.ts === ts);
    return message === undefined ? null : { ts, blocks: message.blocks };
  }

  async function findOne(place: Place, mark: Mark): Promise<FoundMessage | null> {
    const found = await find(place, mark);
    for (const extra of found.slice(1)) {
      try {
        await calls.call('chat.delete', { channel: place.channelId, ts: extra.ts });
      } catch (error) {
        if (refusalOf(error) !== 'message_not_found') throw error;
      }
    }
    return found[0] ?? null;
  }

  async function postOnce(place: Place, mark: Mark, body: Body): Promise<string> {
    let wasUnclear = false;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await calls.call(
          'chat.postMessage',
          {
            channel: place.channelId,
            ...(place.threadId === null ? {} : { thread_ts: place.threadId }),
            ...body,
            metadata: { event_type: mark.type, event_payload: mark.payload },
            unfurl_links: false,
            unfurl_media: false,
          },
          { isRepeatable: false },
        );
        const ts = String(answer['ts']);
        if (!wasUnclear) return ts;
        // An earlier attempt may have appeared only now.
        const kept = await findOne(place, mark);
        return kept?.ts ?? ts;
      } catch (error) {
        if (!isUnclear(error)) throw error;
        wasUnclear = true;
        await sleep(timing.retryMs * 2 ** attempt);
        const kept = await findOne(place, mark);
        if (kept !== null) return kept.ts;
        if (attempt + 1 >= postAttempts) throw error;
      }
    }
  }
  return { findOne, read, postOnce };
}

function hasMark(message: SlackMessage, mark: Mark): boolean {
  const { metadata } = message;
  return (
    metadata?.event_type === mark.type &&
    Object.entries(mark.payload).every(([key, value]) => metadata.event_payload?.[key] === value)
  );
}

/** Timestamps are decimal strings of one length; numbers would lose their last digits. */
function compareTs(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

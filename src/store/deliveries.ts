import { randomBytes } from 'node:crypto';
import type { MessageRef } from '../types/chat.ts';
import type { Queries } from './database.ts';

export type DeliveryKind = 'status' | 'results' | 'mention';

/** Which message of a request; `key` tells several mentions apart. */
export interface DeliveryName {
  requestId: string;
  kind: DeliveryKind;
  key?: string;
}

export interface Delivery {
  requestId: string;
  kind: DeliveryKind;
  key: string;
  state: 'pending' | 'posted' | 'failed';
  /** At most 25 characters, the same for every attempt: a platform that knows it posts nothing twice. */
  nonce: string;
  message: MessageRef | null;
  /** Total tries including the first. */
  attempts: number;
  failureMessage: string | null;
}

const columns = `request_id AS "requestId", kind, key, state, nonce, message, attempts,
  failure_message AS "failureMessage"`;
const named = 'request_id = $1 AND kind = $2 AND key = $3';

export type Deliveries = ReturnType<typeof createDeliveries>;

/** What was posted and what may have been: an attempt is written down before it is made. */
export function createDeliveries({ find, query }: Queries) {
  return {
    /**
     * Writes down that an attempt begins. Returns null while somebody else's attempt is under way
     * (for at most `claimSeconds`: whoever claimed it may have died). A delivery with `attempts` above
     * 1 and no message may be out already: look for it before posting.
     */
    begin(name: DeliveryName, claimSeconds = 60): Promise<Delivery | null> {
      return find<Delivery>(
        `INSERT INTO deliveries (request_id, kind, key, nonce, attempts, claimed_until)
         VALUES ($1, $2, $3, $4, 1, now() + make_interval(secs => $5))
         ON CONFLICT (request_id, kind, key) DO UPDATE SET
           attempts = deliveries.attempts + (deliveries.state <> 'posted')::int,
           claimed_until = CASE WHEN deliveries.state = 'posted' THEN NULL ELSE excluded.claimed_until END,
           updated_at = now()
         WHERE deliveries.claimed_until IS NULL OR deliveries.claimed_until < now()
         RETURNING ${columns}`,
        [...keyOf(name), randomBytes(12).toString('hex'), claimSeconds],
      );
    },
    async posted(name: DeliveryName, message: MessageRef): Promise<void> {
      await query(
        `UPDATE deliveries SET state = 'posted', message = $4, failure_message = NULL,
           claimed_until = NULL, updated_at = now() WHERE ${named}`,
        [...keyOf(name), message],
      );
    },
    /** `isFinal`: no further attempt will help. */
    async failed(name: DeliveryName, failureMessage: string, isFinal: boolean): Promise<void> {
      await query(
        `UPDATE deliveries SET state = CASE WHEN $5 THEN 'failed' ELSE state END,
           failure_message = $4, claimed_until = NULL, updated_at = now() WHERE ${named}`,
        [...keyOf(name), failureMessage, isFinal],
      );
    },
    find: (name: DeliveryName) =>
      find<Delivery>(`SELECT ${columns} FROM deliveries WHERE ${named}`, keyOf(name)),
    /** Those whose outcome is open, longest untouched first. */
    listPending: () =>
      query<Delivery>(
        `SELECT ${columns} FROM deliveries WHERE state = 'pending' ORDER BY updated_at`,
      ),
  };
}

function keyOf({ requestId, kind, key }: DeliveryName): string[] {
  return [requestId, kind, key ?? ''];
}

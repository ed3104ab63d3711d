import { randomInt, randomUUID } from 'node:crypto';
import type { ErrorCode } from '../errors.ts';
import type { Locale, MessageRef, PlatformName } from '../types/chat.ts';
import { brokenConstraint, type Queries } from './database.ts';

export type RequestStatus = 'accepted' | 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
export type Relation = 'reroll' | 'variation' | 'enlarge' | 'retry';

/** Where a waiting request stands, as it was last told to people. */
export interface StoredPosition {
  place: number;
  peopleBefore: number;
}

/** `Options` is what the validation made of the person's options. */
export interface StoredRequest<Options = Record<string, unknown>> {
  id: string;
  /** Six characters that can be read aloud. */
  shortId: string;
  invocationId: string;
  platform: PlatformName;
  workspaceId: string;
  channelId: string;
  threadId: string | null;
  requesterId: string;
  locale: Locale;
  status: RequestStatus;
  prompt: string;
  options: Options;
  parentId: string | null;
  relation: Relation | null;
  /** The parent's candidate that is enlarged or varied. */
  parentCandidate: number | null;
  /** What differs from the parent. */
  change: Record<string, unknown> | null;
  statusMessage: MessageRef | null;
  resultsMessage: MessageRef | null;
  position: StoredPosition | null;
  failureCode: ErrorCode | null;
  failureMessage: string | null;
  /** From the first step to the last picture. */
  seconds: number | null;
  acceptedAt: Date;
  queuedAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export type NewRequest = Pick<
  StoredRequest,
  | 'invocationId'
  | 'platform'
  | 'workspaceId'
  | 'channelId'
  | 'threadId'
  | 'requesterId'
  | 'locale'
  | 'prompt'
  | 'options'
> & {
  parent?: {
    id: string;
    relation: Relation;
    candidate?: number;
    change: Record<string, unknown>;
  };
};

/** What may change together with the status. */
export interface StatusDetails {
  failure?: { code: ErrorCode; message: string };
  seconds?: number;
}

const columns = `id, short_id AS "shortId", invocation_id AS "invocationId", platform,
  workspace_id AS "workspaceId", channel_id AS "channelId", thread_id AS "threadId",
  requester_id AS "requesterId", locale, status, prompt, options, parent_id AS "parentId", relation,
  parent_candidate AS "parentCandidate", change, status_message AS "statusMessage",
  results_message AS "resultsMessage", position, failure_code AS "failureCode",
  failure_message AS "failureMessage", seconds, accepted_at AS "acceptedAt",
  queued_at AS "queuedAt", started_at AS "startedAt", finished_at AS "finishedAt"`;

/** From which statuses each one can be reached: what is finished stays finished. */
const sources: Record<RequestStatus, RequestStatus[]> = {
  accepted: [],
  queued: ['accepted', 'running'],
  running: ['accepted', 'queued'],
  done: ['accepted', 'queued', 'running'],
  failed: ['accepted', 'queued', 'running'],
  cancelled: ['accepted', 'queued', 'running'],
};

/** Without characters that are mistaken for one another. */
const alphabet = '23456789abcdefghjkmnpqrstvwxyz';

export type Requests = ReturnType<typeof createRequests>;

export function createRequests({ find, query }: Queries) {
  const findBy = (condition: string, values: unknown[]) =>
    find<StoredRequest>(
      `SELECT ${columns} FROM requests WHERE ${condition} ORDER BY accepted_at DESC LIMIT 1`,
      values,
    );

  const findOpenChild = ({ id, relation, candidate }: NonNullable<NewRequest['parent']>) =>
    findBy(
      `parent_id = $1 AND relation = $2 AND coalesce(parent_candidate, 0) = $3
       AND status IN ('accepted', 'queued', 'running')`,
      [id, relation, candidate ?? 0],
    );

  return {
    find: (id: string) => findBy('id = $1', [id]),
    findByShortId: (shortId: string) => findBy('short_id = $1', [shortId.toLowerCase()]),
    /** By its status or results message. */
    findByMessage: (platform: PlatformName, { channelId, messageId }: MessageRef) =>
      findBy(
        `platform = $1
         AND (results_message ->> 'messageId' = $3 AND results_message ->> 'channelId' = $2
           OR status_message ->> 'messageId' = $3 AND status_message ->> 'channelId' = $2)`,
        [platform, channelId, messageId],
      ),

    /**
     * Accepts a request: it is committed when this returns. `isNew` is false when the same invocation
     * was accepted before, or when the parent has an unfinished request of the same kind, which this
     * one joins: the request is then that one.
     */
    async accept(request: NewRequest): Promise<{ request: StoredRequest; isNew: boolean }> {
      const { parent } = request;
      for (;;) {
        try {
          const created = await insert(query, request);
          return { request: created, isNew: true };
        } catch (thrown) {
          const constraint = brokenConstraint(thrown);
          if (constraint === null) throw thrown;
          const known =
            (await findBy('platform = $1 AND invocation_id = $2', [
              request.platform,
              request.invocationId,
            ])) ?? (parent === undefined ? null : await findOpenChild(parent));
          // Else the short id was taken, or the one to join has just finished: once more.
          if (known !== null) return { request: known, isNew: false };
        }
      }
    },

    /**
     * Moves a request on and stamps the time. Returns it as it is now, or null when that step is not
     * possible from where it stands (a late or repeated event).
     */
    move(id: string, status: RequestStatus, details: StatusDetails = {}) {
      return find<StoredRequest>(
        `UPDATE requests SET status = $2,
           queued_at = CASE WHEN $2 = 'queued' THEN coalesce(queued_at, now()) ELSE queued_at END,
           started_at = CASE WHEN $2 = 'running' THEN coalesce(started_at, now()) ELSE started_at END,
           finished_at = CASE WHEN $2 IN ('done', 'failed', 'cancelled') THEN now() END,
           position = CASE WHEN $2 = 'queued' THEN position END,
           failure_code = $4, failure_message = $5, seconds = coalesce($6, seconds)
         WHERE id = $1 AND status = ANY($3) RETURNING ${columns}`,
        [
          id,
          status,
          sources[status],
          details.failure?.code ?? null,
          details.failure?.message ?? null,
          details.seconds ?? null,
        ],
      );
    },

    /** false: the request was deleted meanwhile. */
    async setStatusMessage(id: string, message: MessageRef | null): Promise<boolean> {
      const set = 'UPDATE requests SET status_message = $2 WHERE id = $1 RETURNING id';
      return (await find(set, [id, message])) !== null;
    },
    /** false: the request was deleted meanwhile. */
    async setResultsMessage(id: string, message: MessageRef | null): Promise<boolean> {
      const set = 'UPDATE requests SET results_message = $2 WHERE id = $1 RETURNING id';
      return (await find(set, [id, message])) !== null;
    },
    async setPosition(id: string, position: StoredPosition | null): Promise<void> {
      await query('UPDATE requests SET position = $2 WHERE id = $1', [id, position]);
    },

    /** Accepted, queued and running ones, oldest first: what has to go on after a restart. */
    listOpen: () =>
      query<StoredRequest>(
        `SELECT ${columns} FROM requests WHERE status IN ('accepted', 'queued', 'running')
         ORDER BY accepted_at, id`,
      ),
    /** One person's unfinished ones, oldest first. */
    listOpenOf: (workspaceId: string, requesterId: string) =>
      query<StoredRequest>(
        `SELECT ${columns} FROM requests WHERE workspace_id = $1 AND requester_id = $2
           AND status IN ('accepted', 'queued', 'running') ORDER BY accepted_at, id`,
        [workspaceId, requesterId],
      ),
    /** The one that further wishes of the same kind join, or null. */
    findOpenChild,
    /** Whether others were asked for in the thread that hangs on it. */
    async holdsThread(request: StoredRequest): Promise<boolean> {
      const { id, platform, channelId, threadId, resultsMessage } = request;
      if (threadId !== null || resultsMessage?.threadId == null) return false;
      const other = await find(
        `SELECT 1 FROM requests
         WHERE platform = $1 AND channel_id = $2 AND thread_id = $3 AND id <> $4 LIMIT 1`,
        [platform, channelId, resultsMessage.threadId, id],
      );
      return other !== null;
    },
    listChildren: (id: string) =>
      query<StoredRequest>(
        `SELECT ${columns} FROM requests WHERE parent_id = $1 ORDER BY accepted_at, id`,
        [id],
      ),
    /** Newest first; of one workspace where it is given. */
    listRecent: (options: { workspaceId?: string; before?: Date; limit: number }) =>
      query<StoredRequest>(
        `SELECT ${columns} FROM requests
         WHERE ($1::text IS NULL OR workspace_id = $1)
           AND ($2::timestamptz IS NULL OR accepted_at < $2)
         ORDER BY accepted_at DESC, id LIMIT $3`,
        [options.workspaceId ?? null, options.before ?? null, options.limit],
      ),
    /** Newest first: those whose pictures are posted on a platform. */
    listVotable: (platform: PlatformName, limit: number) =>
      query<StoredRequest>(
        `SELECT ${columns} FROM requests
         WHERE platform = $1 AND results_message IS NOT NULL
         ORDER BY accepted_at DESC, id LIMIT $2`,
        [platform, limit],
      ),
    /** Newest first: those whose prompt or requester holds the text. `before` is a request's id. */
    search: (options: {
      text?: string | undefined;
      platform?: PlatformName | undefined;
      before?: string | undefined;
      limit: number;
    }) =>
      query<StoredRequest>(
        `SELECT ${columns} FROM requests r
         WHERE ($1::text IS NULL OR platform = $1)
           AND ($2::text IS NULL OR strpos(lower(prompt), lower($2)) > 0 OR EXISTS (
             SELECT 1 FROM members m WHERE m.workspace_id = r.workspace_id AND m.id = r.requester_id
               AND strpos(lower(m.name), lower($2)) > 0))
           AND ($3::text IS NULL OR (accepted_at, id) < (SELECT accepted_at, id FROM requests WHERE id = $3))
         ORDER BY accepted_at DESC, id DESC LIMIT $4`,
        [options.platform ?? null, options.text ?? null, options.before ?? null, options.limit],
      ),
    /** The request that a thread hangs on and all that were asked for in it, oldest first. */
    listThread: (id: string) =>
      query<StoredRequest>(
        `SELECT ${columns} FROM requests WHERE id = $1 OR thread_id = $1 ORDER BY accepted_at, id`,
        [id],
      ),
    /** Seconds of the latest finished requests of a model, newest first: what an estimate is made from. */
    async recentSeconds(model: string, limit: number): Promise<number[]> {
      const rows = await query<{ seconds: number }>(
        `SELECT seconds FROM requests
         WHERE status = 'done' AND seconds IS NOT NULL AND options ->> 'model' = $1
         ORDER BY finished_at DESC LIMIT $2`,
        [model, limit],
      );
      return rows.map(({ seconds }) => seconds);
    },
    /** With its candidates, votes and deliveries; the pictures are the image store's. */
    async remove(id: string): Promise<void> {
      await query('DELETE FROM requests WHERE id = $1', [id]);
    },
  };
}

async function insert(query: Queries['query'], request: NewRequest): Promise<StoredRequest> {
  const { parent } = request;
  const [created] = await query<StoredRequest>(
    `INSERT INTO requests (id, short_id, invocation_id, platform, workspace_id, channel_id, thread_id,
       requester_id, locale, prompt, options, parent_id, relation, parent_candidate, change)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     RETURNING ${columns}`,
    [
      randomUUID(),
      createShortId(),
      request.invocationId,
      request.platform,
      request.workspaceId,
      request.channelId,
      request.threadId,
      request.requesterId,
      request.locale,
      request.prompt,
      request.options,
      parent?.id ?? null,
      parent?.relation ?? null,
      parent?.candidate ?? null,
      parent?.change ?? null,
    ],
  );
  return created as StoredRequest;
}

function createShortId(): string {
  return Array.from({ length: 6 }, () => alphabet[randomInt(alphabet.length)]).join('');
}

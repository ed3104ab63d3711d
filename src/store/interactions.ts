import { randomBytes } from 'node:crypto';
import type { Action, PlatformName } from '../types/chat.ts';
import type { Queries } from './database.ts';

/** A command's options with the nearest values filled in, waiting for a click. */
export interface Draft {
  id: string;
  workspaceId: string;
  personId: string;
  command: string;
  options: Record<string, unknown>;
}

/** What people ask for by reaction: several at a time, again and again. */
export type WishKind = 'reroll' | `refused-${Action}`;

export type Interactions = ReturnType<typeof createInteractions>;

export function createInteractions({ find, query }: Queries) {
  return {
    async saveDraft(draft: Omit<Draft, 'id'>): Promise<string> {
      const id = randomBytes(12).toString('hex');
      await query(
        `INSERT INTO drafts (id, workspace_id, person_id, command, options)
         VALUES ($1, $2, $3, $4, $5)`,
        [id, draft.workspaceId, draft.personId, draft.command, draft.options],
      );
      return id;
    },
    findDraft: (id: string) =>
      find<Draft>(
        `SELECT id, workspace_id AS "workspaceId", person_id AS "personId", command, options
         FROM drafts WHERE id = $1`,
        [id],
      ),

    /** false: this event was dealt with before, or somebody does it right now. `lastsSeconds`: after that the same id is another event. */
    async claimEvent(
      platform: PlatformName,
      id: string,
      lastsSeconds: number | null = null,
    ): Promise<boolean> {
      const rows = await query(
        `INSERT INTO handled_events (platform, id) VALUES ($1, $2)
         ON CONFLICT (platform, id) DO UPDATE SET handled_at = now()
         WHERE handled_events.handled_at < now() - make_interval(secs => $3) RETURNING id`,
        [platform, id, lastsSeconds],
      );
      return rows.length > 0;
    },
    /** It failed: a repetition may try again. */
    async releaseEvent(platform: PlatformName, id: string): Promise<void> {
      await query('DELETE FROM handled_events WHERE platform = $1 AND id = $2', [platform, id]);
    },

    /** false: this person had the same wish before. */
    async addWish(requestId: string, kind: WishKind, personId: string): Promise<boolean> {
      const rows = await query(
        `INSERT INTO wishes (request_id, kind, person_id) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING RETURNING kind`,
        [requestId, kind, personId],
      );
      return rows.length > 0;
    },
    async removeWish(requestId: string, kind: WishKind, personId: string): Promise<void> {
      await query('DELETE FROM wishes WHERE request_id = $1 AND kind = $2 AND person_id = $3', [
        requestId,
        kind,
        personId,
      ]);
    },
    async countWishes(requestId: string, kind: WishKind): Promise<number> {
      const row = await find<{ count: number }>(
        'SELECT count(*) AS count FROM wishes WHERE request_id = $1 AND kind = $2',
        [requestId, kind],
      );
      return row?.count ?? 0;
    },
    async clearWishes(requestId: string, kind: WishKind): Promise<void> {
      await query('DELETE FROM wishes WHERE request_id = $1 AND kind = $2', [requestId, kind]);
    },

    /** Forgets drafts and events that nobody will ask for again. */
    async forgetOld(days: number): Promise<void> {
      await query('DELETE FROM drafts WHERE created_at < now() - make_interval(days => $1)', [
        days,
      ]);
      await query(
        'DELETE FROM handled_events WHERE handled_at < now() - make_interval(days => $1)',
        [days],
      );
    },
  };
}

import type { Queries } from './database.ts';

export type BlockedWords = ReturnType<typeof createBlockedWords>;

/** Words that no prompt of a workspace may hold, in lower case and composed (NFC). */
export function createBlockedWords({ query }: Queries) {
  return {
    async list(workspaceId: string): Promise<string[]> {
      const rows = await query<{ word: string }>(
        'SELECT word FROM blocked_words WHERE workspace_id = $1 ORDER BY word',
        [workspaceId],
      );
      return rows.map(({ word }) => word);
    },
    /** false: it was there already. */
    async add(workspaceId: string, word: string, createdBy: string): Promise<boolean> {
      const rows = await query(
        `INSERT INTO blocked_words (workspace_id, word, created_by) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING RETURNING word`,
        [workspaceId, normalize(word), createdBy],
      );
      return rows.length > 0;
    },
    /** false: it was not there. */
    async remove(workspaceId: string, word: string): Promise<boolean> {
      const rows = await query(
        'DELETE FROM blocked_words WHERE workspace_id = $1 AND word = $2 RETURNING word',
        [workspaceId, normalize(word)],
      );
      return rows.length > 0;
    },
  };
}

function normalize(word: string): string {
  return word.trim().normalize('NFC').toLowerCase();
}

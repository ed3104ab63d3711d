import type { Queries } from './database.ts';

/** A named prompt template of a workspace; `{prompt}` stands for what the person typed. */
export interface Style {
  name: string;
  prompt: string;
  createdBy: string;
  createdAt: Date;
}

const columns = 'name, prompt, created_by AS "createdBy", created_at AS "createdAt"';

export type Styles = ReturnType<typeof createStyles>;

/** Names are told apart without regard to case. */
export function createStyles({ find, query }: Queries) {
  return {
    list: (workspaceId: string) =>
      query<Style>(`SELECT ${columns} FROM styles WHERE workspace_id = $1 ORDER BY lower(name)`, [
        workspaceId,
      ]),
    find: (workspaceId: string, name: string) =>
      find<Style>(
        `SELECT ${columns} FROM styles WHERE workspace_id = $1 AND lower(name) = lower($2)`,
        [workspaceId, name],
      ),
    /** false: the name is taken; the style that has it stays as it is. */
    async add(workspaceId: string, style: Omit<Style, 'createdAt'>): Promise<boolean> {
      const rows = await query(
        `INSERT INTO styles (workspace_id, name, prompt, created_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING RETURNING name`,
        [workspaceId, style.name, style.prompt, style.createdBy],
      );
      return rows.length > 0;
    },
    /** false: there is none of that name. */
    async remove(workspaceId: string, name: string): Promise<boolean> {
      const rows = await query(
        'DELETE FROM styles WHERE workspace_id = $1 AND lower(name) = lower($2) RETURNING name',
        [workspaceId, name],
      );
      return rows.length > 0;
    },
  };
}

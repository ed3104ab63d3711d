import type { PlatformName } from '../types/chat.ts';
import type { Queries } from './database.ts';

/** A guild or a team. */
export interface Workspace {
  id: string;
  platform: PlatformName;
  name: string;
  /** Members with this role count as leads. */
  leadRoleId: string | null;
}

const columns = 'id, platform, name, lead_role_id AS "leadRoleId"';

export type Workspaces = ReturnType<typeof createWorkspaces>;

export function createWorkspaces({ find, query }: Queries) {
  return {
    find: (id: string) => find<Workspace>(`SELECT ${columns} FROM workspaces WHERE id = $1`, [id]),
    list: () => query<Workspace>(`SELECT ${columns} FROM workspaces ORDER BY id`),
    /** Keeps the settings of one that is known already. */
    async seen(workspace: Pick<Workspace, 'id' | 'platform' | 'name'>): Promise<void> {
      await query(
        `INSERT INTO workspaces (id, platform, name) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name`,
        [workspace.id, workspace.platform, workspace.name],
      );
    },
    async setLeadRole(id: string, leadRoleId: string | null): Promise<void> {
      await query('UPDATE workspaces SET lead_role_id = $2 WHERE id = $1', [id, leadRoleId]);
    },
  };
}

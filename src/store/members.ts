import type { Locale } from '../types/chat.ts';
import type { Queries } from './database.ts';

export type MemberRole = 'member' | 'lead';

export interface Member {
  workspaceId: string;
  id: string;
  name: string;
  locale: Locale;
  role: MemberRole;
}

const columns = 'workspace_id AS "workspaceId", id, name, locale, role';

export type Members = ReturnType<typeof createMembers>;

export function createMembers({ find, query }: Queries) {
  return {
    find: (workspaceId: string, id: string) =>
      find<Member>(`SELECT ${columns} FROM members WHERE workspace_id = $1 AND id = $2`, [
        workspaceId,
        id,
      ]),
    /** Whoever goes by this name here; more than one where it is not theirs alone. */
    named: (workspaceId: string, name: string) =>
      query<Member>(
        `SELECT ${columns} FROM members WHERE workspace_id = $1 AND lower(name) = lower($2) ORDER BY id`,
        [workspaceId, name],
      ),
    leads: (workspaceId: string) =>
      query<Member>(
        `SELECT ${columns} FROM members WHERE workspace_id = $1 AND role = 'lead' ORDER BY name, id`,
        [workspaceId],
      ),
    /** Name and language as the platform says them now; the role stays. */
    async seen(member: Omit<Member, 'role'>): Promise<void> {
      await query(
        `INSERT INTO members (workspace_id, id, name, locale) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, id)
         DO UPDATE SET name = excluded.name, locale = excluded.locale, seen_at = now()`,
        [member.workspaceId, member.id, member.name, member.locale],
      );
    },
    /** Also for someone who was never seen: their name is their id until then. */
    async setRole(workspaceId: string, id: string, role: MemberRole): Promise<void> {
      await query(
        `INSERT INTO members (workspace_id, id, name, locale, role) VALUES ($1, $2, $2, 'en', $3)
         ON CONFLICT (workspace_id, id) DO UPDATE SET role = excluded.role`,
        [workspaceId, id, role],
      );
    },
  };
}

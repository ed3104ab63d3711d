import type { Locale } from '../types/chat.ts';
import type { Queries } from './database.ts';

/** Who may reroll: everyone, the requester alone, or this many different people together. */
export type RerollRule = 'anyone' | 'requester' | { people: number };

/** null: not set here, the workspace's or the model's default holds. */
export interface ChannelSettings {
  isAllowed: boolean;
  model: string | null;
  style: string | null;
  locale: Locale | null;
  reroll: RerollRule;
  /** null: as the platform marks the channel. */
  allowsAdult: boolean | null;
}

const defaults: ChannelSettings = {
  isAllowed: true,
  model: null,
  style: null,
  locale: null,
  reroll: 'anyone',
  allowsAdult: null,
};

type Row = Omit<ChannelSettings, 'reroll'> & {
  rerollBy: 'anyone' | 'requester' | 'people';
  rerollPeople: number | null;
};

const columns = `is_allowed AS "isAllowed", model, style, locale, reroll_by AS "rerollBy",
  reroll_people AS "rerollPeople", allows_adult AS "allowsAdult"`;

export type Channels = ReturnType<typeof createChannels>;

export function createChannels({ find, query }: Queries) {
  const settings = async (workspaceId: string, id: string): Promise<ChannelSettings> => {
    const row = await find<Row>(
      `SELECT ${columns} FROM channels WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id],
    );
    return row === null ? defaults : fromRow(row);
  };
  return {
    /** The defaults where nothing was set. */
    settings,
    /** Changes what is given and leaves the rest. */
    async change(
      workspaceId: string,
      id: string,
      changes: Partial<ChannelSettings>,
    ): Promise<ChannelSettings> {
      const next = { ...(await settings(workspaceId, id)), ...changes };
      const people = typeof next.reroll === 'object' ? next.reroll.people : null;
      const by = typeof next.reroll === 'object' ? 'people' : next.reroll;
      await query(
        `INSERT INTO channels (workspace_id, id, is_allowed, model, style, locale, reroll_by, reroll_people, allows_adult)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (workspace_id, id) DO UPDATE SET
           is_allowed = excluded.is_allowed, model = excluded.model, style = excluded.style,
           locale = excluded.locale, reroll_by = excluded.reroll_by,
           reroll_people = excluded.reroll_people, allows_adult = excluded.allows_adult,
           updated_at = now()`,
        [
          workspaceId,
          id,
          next.isAllowed,
          next.model,
          next.style,
          next.locale,
          by,
          people,
          next.allowsAdult,
        ],
      );
      return next;
    },
  };
}

function fromRow({ rerollBy, rerollPeople, ...settings }: Row): ChannelSettings {
  const reroll = rerollBy === 'people' ? { people: rerollPeople ?? 2 } : rerollBy;
  return { ...settings, reroll };
}

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

export function createChannels({ find }: Queries) {
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
    /** Changes what is given and leaves the rest, in one step: two people may change different things at once. */
    async change(
      workspaceId: string,
      id: string,
      changes: Partial<ChannelSettings>,
    ): Promise<ChannelSettings> {
      const given = Object.entries(toColumns(changes));
      const names = given.map(([name]) => name);
      const places = given.map((_, i) => `$${i + 3}`);
      const row = await find<Row>(
        `INSERT INTO channels (${['workspace_id', 'id', ...names].join(', ')})
         VALUES (${['$1', '$2', ...places].join(', ')})
         ON CONFLICT (workspace_id, id) DO UPDATE SET
           ${[...names.map((name) => `${name} = excluded.${name}`), 'updated_at = now()'].join(', ')}
         RETURNING ${columns}`,
        [workspaceId, id, ...given.map(([, value]) => value)],
      );
      return fromRow(row as Row);
    },
  };
}

const columnOf: Record<Exclude<keyof ChannelSettings, 'reroll'>, string> = {
  isAllowed: 'is_allowed',
  model: 'model',
  style: 'style',
  locale: 'locale',
  allowsAdult: 'allows_adult',
};

function toColumns({ reroll, ...changes }: Partial<ChannelSettings>): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(changes)) {
    if (value !== undefined) row[columnOf[key as keyof typeof columnOf]] = value;
  }
  if (reroll === undefined) return row;
  const isPeople = typeof reroll === 'object';
  return {
    ...row,
    reroll_by: isPeople ? 'people' : reroll,
    reroll_people: isPeople ? reroll.people : null,
  };
}

function fromRow({ rerollBy, rerollPeople, ...settings }: Row): ChannelSettings {
  const reroll = rerollBy === 'people' ? { people: rerollPeople ?? 2 } : rerollBy;
  return { ...settings, reroll };
}

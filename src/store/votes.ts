import type { Database, Queries } from './database.ts';

export type VoteSource = 'reaction' | 'button';

export interface Vote {
  requestId: string;
  voterId: string;
  candidate: number;
  source: VoteSource;
}

export interface Tally {
  /** Every candidate of the request, by number. */
  candidates: { number: number; votes: number }[];
  /** Most votes; ties and no votes: the lowest number. null: the request has no candidates. */
  leading: number | null;
  /** Whether others have as many votes as the leading one (also when nobody voted). */
  isTie: boolean;
  /** People whose vote counts. */
  voters: number;
}

export type Votes = ReturnType<typeof createVotes>;

/** The one vote of each person that counts: the latest that is still there. */
const counted = `SELECT DISTINCT ON (voter_id) voter_id, candidate, source FROM votes
  WHERE request_id = $1 AND NOT is_removed ORDER BY voter_id, cast_order DESC`;

/** One vote per person and request: the latest counts, and taking it back falls back to the one before. */
export function createVotes(database: Database) {
  return {
    /** By button, choosing the same candidate again makes it the latest; a reaction that is there already was told twice. */
    async cast({ requestId, voterId, candidate, source }: Vote): Promise<void> {
      await database.query(
        `INSERT INTO votes (request_id, voter_id, candidate, source) VALUES ($1, $2, $3, $4)
         ON CONFLICT (request_id, voter_id, candidate) DO UPDATE SET source = excluded.source,
           cast_at = now(), cast_order = excluded.cast_order, is_removed = false
         WHERE votes.is_removed OR 'button' IN (votes.source, excluded.source)`,
        [requestId, voterId, candidate, source],
      );
    },

    /** Also of a vote that was never heard of: a read-back that is under way must not bring it in. */
    async remove({ requestId, voterId, candidate }: Omit<Vote, 'source'>): Promise<void> {
      await database.query(
        `INSERT INTO votes (request_id, voter_id, candidate, source, is_removed)
         VALUES ($1, $2, $3, 'reaction', true)
         ON CONFLICT (request_id, voter_id, candidate) DO UPDATE SET is_removed = true,
           cast_order = excluded.cast_order`,
        [requestId, voterId, candidate],
      );
    },

    /** Comes before every vote that is given or taken from now on: for `readBack`. */
    async now(): Promise<number> {
      const row = await database.find<{ order: number }>(`SELECT nextval('vote_order') AS order`);
      return row?.order ?? 0;
    },

    /** Candidate whose vote of this person counts, or null. */
    async of(requestId: string, voterId: string): Promise<number | null> {
      const row = await database.find<{ candidate: number }>(
        `SELECT candidate FROM (${counted}) AS counted WHERE voter_id = $2`,
        [requestId, voterId],
      );
      return row?.candidate ?? null;
    },

    /**
     * Takes over the reactions that are on the message now, after some may have been missed. They come
     * without order: a person's counted vote stays if it is still there; else, where a reaction is new,
     * the lowest number counts. Votes by button are not touched, nor is whoever voted after `since`:
     * that is newer than what was read.
     */
    readBack(
      requestId: string,
      present: { voterId: string; candidate: number }[],
      since: number,
    ): Promise<void> {
      return database.transaction(async (queries) => {
        await queries.query('SELECT 1 FROM requests WHERE id = $1 FOR UPDATE', [requestId]);
        const rows = await queries.query<KnownVote & { order: number; isRemoved: boolean }>(
          `SELECT voter_id AS "voterId", candidate, source, cast_order AS order,
             is_removed AS "isRemoved"
           FROM votes WHERE request_id = $1 ORDER BY cast_order DESC`,
          [requestId],
        );
        const votes = rows.filter(({ isRemoved }) => !isRemoved);
        const voters = new Set([...votes, ...present].map(({ voterId }) => voterId));
        for (const { voterId, order } of rows) if (order > since) voters.delete(voterId);
        for (const voterId of voters) {
          const known = votes.filter((vote) => vote.voterId === voterId);
          const shown = present.filter((vote) => vote.voterId === voterId);
          const numbers = [...new Set(shown.map(({ candidate }) => candidate))].sort();
          await readBackVoter(queries, requestId, voterId, known, numbers);
        }
      });
    },

    async tally(requestId: string): Promise<Tally> {
      const candidates = await database.query<{ number: number; votes: number }>(
        `SELECT number, count(voter_id)::int AS votes
         FROM candidates LEFT JOIN (${counted}) AS counted ON counted.candidate = candidates.number
         WHERE request_id = $1 GROUP BY number ORDER BY number`,
        [requestId],
      );
      const most = Math.max(...candidates.map(({ votes }) => votes));
      const leaders = candidates.filter(({ votes }) => votes === most);
      return {
        candidates,
        leading: leaders[0]?.number ?? null,
        isTie: leaders.length > 1,
        voters: candidates.reduce((sum, { votes }) => sum + votes, 0),
      };
    },
  };
}

type KnownVote = Omit<Vote, 'requestId'>;

async function readBackVoter(
  { query }: Queries,
  requestId: string,
  voterId: string,
  known: KnownVote[],
  shown: number[],
): Promise<void> {
  const gone = known.filter(
    ({ candidate, source }) => source === 'reaction' && !shown.includes(candidate),
  );
  for (const { candidate } of gone) {
    await query(
      `UPDATE votes SET is_removed = true
       WHERE request_id = $1 AND voter_id = $2 AND candidate = $3`,
      [requestId, voterId, candidate],
    );
  }
  const isNew = (number: number) => !known.some(({ candidate }) => candidate === number);
  const fresh = shown.filter(isNew);
  if (fresh.length === 0) return;
  const [latest] = known;
  const isLatestThere = latest !== undefined && !gone.includes(latest);
  for (const number of fresh) {
    // Behind every vote whose order is known.
    await castAt(query, requestId, voterId, number, String(-number));
  }
  const [lowest] = shown;
  if (!isLatestThere && lowest !== undefined) {
    await castAt(query, requestId, voterId, lowest, "nextval('vote_order')");
  }
}

async function castAt(
  query: Queries['query'],
  requestId: string,
  voterId: string,
  candidate: number,
  order: string,
): Promise<void> {
  await query(
    `INSERT INTO votes (request_id, voter_id, candidate, source, cast_order)
     VALUES ($1, $2, $3, 'reaction', ${order})
     ON CONFLICT (request_id, voter_id, candidate) DO UPDATE SET source = 'reaction',
       cast_at = now(), cast_order = excluded.cast_order, is_removed = false`,
    [requestId, voterId, candidate],
  );
}

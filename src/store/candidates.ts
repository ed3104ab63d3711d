import type { Queries } from './database.ts';

/** One finished picture of a request. */
export interface StoredCandidate {
  requestId: string;
  /** 1 to 4. */
  number: number;
  /** Unsigned 32-bit. */
  seed: number;
  /** Content address in the image store. */
  sha256: string;
  /** Pixels. */
  width: number;
  height: number;
  /** Generation info as people and the API see it: seconds, memory, what determined the picture. */
  info: Record<string, unknown>;
}

const columns = 'request_id AS "requestId", number, seed, sha256, width, height, info';

export type Candidates = ReturnType<typeof createCandidates>;

export function createCandidates({ find, query }: Queries) {
  return {
    /** A request that is drawn again after its worker died replaces what it had. */
    async save(candidate: StoredCandidate): Promise<void> {
      await query(
        `INSERT INTO candidates (request_id, number, seed, sha256, width, height, info)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (request_id, number) DO UPDATE SET seed = excluded.seed, sha256 = excluded.sha256,
           width = excluded.width, height = excluded.height, info = excluded.info`,
        [
          candidate.requestId,
          candidate.number,
          candidate.seed,
          candidate.sha256,
          candidate.width,
          candidate.height,
          candidate.info,
        ],
      );
    },
    find: (requestId: string, number: number) =>
      find<StoredCandidate>(
        `SELECT ${columns} FROM candidates WHERE request_id = $1 AND number = $2`,
        [requestId, number],
      ),
    list: (requestId: string) =>
      query<StoredCandidate>(
        `SELECT ${columns} FROM candidates WHERE request_id = $1 ORDER BY number`,
        [requestId],
      ),
    /** Whether any request still shows this picture, or was drawn from it and may be again. */
    async isUsed(sha256: string): Promise<boolean> {
      const row = await find<{ isUsed: boolean }>(
        `SELECT EXISTS (SELECT 1 FROM candidates WHERE sha256 = $1)
           OR EXISTS (SELECT 1 FROM requests WHERE options -> 'image' ->> 'sha256' = $1) AS "isUsed"`,
        [sha256],
      );
      return row?.isUsed ?? false;
    },
  };
}

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#src/store/embedded-postgres.ts';

export interface TestPostgres {
  server: EmbeddedPostgres;
  /** A database of its own in the same server; its address. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** One server for a test file, in a temporary folder; where it need not survive a crash, nothing is waited for on disk. */
export async function startTestPostgres({ isDurable = false } = {}): Promise<TestPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'quartet-postgres-'));
  const server = await startEmbeddedPostgres({ dataDir, isDurable });
  return {
    server,
    async createDatabase() {
      const name = `test_${randomBytes(6).toString('hex')}`;
      const client = new Client({ connectionString: server.databaseUrl });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      const address = new URL(server.databaseUrl);
      address.pathname = `/${name}`;
      return address.href;
    },
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

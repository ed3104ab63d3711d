import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadConfig } from '#src/config.ts';
import { diagnoseProgram } from '#src/cli/doctor-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'quartet-doctor-'));
after(() => rmSync(folder, { recursive: true }));

/** What doctor finds while this answers on the program's port; nobody: nothing does. */
async function findings(env: NodeJS.ProcessEnv, listener: RequestListener | null) {
  const server = createServer(listener ?? undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise((resolve) => server.close(resolve));
  if (listener === null) await close();
  const config = { QUARTET_DATA_DIR: folder, QUARTET_PORT: String(port), ...env };
  try {
    return await diagnoseProgram(loadConfig(config));
  } finally {
    server.closeAllConnections();
    await close();
  }
}

describe('quartet doctor about the program', () => {
  it('says that none runs, and asks database and Redis itself, showing no password', async () => {
    const found = await findings(
      {
        DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/x',
        REDIS_URL: 'redis://:hunter2@127.0.0.1:1',
      },
      null,
    );
    const [program, database, queue] = found;
    assert.match(program?.detail ?? '', /^does not run at http:\/\/127\.0\.0\.1:/);
    assert.deepEqual([database?.name, database?.ok], ['database', false]);
    assert.match(database?.detail ?? '', /cannot be reached.*DATABASE_URL/);
    assert.deepEqual([queue?.name, queue?.ok], ['queue', false]);
    assert.match(queue?.detail ?? '', /^Redis at 127\.0\.0\.1:1 cannot be used.*REDIS_URL/);
    assert.doesNotMatch(JSON.stringify(found), /hunter2/);
  });

  it('passes on what the program finds, with its token', async () => {
    const one = { name: 'database', ok: true, detail: 'answers', fix: null };
    const found = await findings({ QUARTET_API_KEY: 'word' }, (request, response) => {
      const isAsked = request.headers.authorization === 'Bearer word';
      response.writeHead(isAsked ? 200 : 401).end(JSON.stringify({ findings: [one] }));
    });
    assert.match(found[0]?.detail ?? '', /^runs at /);
    assert.deepEqual(found.slice(1), [one]);
  });

  it('tells a program that wants its token from one that is another', async () => {
    const [locked] = await findings({}, (_, response) => response.writeHead(401).end('{}'));
    assert.equal(locked?.ok, false);
    assert.match(locked?.fix ?? '', /QUARTET_API_KEY/);
    const [other] = await findings({}, (_, response) => response.end('<html>'));
    assert.equal(other?.ok, false);
    assert.match(other?.fix ?? '', /QUARTET_PORT/);
  });
});

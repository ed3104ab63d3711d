/** How long `quartet up` takes to be ready, the first time and later, and to the first picture after that. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { ConsoleFeed } from '#src/types/console.ts';
import { until } from '../../test/helpers/product.ts';
import { startReady } from '../../test/helpers/run-up.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'quartet-bench-'));
const seconds = (from: number) => `${((performance.now() - from) / 1000).toFixed(1)} s`;
try {
  for (const run of ['first', 'second', 'third']) {
    const start = performance.now();
    const program = await startReady(['up', '--data-dir', dataDir, '--port', '0']);
    const ready = seconds(start);
    const asked = performance.now();
    await fetch(`${program.url}/api/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: run, command: 'imagine', values: 'a red apple', threadId: null }),
    });
    const read = async () => (await (await fetch(`${program.url}/api/feed`)).json()) as ConsoleFeed;
    const latest = async () =>
      (await read()).requests.find(({ prompt }) => prompt === 'a red apple');
    await until(async () => ((await latest())?.results?.candidates.length ?? 0) > 0);
    const first = seconds(asked);
    await until(async () => (await latest())?.status.state === 'done');
    const all = seconds(asked);
    const stopping = performance.now();
    await program.interrupt();
    console.log(
      `${run} start: ready in ${ready}; first picture ${first} after that, all four ${all}; stopped in ${seconds(stopping)}`,
    );
  }
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

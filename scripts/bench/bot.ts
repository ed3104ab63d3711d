/**
 * What the bot costs beside drawing: acknowledgements under load, memory over many requests, edits per
 * message, the engine's idle time between two jobs.
 * `node scripts/bench/bot.ts [requests]`; default 1000 requests for the memory.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepMemorySteady } from '#src/cli/steady-memory.ts';
import { createEngine } from '#src/engine/client.ts';
import type { Person } from '#src/types/chat.ts';
import type { Engine } from '#src/types/engine.ts';
import { createMemoryChat } from '../../test/helpers/memory-platform.ts';
import { startTestPostgres } from '../../test/helpers/postgres.ts';
import { createProduct, until } from '../../test/helpers/product.ts';

const requests = Number(process.argv[2] ?? 1000);
const people = (count: number): Person[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `u${i}`,
    name: `U${i}`,
    locale: 'en',
    isLead: false,
  }));

keepMemorySteady();
const postgres = await startTestPostgres();
try {
  await measureIdle();
  await measureMemory();
} finally {
  await postgres.stop();
}

/** Engine idle between the end of one draw and the start of the next, with the real engine. */
async function measureIdle(): Promise<void> {
  const chat = createMemoryChat();
  const product = createProduct(await postgres.createDatabase(), [chat.module]);
  const engine = createEngine({ device: 'cpu' });
  const gaps: number[] = [];
  let endedAt: number | null = null;
  const watched: Engine = {
    ...engine,
    async *draw(request, options) {
      if (endedAt !== null) gaps.push(performance.now() - endedAt);
      const summary = yield* engine.draw(request, options);
      endedAt = performance.now();
      return summary;
    },
  };
  await product.startBot();
  const who = people(20);
  for (const person of who) await chat.command(person, 'imagine', 'a red apple --steps 4');
  await product.startWorker(watched);
  await until(() => chat.of('mention').length === who.length);
  await product.stop();
  await engine.close();
  console.log(`Engine idle between two jobs, ms, of ${gaps.length}: ${percentiles(gaps)}`);
}

/** Memory of this process, which holds the bot; worker and database are others. */
async function measureMemory(): Promise<void> {
  const chat = createMemoryChat();
  const databaseUrl = await postgres.createDatabase();
  const product = createProduct(databaseUrl, [chat.module]);
  await product.startBot();
  const worker = await startStubWorker(product.config.dataDir, databaseUrl);
  const who = people(10);
  const sizes = new Map<number, { rss: number; heapUsed: number }>();
  const acknowledged: number[] = [];
  const start = performance.now();
  for (let done = 0; done < requests; done += who.length) {
    await Promise.all(
      who.map(async (person) => {
        const at = performance.now();
        await chat.command(person, 'imagine', 'a red apple --steps 2');
        acknowledged.push(performance.now() - at);
      }),
    );
    await until(async () => (await product.bot().services.store.requests.listOpen()).length === 0);
    // What the chat itself remembers is not the bot's.
    chat.messages.length = 0;
    chat.told.clear();
    if (done + who.length === 100 || done + who.length >= requests) {
      global.gc?.();
      await sleep(500);
      global.gc?.();
      const { rss, heapUsed } = process.memoryUsage();
      sizes.set(done + who.length, { rss, heapUsed });
    }
  }
  const seconds = (performance.now() - start) / 1000;
  await product.stop();
  worker.disconnect();
  const [early, late] = [...sizes.values()];
  if (!early || !late) throw new Error('give more than 100 requests');
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  for (const kind of ['rss', 'heapUsed'] as const) {
    const [before, after] = [early[kind], late[kind]];
    console.log(
      `${kind} after 100 requests ${megabytes(before)}, after ${requests} ${megabytes(after)}: ratio ${(after / before).toFixed(3)}`,
    );
  }
  console.log(
    `${(requests / seconds).toFixed(1)} requests a second from command to pictures posted, four pictures each, without drawing`,
  );
  console.log(`Command to private answer with ten at once, ms: ${percentiles(acknowledged)}`);
}

async function startStubWorker(dataDir: string, databaseUrl: string): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'stub-worker.ts'), {
    env: { ...process.env, QUARTET_DATA_DIR: dataDir, DATABASE_URL: databaseUrl },
    execArgv: [],
  });
  await once(child, 'message');
  return child;
}

function percentiles(values: number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number).toFixed(1);
  return `p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, max ${at(1)}`;
}

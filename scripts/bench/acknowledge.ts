/**
 * How fast commands are acknowledged while the engine is busy: 100 requests of 100 people within two
 * seconds, from Discord's event to the bot's answer. Bot, worker and engine are processes of their own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeDiscord } from '../../test/fakes/discord/fake-discord.ts';
import { startTestPostgres } from '../../test/helpers/postgres.ts';
import { until } from '../../test/helpers/product.ts';
import { startReady } from '../../test/helpers/run-up.ts';

const count = 100;
const withinMs = 2000;
/** How long edits are watched while the queue moves. */
const watchMs = 25_000;
const general = '300000000000000001';
const people = Array.from({ length: count + 1 }, (_, i) => ({
  id: `5000000000000000${String(i).padStart(3, '0')}`,
  username: `u${i}`,
}));

const postgres = await startTestPostgres();
const discord = await startFakeDiscord({
  guilds: [
    {
      id: '200000000000000001',
      name: 'Studio',
      ownerId: '900000000000000001',
      channels: [{ id: general, name: 'general' }],
      members: people,
    },
  ],
});
const dataDir = mkdtempSync(join(tmpdir(), 'quartet-bench-'));
const env = {
  DATABASE_URL: await postgres.createDatabase(),
  QUARTET_DATA_DIR: dataDir,
  DISCORD_TOKEN: discord.token,
  DISCORD_API_URL: discord.apiUrl,
};
const [bot, worker] = await Promise.all([
  startReady(['bot', '--port', '0'], env),
  startReady(['worker'], env),
]);
try {
  await until(() => discord.world.commands.size > 0);
  const ask = (id: string, options: object) =>
    discord
      .asUser(id)
      .slash('imagine', { prompt: 'a red apple', ...options }, { channelId: general });
  ask(people[count]?.id ?? '', { steps: 60, size: '256x256' });
  await until(() => discord.messages(general).some(({ content }) => content.includes('Drawing')));

  const times: number[] = [];
  const waits: Promise<void>[] = [];
  for (const { id } of people.slice(0, count)) {
    const start = performance.now();
    waits.push(
      ask(id, { steps: 4 })
        .answered()
        .then(() => void times.push(performance.now() - start)),
    );
    await sleep(withinMs / count);
  }
  await Promise.all(waits);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number).toFixed(0);
  console.log(
    `${count} requests within ${withinMs / 1000} s, engine busy: acknowledged in p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`,
  );

  const accepted = performance.now();
  await until(() => discord.messages(general).length > count);
  console.log(
    `all ${count} status messages posted ${((performance.now() - accepted) / 1000).toFixed(1)} s after the last acknowledgement`,
  );
  await sleep(watchMs);
  const edits = new Map<string, number[]>();
  for (const { method, path, atMs } of discord.requests) {
    const message = /^\/channels\/\d+\/messages\/(\d+)$/.exec(path)?.[1];
    if (method !== 'PATCH' || message === undefined) continue;
    edits.set(message, [...(edits.get(message) ?? []), atMs]);
  }
  const gaps = [...edits.values()].flatMap((list) =>
    list.slice(1).map((time, i) => time - (list[i] as number)),
  );
  console.log(`${gaps.length + edits.size} edits of ${edits.size} messages while the queue moved`);
  console.log(
    `shortest time between two edits of one message: ${gaps.length === 0 ? 'none was edited twice' : `${Math.min(...gaps)} ms`}`,
  );
} finally {
  await Promise.all([bot.kill(), worker.kill()]);
  await discord.close();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

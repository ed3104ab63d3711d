/**
 * Peak memory of decoding by picture size and tile. Every row is measured in a process of its own,
 * so that no row rides on memory that an earlier one already held.
 *
 *   node scripts/bench/decode-memory.ts [model folder]
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { once } from 'node:events';
import { createAutoencoder } from '#models/z-image/autoencoder.ts';
import { readConfig } from '#models/z-image/config.ts';
import { createSessions, openModelWeights } from '#models/z-image/sessions.ts';
import { randn } from '#models/latents/noise.ts';
import { createPeakMemory } from '#src/engine/memory.ts';
import { createRuntime } from '#src/engine/runtime.ts';

const tinyModel = join(import.meta.dirname, '../../test/fixtures/golden/tiny-z-image');
const megabyte = 2 ** 20;

interface Row {
  side: number;
  tile: number;
  latents: number;
  picture: number;
  decoding: number;
  seconds: number;
}

async function measure(folder: string, side: number, tile: number): Promise<Row> {
  const config = readConfig(folder);
  const sessions = createSessions(
    await createRuntime({ device: 'cpu' }),
    config,
    openModelWeights(folder),
  );
  await sessions.get('vaeDecoder');
  const autoencoder = createAutoencoder(config.vae, sessions);
  const cells = side / config.vae.scale;
  const latents = randn(7, [config.vae.channels, cells, cells]);
  const memory = createPeakMemory();
  memory.reset();
  const before = process.memoryUsage.rss();
  const start = performance.now();
  const picture = await autoencoder.decode(latents, { width: side, height: side }, tile, () =>
    Promise.resolve(),
  );
  const grown = memory.read() - before;
  return {
    side,
    tile,
    latents: latents.byteLength / megabyte,
    picture: picture.pixels.byteLength / megabyte,
    decoding: (grown - picture.pixels.byteLength) / megabyte,
    seconds: (performance.now() - start) / 1000,
  };
}

const [folder = tinyModel, side, tile] = process.argv.slice(2);
if (side !== undefined) {
  process.send?.(await measure(folder, Number(side), Number(tile)));
  process.disconnect();
} else {
  console.log('| picture | tile | latents MB | picture MB | decoding, beyond both, MB | seconds |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const picture of [512, 1024, 2048]) {
    for (const cut of new Set([128, 256, 512, picture])) {
      const child = fork(import.meta.filename, [folder, String(picture), String(cut)]);
      const [row] = (await once(child, 'message')) as [Row];
      const name = cut === picture ? 'whole' : cut;
      console.log(
        `| ${row.side} | ${name} | ${row.latents.toFixed(1)} | ${row.picture.toFixed(1)} | ${row.decoding.toFixed(0)} | ${row.seconds.toFixed(1)} |`,
      );
    }
  }
}

/**
 * Whether drawing together pays: one denoiser evaluation of a batch against as many of one, for
 * guidance and for candidates, and whether the results are the same to the last bit.
 *
 *   node scripts/bench/batching.ts [model folder]
 */
import { join } from 'node:path';
import { loadChatTokenizer } from '#models/tokenizers/chat-tokenizer.ts';
import { randn } from '#models/latents/noise.ts';
import { createConditioning } from '#models/z-image/conditioning.ts';
import { readConfig } from '#models/z-image/config.ts';
import {
  captionPositions,
  imagePositions,
  ropeFrequencies,
  ropeTables,
} from '#models/z-image/rope.ts';
import { createSessions, openModelWeights } from '#models/z-image/sessions.ts';
import { createRuntime } from '#src/engine/runtime.ts';
import type { FloatTensor } from '#src/types/runtime.ts';

const rounds = 25;
const folder = process.argv[2] ?? join(import.meta.dirname, '../../models/pocket');
const config = readConfig(folder);
const { transformer, vae } = config;
const sessions = createSessions(
  await createRuntime({ device: 'auto' }),
  config,
  openModelWeights(folder),
);
const conditioning = createConditioning(config, sessions, loadChatTokenizer(folder));
const denoiser = await sessions.get('denoiser');
const [prompted, empty] = [
  await conditioning.encodePrompt('a red apple'),
  await conditioning.encodePrompt(''),
];
const [modulation] = (await conditioning.modulate([0.3])) as [FloatTensor];

function stack(tensors: FloatTensor[]): FloatTensor {
  const [first] = tensors as [FloatTensor];
  return {
    dims: [tensors.length, ...first.dims.slice(1)],
    data: Float32Array.from(tensors.flatMap(({ data }) => [...data])),
  };
}

async function milliseconds(run: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return (times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] as number).toFixed(1);
}

console.log('| size | two runs ms | batch of 2 ms | four runs ms | batch of 4 ms | same bits |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const cells of [16, 32]) {
  const axes = transformer.axesDims.map((dim) => ropeFrequencies(dim, transformer.ropeTheta));
  const rows = prompted.dims[1] as number;
  const side = cells / transformer.patch;
  const tables = ropeTables([...imagePositions(side, side, rows), ...captionPositions(rows)], axes);
  const noise = [1, 2, 3, 4].map((seed): FloatTensor => {
    const dims = [1, vae.channels, cells, cells];
    return { dims, data: randn(seed, dims) };
  });
  const run = async (latents: FloatTensor[], captions: FloatTensor[]) => {
    const inputs = { latents: stack(latents), caption: stack(captions), modulation, ...tables };
    return ((await denoiser.run(inputs)).velocity as FloatTensor).data;
  };
  const [first] = noise as [FloatTensor];
  const four = [prompted, prompted, prompted, prompted];
  const together = await run(noise, four);
  const alone = await Promise.all(noise.map((latents) => run([latents], [prompted])));
  const isSame =
    Buffer.compare(
      Buffer.from(together.buffer),
      Buffer.concat(alone.map(({ buffer }) => Buffer.from(buffer))),
    ) === 0;
  const cellsOfRow = [
    `${cells * vae.scale}x${cells * vae.scale}`,
    await milliseconds(async () => {
      await run([first], [prompted]);
      await run([first], [empty]);
    }),
    await milliseconds(() => run([first, first], [prompted, empty])),
    await milliseconds(async () => {
      for (const latents of noise) await run([latents], [prompted]);
    }),
    await milliseconds(() => run(noise, four)),
    isSame ? 'yes' : 'no',
  ];
  console.log(`| ${cellsOfRow.join(' | ')} |`);
}
await sessions.release();

import { openCatalog } from '../catalog/catalog.ts';
import { createEngine } from '../engine/client.ts';
import { invalidRequest } from '../errors.ts';
import { checkRequest } from '../request.ts';
import type { DrawSummary, Engine, EngineDrawEvent } from '../types/engine.ts';
import type { DrawRequest, StageSeconds } from '../types/model.ts';
import type { CliCommand } from './command.ts';

/** One request, measured in a warm engine. */
interface Run {
  summary: DrawSummary;
  stages: StageSeconds;
  peakBytes: number;
}

const rounds = 10;

export default {
  summary: 'measure seconds per picture and pictures per hour on this machine',
  usage: 'bench [flags]',
  flags: {
    model: { value: 'NAME', help: 'default: the one of QUARTET_MODEL' },
    size: { value: 'WxH', help: "default: every size preset of the model's card" },
    steps: { value: 'N', help: "default: the model's own" },
    cfg: { value: 'X', help: "default: the model's own" },
    prompt: { value: 'TEXT', help: 'default: a red apple' },
    rounds: {
      value: 'N',
      help: `how often each is measured; medians are shown (default: ${rounds})`,
    },
  },
  settings: ['model', 'device', 'data-dir', 'step-timeout'],
  notes: ['PNG encoding and the loading of the model are not part of the seconds.'],

  async run(line, config) {
    if (line.faults.length > 0) throw invalidRequest(line.faults);
    const { values } = line;
    const catalog = await openCatalog({ dataDir: config.dataDir });
    const model = catalog.resolve(values.model ?? config.model);
    const tokenizer = model.family.loadTokenizer(model.folder);
    const times = Math.max(1, Math.trunc(Number(values.rounds ?? rounds)) || rounds);
    const { scale } = model.family.latentGrid(model.folder);
    const request = (size: string): DrawRequest => {
      const options = {
        prompt: values.prompt ?? 'a red apple',
        size,
        steps: values.steps,
        cfg: values.cfg,
        seed: 7,
      };
      const { request: checked } = checkRequest(options, model.card, tokenizer, { scale });
      const { prompt, negative, width, height, steps, cfg, seeds, tile } = checked;
      return { prompt, negative, width, height, steps, cfg, seeds, tile };
    };
    const sizes =
      values.size === undefined
        ? [...new Set([model.card.size.default, ...Object.values(model.card.size.presets)])]
        : [values.size];
    const requests = sizes.map(request);

    const engine = createEngine({ device: config.device, timeoutMs: config.stepTimeoutMs });
    try {
      const { device, seconds } = await engine.load({
        family: model.family.id,
        folder: model.folder,
      });
      console.log(
        `${model.name} on ${device}; loaded in ${seconds.toFixed(2)} s; medians of ${times}.\n`,
      );
      console.log(
        '| size | steps | cfg | s/picture | pictures/hour | text s | denoise s | decode s | peak MB |',
      );
      console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
      for (const asked of requests) {
        const one = { ...asked, seeds: asked.seeds.slice(0, 1) };
        await measure(engine, one);
        console.log(row(asked, await repeat(times, () => measure(engine, one))));
      }
      await reportOverheads(engine, requests[0] as DrawRequest, times);
    } finally {
      await engine.close();
    }
    return 0;
  },
} satisfies CliCommand;

/** The engine's own share, and whether four at once cost what four in a row cost. */
async function reportOverheads(engine: Engine, request: DrawRequest, times: number): Promise<void> {
  const together: Run[] = [];
  const inRow: number[] = [];
  for (let i = 0; i < times; i += 1) {
    together.push(await measure(engine, request));
    let seconds = 0;
    for (const seed of request.seeds)
      seconds += (await measure(engine, { ...request, seeds: [seed] })).summary.seconds;
    inRow.push(seconds);
  }
  const overhead = median(together.map(({ summary }) => summary.seconds / summary.runSeconds));
  const four = median(together.map(({ summary }) => summary.seconds));
  const ratio = median(together.map(({ summary }, i) => summary.seconds / (inRow[i] as number)));
  console.log(
    `\nFour candidates of ${request.width}x${request.height} in one request: ${four.toFixed(2)} s.`,
  );
  console.log(`Request to last pixel over the sum of session.run: ${overhead.toFixed(3)}.`);
  console.log(`Four in one request over four requests of one: ${ratio.toFixed(3)}.`);
}

async function measure(engine: Engine, request: DrawRequest): Promise<Run> {
  const events = engine.draw(request, { signal: new AbortController().signal });
  const stages = { text: 0, denoise: 0, decode: 0 };
  let peakBytes = 0;
  const add = (event: EngineDrawEvent) => {
    if (event.type !== 'candidate') return;
    for (const stage of ['text', 'denoise', 'decode'] as const)
      stages[stage] += event.seconds[stage];
    peakBytes = Math.max(peakBytes, event.peakBytes ?? 0);
  };
  for (;;) {
    const next = await events.next();
    if (next.done) return { summary: next.value, stages, peakBytes };
    add(next.value);
  }
}

async function repeat<Result>(times: number, run: () => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let i = 0; i < times; i += 1) results.push(await run());
  return results;
}

function row({ width, height, steps, cfg }: DrawRequest, runs: Run[]): string {
  const of = (pick: (run: Run) => number) => median(runs.map(pick));
  const seconds = of(({ summary }) => summary.seconds);
  const cells = [
    `${width}x${height}`,
    steps,
    cfg,
    seconds.toFixed(3),
    Math.floor(3600 / seconds),
    of(({ stages }) => stages.text).toFixed(3),
    of(({ stages }) => stages.denoise).toFixed(3),
    of(({ stages }) => stages.decode).toFixed(3),
    Math.round(of(({ peakBytes }) => peakBytes) / 1e6),
  ];
  return `| ${cells.join(' | ')} |`;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] as number;
  return Number.isInteger(middle) ? ((sorted[middle - 1] as number) + upper) / 2 : upper;
}

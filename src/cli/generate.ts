import { extname, resolve } from 'node:path';
import { AppError, invalidRequest, type Fault } from '../errors.ts';
import {
  createGenerator,
  type GeneratedImage,
  type GenerateResult,
} from '../generator/generator.ts';
import type { Plan } from '../generator/plan.ts';
import { writeSafetensors } from '../onnx/safetensors.ts';
import type { CliCommand } from './command.ts';
import type { CommandLine } from './arguments.ts';
import { createProgress, freePath, slug, writeBytes, writeFault, writeWhole } from './output.ts';

const defaultOutput = 'out';

/** Where the pictures go: a folder, or one file. */
interface Target {
  path: string;
  isFile: boolean;
}

export default {
  summary: 'draw pictures from a prompt',
  usage: 'generate --prompt TEXT [flags]',
  takesWords: true,
  flags: {
    prompt: { value: 'TEXT', help: 'what to draw' },
    negative: { value: 'TEXT', help: 'what to keep out; needs cfg above 1' },
    model: { value: 'NAME', help: 'a registered model or a model folder' },
    size: { value: 'WxH', help: "pixels, or a size preset's name" },
    steps: { value: 'N', help: 'denoising steps' },
    cfg: { value: 'X', help: 'guidance scale; 1 = off' },
    seed: { value: 'N', help: '0 to 4294967295; picture i uses seed + i (default: random)' },
    count: { value: '1-4', help: 'how many pictures (default: 4, or 1 into a .png file)' },
    style: { value: 'NAME', help: "one of the model's styles" },
    preset: { value: 'NAME', help: 'named settings of the model: draft, standard, final' },
    output: { value: 'PATH', help: 'a folder, or a .png file for one picture (default: out)' },
    from: { value: 'FILE', help: 'repeat this PNG; what is said beside it changes it' },
    image: { value: 'FILE', help: 'start from this picture' },
    strength: { value: 'X', help: 'how much of it to change, above 0 to 1 (default: 0.6)' },
    enlarge: {
      value: null,
      help: 'second pass: draw the picture of --from again at twice its size',
    },
    tile: { value: 'N', help: 'side of a VAE tile in pixels (default: chosen by the size)' },
    'init-latents': { value: 'FILE', help: 'safetensors with `latents` to start from at sigma 1' },
    'save-latents': { value: 'FILE', help: 'write the final latents there' },
  },
  settings: ['model', 'device', 'data-dir', 'step-timeout'],
  notes: ['Exit codes: 0 done, 1 failed, 2 bad request, 130 cancelled.'],

  async run(line, config) {
    const { values } = line;
    const isJson = line.switches.has('json');
    const target = findTarget(values.output ?? defaultOutput);
    const count = values.count ?? (target.isFile ? '1' : undefined);
    const ownFaults = [
      ...line.faults,
      ...wordFaults(line),
      ...targetFaults(target, count, values['save-latents']),
    ];
    const generator = createGenerator({
      model: config.model,
      device: config.device,
      dataDir: config.dataDir,
      stepTimeoutMs: config.stepTimeoutMs,
    });
    const cancel = cancelOnInterrupt();
    const progress = createProgress();
    const taken = new Set<string>();
    const paths = new Map<number, string>();
    let name = '';
    try {
      const result = await generator.generate(
        {
          prompt: values.prompt,
          negative: values.negative,
          model: values.model,
          size: values.size,
          steps: values.steps,
          cfg: values.cfg,
          seed: values.seed,
          count,
          style: values.style,
          preset: values.preset,
          tile: values.tile,
          strength: values.strength,
          image: values.image,
          from: values.from,
          enlarge: line.switches.has('enlarge') || undefined,
          initLatents: values['init-latents'],
          wantLatents: values['save-latents'] !== undefined,
        },
        {
          signal: cancel.signal,
          onAccepted(plan) {
            if (ownFaults.length > 0) throw invalidRequest(ownFaults);
            name = slug(plan.request.typedPrompt);
            if (!isJson) announce(plan);
          },
          onStep({ candidate, step, steps, seconds }, total) {
            const text = `picture ${candidate + 1} of ${total}, step ${step} of ${steps}, ${seconds.toFixed(2)} s per step`;
            progress.update(candidate * steps + step, total * steps, text);
          },
          onImage(image, candidate) {
            const path = target.isFile
              ? target.path
              : freePath(target.path, `${name}-${image.seed}`, taken);
            save(path, image);
            paths.set(candidate, path);
            progress.clear();
            if (!isJson) console.log(`${path}  ${image.width}x${image.height}  seed ${image.seed}`);
          },
        },
      );
      if (values['save-latents'] !== undefined) saveLatents(values['save-latents'], result);
      report(result, paths, isJson);
      return 0;
    } catch (thrown) {
      progress.clear();
      throw withOwnFaults(thrown, ownFaults);
    } finally {
      cancel.dispose();
      await generator.close();
    }
  },
} satisfies CliCommand;

function findTarget(path: string): Target {
  return { path: resolve(path), isFile: extname(path).toLowerCase() === '.png' };
}

function targetFaults(
  target: Target,
  count: string | undefined,
  latents: string | undefined,
): Fault[] {
  const faults = [
    writeFault('output', target.path, target.isFile ? 'file' : 'folder'),
    latents === undefined ? null : writeFault('save-latents', latents, 'file'),
  ].filter((fault) => fault !== null);
  if (target.isFile && ['2', '3', '4'].includes(count ?? '')) {
    const message = `output ${target.path} is one file, but ${count} pictures are wanted: give a folder, or --count 1.`;
    faults.push({
      field: 'output',
      value: target.path,
      allowed: 'a folder',
      nearest: null,
      message,
    });
  }
  return faults;
}

function wordFaults({ words }: CommandLine): Fault[] {
  return words.map((word) => ({
    field: 'prompt',
    value: word,
    allowed: '--prompt TEXT',
    nearest: null,
    message: `${JSON.stringify(word)} stands alone: write --prompt "…" with quotes around the whole prompt.`,
  }));
}

/** All faults of a request are told at once, wherever they were found. */
function withOwnFaults(thrown: unknown, own: Fault[]): unknown {
  if (!(thrown instanceof AppError) || thrown.faults.length === 0) return thrown;
  const others = thrown.faults.filter((fault) => !own.includes(fault));
  const faults = [...own, ...others];
  const code = own.length > 0 ? 'INVALID_REQUEST' : thrown.code;
  return new AppError(code, faults.map((fault) => fault.message).join('\n'), {
    faults,
    cause: thrown,
  });
}

function save(path: string, { png }: GeneratedImage): void {
  writeBytes(path, png);
}

function saveLatents(path: string, { latents }: GenerateResult): void {
  if (!latents) return;
  writeWhole(resolve(path), (temporary) => writeSafetensors(temporary, { latents }));
}

function announce({ request, notes }: Plan): void {
  const { width, height, steps, cfg, seeds } = request;
  console.error(
    `Drawing ${plural(seeds.length)} of ${width}x${height}, ${steps} steps, cfg ${cfg}.`,
  );
  for (const note of notes) console.error(note);
}

function plural(pictures: number): string {
  return pictures === 1 ? '1 picture' : `${pictures} pictures`;
}

function report(result: GenerateResult, paths: Map<number, string>, isJson: boolean): void {
  const { seconds, metadata } = result;
  if (isJson) {
    const images = result.images.map(({ seed, width, height }, i) => ({
      path: paths.get(i),
      seed,
      width,
      height,
    }));
    console.log(JSON.stringify({ images, seconds, metadata }));
    return;
  }
  const { load, draw } = metadata.engine;
  const each = draw / result.images.length;
  console.error(
    `${plural(result.images.length)} in ${seconds.toFixed(1)} s: loading ${load.toFixed(1)} s, drawing ${each.toFixed(2)} s each, on ${metadata.device}.`,
  );
}

/** The first Ctrl-C cancels between two steps; the second ends the program at once. */
function cancelOnInterrupt() {
  const controller = new AbortController();
  const onInterrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    console.error('\nCancelling … (Ctrl-C again ends at once)');
    controller.abort();
  };
  process.on('SIGINT', onInterrupt);
  return {
    signal: controller.signal,
    dispose: () => process.off('SIGINT', onInterrupt),
  };
}

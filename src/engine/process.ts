import { toAppError, AppError } from '../errors.ts';
import type { ModelFamily, Pipeline } from '../types/model.ts';
import { createPeakMemory } from './memory.ts';
import type { EngineCall, EngineResults, FromEngine, ToEngine } from './protocol.ts';
import { availableDevices, createRuntime } from './runtime.ts';
import type { Runtime } from '../types/runtime.ts';

/**
 * Entry of the engine process: one device, one model at a time. The one that started it decides
 * everything; this process ends with it.
 */

let loaded: { folder: string; runtime: Runtime; pipeline: Pipeline } | undefined;
const cancels = new Map<number, AbortController>();
const peak = createPeakMemory();

const handlers: {
  [Type in EngineCall['type']]: (
    call: EngineCall & { type: Type; id: number },
  ) => Promise<EngineResults[Type]>;
} = {
  async load({ model, settings }) {
    const start = performance.now();
    await loaded?.pipeline.dispose();
    loaded = undefined;
    // The name was taken from a folder listing of models/, never from a request.
    const module = (await import(`#models/${model.family}.ts`)) as { default: ModelFamily };
    const runtime = await createRuntime(settings);
    const pipeline = await module.default.load(runtime, model.folder);
    loaded = { folder: model.folder, runtime, pipeline };
    return { device: runtime.device, seconds: (performance.now() - start) / 1000 };
  },

  async draw({ id, request }) {
    if (!loaded) throw new AppError('INTERNAL', 'The engine has no model loaded.');
    const { runtime, pipeline } = loaded;
    const start = performance.now();
    const runStart = runtime.runSeconds();
    const cancel = new AbortController();
    cancels.set(id, cancel);
    try {
      peak.reset();
      for await (const event of pipeline.draw(request, cancel.signal)) {
        if (event.type === 'candidate') {
          send({ type: 'event', id, event: { ...event, peakBytes: peak.read() } });
          peak.reset();
        } else send({ type: 'event', id, event });
      }
    } finally {
      cancels.delete(id);
    }
    return {
      seconds: (performance.now() - start) / 1000,
      runSeconds: runtime.runSeconds() - runStart,
    };
  },

  devices: availableDevices,

  async health() {
    return {
      pid: process.pid,
      model: loaded?.folder ?? null,
      device: loaded?.runtime.device ?? null,
      residentBytes: process.memoryUsage.rss(),
    };
  },
};

async function handle(message: ToEngine): Promise<void> {
  if (message.type === 'cancel') {
    cancels.get(message.id)?.abort();
    return;
  }
  try {
    const result = await handlers[message.type](message as never);
    send({ type: 'done', id: message.id, result });
  } catch (thrown) {
    const { code, message: text } = toAppError(thrown);
    send({ type: 'failed', id: message.id, error: { code, message: text } });
  }
}

function send(message: FromEngine): void {
  process.send?.(message);
}

process.on('message', (message) => void handle(message as ToEngine));
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole terminal group; the one that started this process decides what it means.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});

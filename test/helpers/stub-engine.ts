import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#src/errors.ts';
import type { Engine } from '#src/types/engine.ts';
import type { DrawRequest } from '#src/types/model.ts';

export interface StubEngine extends Engine {
  /** Requests in the order in which they were drawn. */
  drawn: DrawRequest[];
  /** What `draw` does before each step; tests hold it here or throw. */
  beforeStep(
    request: DrawRequest,
    candidate: number,
    step: number,
    signal: AbortSignal,
  ): Promise<void>;
}

/** Draws grey squares whose shade is the seed's: no model, no waiting. */
export function createStubEngine(stepMs = 0): StubEngine {
  const stub: StubEngine = {
    drawn: [],
    async beforeStep() {
      if (stepMs > 0) await sleep(stepMs);
    },
    load: async () => ({ device: 'cpu', seconds: 0 }),
    async *draw(request, { signal }) {
      stub.drawn.push(request);
      const { steps, width, height } = request;
      for (const [candidate, seed] of request.seeds.entries()) {
        for (let step = 1; step <= steps; step += 1) {
          await Promise.race([stub.beforeStep(request, candidate, step, signal), leaving(signal)]);
          if (signal.aborted) throw new AppError('CANCELLED', 'The request was cancelled.');
          yield { type: 'step', candidate, step, steps, seconds: 0.01 };
        }
        const pixels = new Uint8Array(width * height * 3).fill(seed % 256);
        yield {
          type: 'candidate',
          candidate,
          seed,
          picture: { width, height, pixels },
          seconds: { text: 0.01, denoise: 0.1, decode: 0.01 },
        };
      }
      return { seconds: 0.1, runSeconds: 0.1 };
    },
    devices: async () => ['cpu'],
    health: async () => null,
    unload: async () => {},
    close: async () => {},
  };
  return stub;
}

/** Rejects when the worker gives its jobs back: what a test holds must not hold its end. */
function leaving(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  signal.addEventListener('abort', () => {
    if (signal.reason === 'given back') reject(new AppError('CANCELLED', 'The worker leaves.'));
  });
  return promise;
}

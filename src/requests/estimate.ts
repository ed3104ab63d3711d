import type { DrawSettings } from '#src/queue/jobs.ts';
import type { Store } from '#src/store/store.ts';
import { drawSettings } from '#src/queue/jobs.ts';

/** Seconds that requests will take, by what the latest ones took. */
export interface Estimator {
  /** null: nothing like it was drawn yet. Unit: seconds. */
  secondsFor(draw: DrawSettings): Promise<number | null>;
  /** A request was finished: measure again. */
  forget(): void;
}

const sampleCount = 20;
const freshMs = 15_000;

/** Pixels times steps times candidates, twice where guidance runs both sides. */
export function workOf({ width, height, steps, cfg, seeds }: DrawSettings): number {
  return width * height * steps * seeds.length * (cfg === 1 ? 1 : 2);
}

export function createEstimator(store: Store, now: () => number = Date.now): Estimator {
  let measured: { at: number; rates: Map<string, number> } | null = null;

  /** Seconds per unit of work, by model: the median of the latest. */
  async function measure(): Promise<Map<string, number>> {
    if (measured && now() - measured.at < freshMs) return measured.rates;
    const samples = new Map<string, number[]>();
    for (const request of await store.requests.listRecent({ limit: 100 })) {
      const draw = drawSettings.safeParse(request.options);
      if (request.status !== 'done' || request.seconds === null || !draw.success) continue;
      const list = samples.get(draw.data.model) ?? [];
      if (list.length < sampleCount) list.push(request.seconds / workOf(draw.data));
      samples.set(draw.data.model, list);
    }
    const rates = new Map([...samples].map(([model, list]) => [model, median(list)]));
    measured = { at: now(), rates };
    return rates;
  }

  return {
    async secondsFor(draw) {
      const rate = (await measure()).get(draw.model);
      return rate === undefined ? null : rate * workOf(draw);
    },
    forget: () => (measured = null),
  };
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

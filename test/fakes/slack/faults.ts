import type { Json } from './json.ts';

export interface Failure {
  /** Answered with `{ok: false, error}`. */
  error?: string;
  /** Further fields of that answer, such as `needed`. */
  more?: Json;
  /** Answered with this HTTP status instead. */
  status?: number;
  /** Seconds until the next try, with a 429. */
  retryAfter?: number;
  /** Cuts the connection instead of answering. */
  drop?: boolean;
  times?: number;
  /** Does what was asked and only then fails: the caller cannot know the outcome. */
  afterProcessing?: boolean;
}

export interface Hold {
  arrived: Promise<void>;
  release(): void;
}

/** Troubles that a test has ordered for the next calls of one method; `upload` and `response_url` count as methods. */
export class FaultPlan {
  private readonly failures: { method: string; failure: Failure; left: number }[] = [];
  private readonly holds: { method: string; arrive: () => void; opened: Promise<void> }[] = [];

  readonly failNext = (method: string, failure: Failure): void => {
    this.failures.push({ method, failure, left: failure.times ?? 1 });
  };

  readonly rateLimitNext = (method: string, retryAfter: number, times = 1): void => {
    this.failNext(method, { status: 429, retryAfter, times });
  };

  readonly holdNext = (method: string): Hold => {
    const arrival = Promise.withResolvers<void>();
    const opening = Promise.withResolvers<void>();
    this.holds.push({ method, arrive: arrival.resolve, opened: opening.promise });
    return { arrived: arrival.promise, release: opening.resolve };
  };

  async waitAtDoor(method: string): Promise<void> {
    const at = this.holds.findIndex((hold) => hold.method === method);
    const [hold] = at === -1 ? [] : this.holds.splice(at, 1);
    hold?.arrive();
    await hold?.opened;
  }

  take(method: string): Failure | null {
    const planned = this.failures.find((one) => one.method === method && one.left > 0);
    if (!planned) return null;
    planned.left -= 1;
    return planned.failure;
  }
}

/** `POST /channels/:channel/messages`, with `:name` or `*` for any part, or an expression on the same. */
export type RoutePattern = string | RegExp;

export interface RateLimitFault {
  /** Seconds until the next try. */
  retryAfter: number;
  global?: boolean;
  times?: number;
  scope?: 'user' | 'global' | 'shared';
}

export interface Failure {
  /** HTTP status, 500 unless told otherwise. */
  status?: number;
  code?: number;
  message?: string;
  times?: number;
  /** Does what was asked and only then fails: the caller cannot know the outcome. */
  afterProcessing?: boolean;
  /** Cuts the connection instead of answering: with a reset, or politely. */
  drop?: 'reset' | 'close';
}

/** A request that waits at the door until the test lets it in. */
export interface Hold {
  /** Resolves when the request has arrived. */
  arrived: Promise<void>;
  release: () => void;
}

interface Planned<T> {
  pattern: RoutePattern;
  left: number;
  plan: T;
}

interface Gate {
  arrive: () => void;
  opened: Promise<void>;
}

/** The troubles that a test has ordered, each for the next requests of one route. */
export class FaultPlan {
  private rateLimits: Planned<RateLimitFault>[] = [];
  private failures: Planned<Failure>[] = [];
  private gates: Planned<Gate>[] = [];

  readonly rateLimitNext = (pattern: RoutePattern, plan: RateLimitFault): void => {
    this.rateLimits.push({ pattern, left: plan.times ?? 1, plan });
  };

  readonly failNext = (pattern: RoutePattern, plan: Failure): void => {
    this.failures.push({ pattern, left: plan.times ?? 1, plan });
  };

  readonly holdNext = (pattern: RoutePattern): Hold => {
    const arrival = Promise.withResolvers<void>();
    const opening = Promise.withResolvers<void>();
    const plan = { arrive: arrival.resolve, opened: opening.promise };
    this.gates.push({ pattern, left: 1, plan });
    return { arrived: arrival.promise, release: opening.resolve };
  };

  /** Waits at a gate, if one stands on this route. */
  async pass(method: string, path: string): Promise<void> {
    const gate = take(this.gates, method, path);
    gate?.arrive();
    await gate?.opened;
  }

  takeRateLimit(method: string, path: string): RateLimitFault | null {
    return take(this.rateLimits, method, path);
  }

  takeFailure(method: string, path: string): Failure | null {
    return take(this.failures, method, path);
  }
}

function take<T>(planned: Planned<T>[], method: string, path: string): T | null {
  const found = planned.find(
    (entry) => entry.left > 0 && matchesRoute(entry.pattern, method, path),
  );
  if (found === undefined) return null;
  found.left -= 1;
  return found.plan;
}

/** Whether a request (its path without `/api/v10`) is one that the pattern means. */
export function matchesRoute(pattern: RoutePattern, method: string, path: string): boolean {
  if (pattern instanceof RegExp) return pattern.test(`${method} ${path}`);
  const [wantedMethod, wantedPath = ''] = pattern.split(' ');
  const [wanted, given] = [wantedPath.split('/'), path.split('/')];
  if (wantedMethod !== '*' && wantedMethod !== method) return false;
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => /^([:{].*|\*)$/.test(part) || part === given[index])
  );
}

import { createHash } from 'node:crypto';
import { matchesRoute, type RoutePattern } from './faults.ts';

export interface RateLimitRule {
  pattern: RoutePattern;
  limit: number;
  windowMs: number;
}

interface Bucket {
  used: number;
  resetAtMs: number;
}

export interface BucketState {
  isExceeded: boolean;
  retryAfterSeconds: number;
  headers: Record<string, string>;
}

const generous = { limit: 1000, windowMs: 1000 };

/** Counts requests per route and channel (or guild, or webhook) and writes Discord's headers. */
export class RateLimiter {
  private readonly rules: RateLimitRule[];
  private readonly buckets = new Map<string, Bucket>();

  constructor(rules: RateLimitRule[]) {
    this.rules = rules;
  }

  count(method: string, template: string, path: string): BucketState {
    const rule = this.rules.find((entry) => matchesRoute(entry.pattern, method, path)) ?? generous;
    const [, room, roomId] = path.split('/');
    const name = createHash('sha1').update(`${method} ${template}`).digest('hex').slice(0, 32);
    const key = `${name} ${room}/${roomId}`;
    const nowMs = Date.now();
    let bucket = this.buckets.get(key);
    if (bucket === undefined || bucket.resetAtMs <= nowMs) {
      bucket = { used: 0, resetAtMs: nowMs + rule.windowMs };
      this.buckets.set(key, bucket);
    }
    bucket.used += 1;
    const resetAfterSeconds = (bucket.resetAtMs - nowMs) / 1000;
    return {
      isExceeded: bucket.used > rule.limit,
      retryAfterSeconds: resetAfterSeconds,
      headers: {
        'X-RateLimit-Limit': String(rule.limit),
        'X-RateLimit-Remaining': String(Math.max(0, rule.limit - bucket.used)),
        'X-RateLimit-Reset': (bucket.resetAtMs / 1000).toFixed(3),
        'X-RateLimit-Reset-After': resetAfterSeconds.toFixed(3),
        'X-RateLimit-Bucket': name,
      },
    };
  }
}

import type { Method } from './method.ts';

/** Calls a minute for one method, app and workspace. Source: docs.slack.dev, apis/web-api/rate-limits. */
const perMinute: Record<Method['tier'], number> = { 1: 1, 2: 20, 3: 50, 4: 100, post: 60 };
const minuteMs = 60_000;

/** Slack's tiers; what it says no number of is taken as its documents put it. */
export class TierLimiter {
  private readonly calls = new Map<string, number[]>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Seconds to wait, or 0. A channel has its own count of posts. */
  take(method: string, tier: Method['tier'], channel: string): number {
    const key = tier === 'post' ? `${method}/${channel}` : method;
    const time = this.now();
    const times = (this.calls.get(key) ?? []).filter((at) => at > time - minuteMs);
    if (times.length >= perMinute[tier])
      return Math.max(1, Math.ceil(((times[0] as number) + minuteMs - time) / 1000));
    times.push(time);
    this.calls.set(key, times);
    return 0;
  }
}

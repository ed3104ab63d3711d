import { AppError, toAppError } from '#src/errors.ts';

/** A new state of one message of ours. */
export interface Update {
  /** Which message: only its newest state is sent. */
  message: string;
  /** Messages with the same key share so many edits a minute. */
  budget: { key: string; perMinute: number; intervalMs?: number | undefined };
  /** What people would see; what they see already is not sent again. */
  fingerprint: string;
  /** Goes before all that are not. */
  isFinal: boolean;
  /** A message that is not there yet waits for no budget. */
  isNew?: boolean;
  send(): Promise<void>;
}

export interface Publisher {
  /**
   * Resolves when this state or a newer one is out (or was out already).
   * @throws AppError what the platform said, when it will not be tried again.
   */
  publish(update: Update): Promise<void>;
  /** The message is no more. */
  forget(message: string): void;
  /** Sends nothing further; waits for what is being sent. Ends that were not sent reject. */
  close(): Promise<void>;
}

export interface PublisherOptions {
  /** Shortest time between two edits of one message. */
  intervalMs?: number;
  /** First wait before what failed is tried again, unless something newer came; it doubles. */
  retryMs?: number;
  now?: () => number;
}

interface Slot {
  pending: Update | null;
  waiters: PromiseWithResolvers<void>[];
  isSending: boolean;
  sentAt: number;
  shown: string | null;
  failures: number;
  notBefore: number;
}

const minuteMs = 60_000;
const mostAttempts = 6;

/**
 * Edits messages no more often than people can follow and platforms allow: the newest state wins, a
 * message has one edit in flight at most, final states go first.
 */
export function createPublisher(options: PublisherOptions = {}): Publisher {
  const { intervalMs = 3000, retryMs = 2000, now = Date.now } = options;
  const slots = new Map<string, Slot>();
  /** When edits were sent, by budget. */
  const spent = new Map<string, number[]>();
  const sending = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let prunedAt = -Infinity;

  function publish(update: Update): Promise<void> {
    if (isClosed) return update.isFinal ? Promise.reject(closed()) : Promise.resolve();
    const slot = slots.get(update.message) ?? emptySlot();
    slots.set(update.message, slot);
    // A late report of progress must not take the place of the end.
    if (slot.pending?.isFinal && !update.isFinal) return waitFor(slot);
    if (!slot.isSending && slot.pending === null && slot.shown === update.fingerprint) {
      return Promise.resolve();
    }
    slot.pending = update;
    const done = waitFor(slot);
    look();
    return done;
  }

  /** Sends everything that may go now, and comes back when the next one may. */
  function look(): void {
    clearTimeout(timer);
    if (isClosed) return;
    const time = now();
    let next = Infinity;
    prune(time);
    const candidates = [...slots.values()].filter((slot) => slot.pending && !slot.isSending);
    candidates.sort(
      (a, b) => Number(b.pending?.isFinal) - Number(a.pending?.isFinal) || a.sentAt - b.sentAt,
    );
    for (const slot of candidates) {
      const at = readyAt(slot, slot.pending as Update, time);
      if (at <= time) start(slot);
      else next = Math.min(next, at);
    }
    if (next === Infinity) return;
    timer = setTimeout(look, Math.max(1, next - time));
    timer.unref();
  }

  /** Messages that have been at rest for a while are forgotten. */
  function prune(time: number): void {
    if (time - prunedAt < minuteMs) return;
    prunedAt = time;
    for (const [message, slot] of slots) {
      if (slot.pending || slot.isSending || time - slot.sentAt < minuteMs) continue;
      slots.delete(message);
    }
    for (const [key, times] of spent) if ((times.at(-1) ?? 0) < time - minuteMs) spent.delete(key);
  }

  function readyAt(slot: Slot, update: Update, time: number): number {
    const own = Math.max(slot.notBefore, slot.sentAt + (update.budget.intervalMs ?? intervalMs));
    if (update.isNew && slot.sentAt === -Infinity) return slot.notBefore;
    const times = (spent.get(update.budget.key) ?? []).filter((at) => at > time - minuteMs);
    spent.set(update.budget.key, times);
    // Some of the budget is kept for ends.
    const share = update.isFinal ? 1 : 0.8;
    const limit = Math.max(1, Math.floor(update.budget.perMinute * share));
    const freed = times.length < limit ? 0 : (times.at(-limit) as number) + minuteMs;
    return Math.max(own, freed);
  }

  function start(slot: Slot): void {
    const update = slot.pending as Update;
    const waiters = slot.waiters.splice(0);
    slot.pending = null;
    if (slot.shown === update.fingerprint) {
      for (const waiter of waiters) waiter.resolve();
      return;
    }
    slot.isSending = true;
    // A new message is no edit: platforms pace posts by themselves, and a burst of them must not hold up ends.
    if (!update.isNew) spent.get(update.budget.key)?.push(now());
    const work = send(slot, update, waiters).finally(() => {
      sending.delete(work);
      slot.isSending = false;
      look();
    });
    sending.add(work);
  }

  async function send(slot: Slot, update: Update, waiters: Slot['waiters']): Promise<void> {
    try {
      await update.send();
      slot.shown = update.fingerprint;
      slot.failures = 0;
      for (const waiter of waiters) waiter.resolve();
    } catch (thrown) {
      const error = toAppError(thrown);
      slot.failures += 1;
      slot.notBefore = now() + retryMs * 2 ** (slot.failures - 1);
      const isNewest = slot.pending === null || (update.isFinal && !slot.pending.isFinal);
      if (isNewest && error.retryable && slot.failures < mostAttempts) slot.pending = update;
      if (slot.pending) slot.waiters.unshift(...waiters);
      else {
        for (const waiter of waiters) waiter.reject(error);
      }
    } finally {
      slot.sentAt = now();
    }
  }

  return {
    publish,
    forget(message) {
      const slot = slots.get(message);
      slots.delete(message);
      for (const waiter of slot?.waiters ?? []) waiter.resolve();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await Promise.all(sending);
      for (const { pending, waiters } of slots.values()) {
        for (const waiter of waiters) {
          if (pending?.isFinal) waiter.reject(closed());
          else waiter.resolve();
        }
      }
    },
  };
}

/** An end that was not shown must not count as shown. */
function closed(): AppError {
  return new AppError('PLATFORM_FAILED', 'The program is stopping; this is shown later.', {
    retryable: true,
  });
}

function emptySlot(): Slot {
  return {
    pending: null,
    waiters: [],
    isSending: false,
    sentAt: -Infinity,
    shown: null,
    failures: 0,
    notBefore: 0,
  };
}

function waitFor(slot: Slot): Promise<void> {
  const waiter = Promise.withResolvers<void>();
  // Most callers do not wait.
  waiter.promise.catch(() => {});
  slot.waiters.push(waiter);
  return waiter.promise;
}

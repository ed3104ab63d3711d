import type { Action } from '../../../types/chat.ts';
import type {
  ConsoleCandidate,
  ConsoleEvent,
  ConsoleReplies,
  ConsoleRequest,
} from '../../../types/console.ts';

export type Reply = ConsoleReplies['replies'][number];

/** A request as the page knows it. */
export interface Entry {
  request: ConsoleRequest;
  /** What was answered to the viewer's last action on it. */
  replies: Reply[];
  /** Which action is on its way. */
  busy: Action | null;
}

export interface Requests {
  find(id: string): Entry | undefined;
  /** Newest first. */
  all(): Entry[];
  /** Those that hang on a request, oldest first. */
  inThread(threadId: string): Entry[];
  put(request: ConsoleRequest): void;
  change(id: string, change: Partial<Entry>): void;
  hear(event: ConsoleEvent): void;
  /** Call what comes back to hear no more. */
  subscribe(listener: (id: string) => void): () => void;
}

/** All requests that the page has heard of, and who wants to know of changes. */
export function createRequests(): Requests {
  const entries = new Map<string, Entry>();
  /** Which ones hang on a request: looked up for every card. */
  const threads = new Map<string, Set<string>>();
  const listeners = new Set<(id: string) => void>();
  const tell = (id: string) => listeners.forEach((listener) => listener(id));

  function update(id: string, change: Partial<ConsoleRequest>): void {
    const entry = entries.get(id);
    if (!entry) return;
    entries.set(id, { ...entry, request: { ...entry.request, ...change } });
    tell(id);
  }

  return {
    find: (id) => entries.get(id),
    all: () => [...entries.values()].sort((a, b) => newerFirst(a.request, b.request)),
    inThread: (threadId) =>
      [...(threads.get(threadId) ?? [])]
        .flatMap((id) => entries.get(id) ?? [])
        .sort((a, b) => newerFirst(b.request, a.request)),
    put(request) {
      const known = entries.get(request.id);
      entries.set(request.id, { replies: [], busy: null, ...known, request });
      const { id, threadId } = request;
      if (threadId !== null) threads.set(threadId, (threads.get(threadId) ?? new Set()).add(id));
      tell(request.id);
    },
    change(id, change) {
      const entry = entries.get(id);
      if (!entry) return;
      entries.set(id, { ...entry, ...change });
      tell(id);
    },
    hear(event) {
      switch (event.type) {
        case 'request':
          return this.put(event.request);
        case 'status':
          return update(event.status.requestId, { status: event.status });
        case 'removed':
          entries.delete(event.requestId);
          return tell(event.requestId);
        case 'notice':
        case 'queue':
          return;
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function newerFirst(a: ConsoleRequest, b: ConsoleRequest): number {
  return b.acceptedAt.localeCompare(a.acceptedAt) || b.id.localeCompare(a.id);
}

export function isActive({ status }: ConsoleRequest): boolean {
  return status.state === 'queued' || status.state === 'running';
}

/** One line about a request that is on the page says nothing that its card does not. */
export function isSettled({ text, controls }: Reply, requests: Requests): boolean {
  const isPlain = controls.every(({ action }) => action === 'cancel') && !text.includes('\n');
  return isPlain && requests.all().some(({ request }) => text.includes(request.shortId));
}

/** How many pictures are wanted: known for certain only from the first picture on. */
export function wantedCount({ results, line }: ConsoleRequest): number {
  if (results !== null) return results.count;
  return Number(/--count\s+([1-4])\b/.exec(line)?.[1] ?? 4);
}

/** Width by height of its pictures. */
export function ratioOf({ results, line }: ConsoleRequest): number {
  const [first] = results?.candidates ?? [];
  if (first) return first.width / first.height;
  const [, width, height] = /--size\s+(\d+)x(\d+)/.exec(line) ?? [];
  return width && height ? Number(width) / Number(height) : 1;
}

/** The number of the picture that is drawn now; null: none is. */
export function drawnNow(request: ConsoleRequest): number | null {
  if (request.status.state !== 'running') return null;
  const { progress } = request.status;
  const count = wantedCount(request);
  if (progress && progress.total > 0 && progress.done > 0) {
    return Math.min(count, Math.ceil((progress.done * count) / progress.total));
  }
  const ready = new Set(request.results?.candidates.map(({ number }) => number));
  return [1, 2, 3, 4].slice(0, count).find((number) => !ready.has(number)) ?? null;
}

/** The picture that leads: most votes, of equal ones the lowest number; null without votes. */
export function leadingOf({ results }: ConsoleRequest): ConsoleCandidate | null {
  let leading: ConsoleCandidate | null = null;
  for (const candidate of results?.candidates ?? []) {
    if (candidate.votes > (leading?.votes ?? 0)) leading = candidate;
  }
  return leading;
}

/** The line that asks for one of its pictures alone. */
export function lineOfOne({ line }: ConsoleRequest, seed: number): string {
  const rest = line.replaceAll(/\s+--(?:seed|count)\s+\S+/g, '');
  return `${rest} --seed ${seed} --count 1`;
}

import type { ConsoleEvent } from '../../../types/console.ts';
import { locale } from '../texts/locale.ts';

export type Connection = 'connecting' | 'live' | 'reconnecting';

export interface LiveOptions {
  onEvent(event: ConsoleEvent): void;
  onConnection(connection: Connection): void;
  /** After a break: what happened meanwhile has to be read. */
  onReturn(): void;
  /** The server answered, but with no stream. */
  onRefused(): void;
}

/** Hearing the server: `ready` once that began, or did not. */
export interface Live {
  ready: Promise<void>;
}

const types: ConsoleEvent['type'][] = ['request', 'status', 'removed', 'notice', 'queue'];
const retryMilliseconds = 2000;
/** Nobody waits longer than this for the first page. */
const patienceMilliseconds = 1500;
/** Browsers keep six connections to a server for all tabs together: one that nobody sees gives its own back. */
const hiddenMilliseconds = 60_000;

/** Hears the server's events, again and again after a break. */
export function listen({ onEvent, onConnection, onReturn, onRefused }: LiveOptions): Live {
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let wasBroken = false;
  let setReady = () => {};
  const ready = new Promise<void>((resolve) => {
    setReady = resolve;
  });

  function open(): void {
    source = new EventSource(`/api/events?locale=${locale}`);
    source.addEventListener('open', () => {
      onConnection('live');
      if (wasBroken) onReturn();
      wasBroken = false;
      clearTimeout(late);
      setReady();
    });
    source.addEventListener('error', () => {
      wasBroken = true;
      onConnection('reconnecting');
      setReady();
      // The browser tries again by itself, but not after an answer that was no stream.
      if (source?.readyState !== EventSource.CLOSED) return;
      onRefused();
      clearTimeout(retry);
      retry = setTimeout(open, retryMilliseconds);
    });
    for (const type of types) {
      source.addEventListener(type, ({ data }: MessageEvent<string>) => {
        onEvent({ type, ...(JSON.parse(data) as object) } as ConsoleEvent);
      });
    }
  }

  function close(): void {
    clearTimeout(retry);
    source?.close();
    source = null;
    wasBroken = true;
  }

  document.addEventListener('visibilitychange', () => {
    clearTimeout(rest);
    if (document.hidden) rest = setTimeout(close, hiddenMilliseconds);
    else if (source === null) open();
  });
  // What happens before a late beginning is read when it comes.
  const late = setTimeout(() => {
    wasBroken = true;
    setReady();
  }, patienceMilliseconds);
  onConnection('connecting');
  open();
  return { ready };
}

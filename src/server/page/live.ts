import type { ConsoleEvent } from '../../types/console.ts';
import { locale } from './locale.ts';

export type Connection = 'connecting' | 'live' | 'reconnecting';

export interface LiveOptions {
  onEvent(event: ConsoleEvent): void;
  onConnection(connection: Connection): void;
  /** After a break: what happened meanwhile has to be read. */
  onReturn(): void;
}

const types: ConsoleEvent['type'][] = ['request', 'status', 'removed', 'notice', 'queue'];
const retryMilliseconds = 2000;

/** Hears the server's events, again and again after a break. Call what comes back to stop. */
export function listen({ onEvent, onConnection, onReturn }: LiveOptions): () => void {
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let wasBroken = false;

  function open(): void {
    source = new EventSource(`/api/events?locale=${locale}`);
    source.addEventListener('open', () => {
      onConnection('live');
      if (wasBroken) onReturn();
      wasBroken = false;
    });
    source.addEventListener('error', () => {
      wasBroken = true;
      onConnection('reconnecting');
      // The browser tries again by itself, but not after an answer that was no stream.
      if (source?.readyState !== EventSource.CLOSED) return;
      clearTimeout(retry);
      retry = setTimeout(open, retryMilliseconds);
    });
    for (const type of types) {
      source.addEventListener(type, ({ data }: MessageEvent<string>) => {
        onEvent({ type, ...(JSON.parse(data) as object) } as ConsoleEvent);
      });
    }
  }

  onConnection('connecting');
  open();
  return () => {
    clearTimeout(retry);
    source?.close();
  };
}

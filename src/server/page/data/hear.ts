import type { ConsoleEvent, ConsoleRequest } from '../../../types/console.ts';
import type { Signals } from '../app.ts';
import { t } from '../texts/locale.ts';
import { listen, type Connection } from './live.ts';
import type { Notes } from '../composer/notes.ts';
import { isSettled, type Requests } from './requests.ts';
import { threadHash } from '../router.ts';
import type { Shell } from '../shell.ts';
import { stateText } from '../card/status-view.ts';
import type { Toasts } from '../ui/toasts.ts';

export interface HearOptions {
  requests: Requests;
  notes: Notes;
  toasts: Toasts;
  announce(text: string): void;
  shell: Shell;
  onRefused(): void;
}

export interface Hearing extends Signals {
  /** From here on nothing that happens is missed. */
  ready: Promise<void>;
}

/** Brings the server's events into the page, and says what changed. */
export function hearEvents(options: HearOptions): Hearing {
  const { requests, notes, toasts, announce, shell, onRefused } = options;
  const queue = signal<void>();
  const back = signal<void>();
  const connection = signal<Connection>();

  let connected: Connection = 'connecting';

  function onEvent(event: ConsoleEvent): void {
    if (event.type === 'queue') return queue.tell();
    if (event.type === 'notice') return onNotice(event.requestId, event.text);
    if (event.type === 'request') return put(event.request);
    requests.hear(event);
  }

  function put(request: ConsoleRequest): void {
    const before = requests.find(request.id)?.request;
    requests.put(request);
    notes.settle(request.shortId);
    settleReplies(request.parentId);
    sayState(request, before);
  }

  /** "Queued as …" under the buttons goes once what was queued is there. */
  function settleReplies(parentId: string | null): void {
    const parent = parentId === null ? undefined : requests.find(parentId);
    if (!parent || parent.replies.length === 0) return;
    const replies = parent.replies.filter((reply) => !isSettled(reply, requests));
    if (replies.length < parent.replies.length) requests.change(parent.request.id, { replies });
  }

  function sayState(request: ConsoleRequest, before: ConsoleRequest | undefined): void {
    if (before?.status.state === request.status.state) return;
    announce(t('state.said', { prompt: request.prompt, state: stateText(request) }));
  }

  /** What one is looking at needs no notice. */
  function onNotice(requestId: string | null, text: string): void {
    if (requestId !== null && isSeen(requestId)) return announce(text);
    const link =
      requestId === null ? null : { label: t('notice.show'), href: threadHash(requestId) };
    toasts.show({ text, ...(link && { link }) });
  }

  const { ready } = listen({
    onEvent,
    onRefused,
    onConnection: (state) => {
      shell.showConnection(state);
      if (state === 'live' && connected === 'reconnecting') announce(t('connected'));
      connected = state;
      connection.tell(state);
    },
    onReturn: back.tell,
  });
  return { ready, onQueue: queue.on, onReturn: back.on, onConnection: connection.on };
}

function isSeen(requestId: string): boolean {
  const card = document.querySelector(`[data-request="${CSS.escape(requestId)}"]`);
  if (!card || document.hidden) return false;
  const { top, bottom } = card.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

function signal<Value>() {
  const listeners = new Set<(value: Value) => void>();
  return {
    tell: (value: Value) => listeners.forEach((listener) => listener(value)),
    on(listener: (value: Value) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

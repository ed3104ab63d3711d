import type { Action } from '../../types/chat.ts';
import type { ConsoleCommands, ConsoleRequest } from '../../types/console.ts';
import type { Api } from './data/api.ts';
import type { Composer } from './composer/composer.ts';
import type { Connection } from './data/live.ts';
import type { Notes } from './composer/notes.ts';
import type { Requests } from './data/requests.ts';
import type { Toasts } from './ui/toasts.ts';

/** What every part of the page is given. */
export interface App {
  api: Api;
  requests: Requests;
  commands: ConsoleCommands;
  notes: Notes;
  toasts: Toasts;
  composer: Composer;
  /** Says something to screen readers. */
  announce(text: string): void;
  /** Does what a control asks for; asks first where it cannot be undone. */
  act(request: ConsoleRequest, action: Action): Promise<void>;
  /** Hears that the queue changed, and that the connection came back or went away. */
  signals: Signals;
}

export interface Signals {
  onQueue(listener: () => void): () => void;
  onReturn(listener: () => void): () => void;
  onConnection(listener: (connection: Connection) => void): () => void;
}

/** One screen; it stands until the address says another one. */
export interface View {
  element: HTMLElement;
  /** In the window's title. */
  title: string;
  /** Where the composer stands; null: not in this view. */
  composerSlot: HTMLElement | null;
  /** The thread that is typed into. */
  threadId: string | null;
  dispose(): void;
}

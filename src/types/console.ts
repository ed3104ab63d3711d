import type { Action, Control, Locale, PlatformName } from './chat.ts';
import type { CommandDescription } from './command.ts';
import type { ModelCard } from './model.ts';

/**
 * What the console's page and the server say to each other, as JSON. Every call carries the person's
 * language in the header `x-quartet-locale`; a call that fails answers `ConsoleFailure`.
 */

/** `GET /api/session` */
export interface ConsoleSession {
  version: string;
  /** true: everything but this and `/api/login` answers 401 until the token was given. */
  needsLogin: boolean;
  isLoggedIn: boolean;
}

/** `GET /api/commands` */
export interface ConsoleCommands {
  commands: CommandDescription[];
  defaultModel: string;
  models: ConsoleModel[];
  /** Of the workspace, beside the models' own. */
  styles: string[];
}

/** What a form needs of a model's card. */
export type ConsoleModel = Pick<ModelCard, 'name' | 'size' | 'steps' | 'cfg' | 'promptTokens'> & {
  /** Names, with the steps they stand for where they set them. */
  presets: NonNullable<ModelCard['presets']>;
  styles: string[];
};

/** `POST /api/commands`; `id` is made by the page, the same when it tries again. */
export interface ConsoleInvocation {
  id: string;
  command: string;
  /** A typed line, or a form's fields. */
  values: string | Record<string, string>;
  /** Where it was typed: null is the channel, else the thread that hangs on this request. */
  threadId: string | null;
}

/** Answer of `POST /api/commands` and `POST /api/actions`. */
export interface ConsoleReplies {
  replies: { text: string; controls: Control[] }[];
}

/** `POST /api/actions`. For `use-correction` the id of the control's second half stands for the request. */
export interface ConsoleAction {
  id: string;
  action: Action;
  requestId: string;
}

/**
 * `GET /api/threads/ID`: the request that the thread hangs on and all that were asked for in it, oldest first.
 * `GET /api/requests/ID`: one of them.
 */
export interface ConsoleThread {
  requests: ConsoleRequest[];
}

/** `GET /api/feed?before=ID&search=TEXT&platform=NAME&limit=N`: newest first, the console's own unless `platform` says otherwise (`all`). */
export interface ConsoleFeed {
  requests: ConsoleRequest[];
  /** Give it as `before` for the next ones; null: there are no more. */
  next: string | null;
}

export interface ConsoleRequest {
  id: string;
  shortId: string;
  platform: PlatformName;
  /** The request that its thread hangs on; null: it is the first of its thread. */
  threadId: string | null;
  requester: string;
  locale: Locale;
  prompt: string;
  /** ISO 8601. */
  acceptedAt: string;
  parentId: string | null;
  /** How it comes from its parent, in the viewer's language. */
  relation: string | null;
  /** Whether the viewer may act on it here. */
  canAct: boolean;
  /** The viewer's own vote: 1 to 4, or null. */
  ownVote: number | null;
  /** The options as flags, to be asked for again: `a red apple --size 128x128 …`. */
  line: string;
  status: ConsoleStatus;
  /** null: there is no picture yet. */
  results: ConsoleResults | null;
}

export interface ConsoleStatus {
  requestId: string;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  title: string;
  lines: string[];
  progress: { done: number; total: number; text: string } | null;
  /** The coarse estimate of the picture that is being drawn: a `data:image/png` URL. */
  preview: string | null;
  controls: Control[];
}

export interface ConsoleResults {
  requestId: string;
  title: string;
  lines: string[];
  candidates: ConsoleCandidate[];
  /** How many were asked for. */
  count: number;
  isComplete: boolean;
  controls: Control[];
}

export interface ConsoleCandidate {
  number: number;
  seed: number;
  width: number;
  height: number;
  altText: string;
  votes: number;
  /** `/images/SHA256.png`; never changes. */
  url: string;
}

/** `GET /api/queue` */
export interface ConsoleQueue {
  workers: number;
  /** Drawn now, then in the order of their turns. */
  entries: ConsoleQueueEntry[];
}

export interface ConsoleQueueEntry {
  requestId: string;
  isRunning: boolean;
  /** 0 for running ones. */
  place: number;
  requester: string;
  platform: PlatformName;
  prompt: string;
  /** Why it stands there, and when its pictures are there, in the viewer's language. */
  reason: string;
}

/** `POST /api/picture` with the bytes of a PNG: what it was drawn with. */
export interface ConsolePicture {
  /** Fields of /imagine by option name. */
  values: Record<string, string>;
  line: string;
  /** What the form cannot carry: the picture was made from another one. null: it can carry all. */
  note: string | null;
}

/**
 * `GET /api/events`: server-sent events, each named by `type` with the rest as its data. After a break
 * the page reads the feed again.
 */
export type ConsoleEvent =
  | { type: 'request'; request: ConsoleRequest }
  | { type: 'status'; status: ConsoleStatus }
  | { type: 'removed'; requestId: string }
  /** A short line for the person: pictures are ready, a wish was refused. */
  | { type: 'notice'; requestId: string | null; text: string }
  /** The queue changed: read it again. */
  | { type: 'queue' };

export interface ConsoleFailure {
  error: { code: string; message: string };
}

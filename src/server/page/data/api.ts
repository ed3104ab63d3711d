import type {
  ConsoleAction,
  ConsoleCommands,
  ConsoleFailure,
  ConsoleFeed,
  ConsoleInvocation,
  ConsolePicture,
  ConsoleQueue,
  ConsoleReplies,
  ConsoleRequest,
  ConsoleSession,
  ConsoleThread,
} from '../../../types/console.ts';
import type { Suggestion } from '../../../types/command.ts';
import { locale, t } from '../texts/locale.ts';

/** A call that did not work; the message is for the person. */
export class ApiError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
  }
}

export interface FeedQuery {
  before?: string | null;
  search?: string;
  platform?: string;
  limit?: number;
}

export interface Api {
  session(): Promise<ConsoleSession>;
  login(token: string): Promise<void>;
  logout(): Promise<void>;
  commands(): Promise<ConsoleCommands>;
  suggest(command: string, option: string, typed: string): Promise<Suggestion[]>;
  run(invocation: ConsoleInvocation): Promise<ConsoleReplies>;
  act(action: Omit<ConsoleAction, 'id'>): Promise<ConsoleReplies>;
  feed(query: FeedQuery): Promise<ConsoleFeed>;
  thread(id: string): Promise<ConsoleThread>;
  request(id: string): Promise<ConsoleRequest>;
  queue(): Promise<ConsoleQueue>;
  readPicture(file: Blob): Promise<ConsolePicture>;
}

/** `onLoggedOut` is called when the server wants the token again. */
export function createApi({ onLoggedOut }: { onLoggedOut(): void }): Api {
  async function call<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await send(path, init);
    if (response.status === 401 && path !== '/api/login') onLoggedOut();
    if (!response.ok) throw await failureOf(response);
    return (response.status === 204 ? undefined : await response.json()) as Answer;
  }

  async function post<Answer>(path: string, body: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return call(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  return {
    session: () => call('/api/session'),
    login: (token) => post('/api/login', { token }),
    logout: () => post('/api/logout', {}),
    commands: () => call('/api/commands'),
    suggest: (command, option, typed) =>
      call(`/api/suggest?${new URLSearchParams({ command, option, typed })}`),
    run: (invocation) => post('/api/commands', invocation),
    act: (action) => post('/api/actions', { id: freshKey(), ...action }),
    feed: (query) => call(`/api/feed?${feedQuery(query)}`),
    thread: (id) => call(`/api/threads/${encodeURIComponent(id)}`),
    request: (id) => call(`/api/requests/${encodeURIComponent(id)}`),
    queue: () => call('/api/queue'),
    readPicture: (file) =>
      call('/api/picture', {
        method: 'POST',
        headers: { 'content-type': 'image/png' },
        body: file,
      }),
  };
}

function feedQuery({ before, search, platform, limit }: FeedQuery): URLSearchParams {
  const query = new URLSearchParams();
  if (before) query.set('before', before);
  if (search) query.set('search', search);
  if (platform) query.set('platform', platform);
  if (limit) query.set('limit', String(limit));
  return query;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string>), 'x-quartet-locale': locale };
  try {
    return await fetch(path, { ...init, headers });
  } catch {
    throw new ApiError('NETWORK', t('error.network'));
  }
}

async function failureOf(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as ConsoleFailure;
    return new ApiError(error.code, error.message);
  } catch {
    return new ApiError('UNKNOWN', t('error.unknown', { status: response.status }));
  }
}

/** What to show of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof ApiError ? thrown.message : t('error.page');
}

/** A fresh id for a call. `crypto.randomUUID` is missing where the page comes over plain HTTP. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Core } from './core.ts';
import { discordError, DiscordError, formError } from './errors.ts';
import type { FaultPlan, Failure } from './faults.ts';
import { findRequestFault, findResponseFault } from './openapi.ts';
import type { RateLimiter } from './rate-limits.ts';
import { parseBody, readBody } from './request-body.ts';
import { matchRoute, toBody, type MatchedRoute, type Route, type RouteAnswer } from './route.ts';

/** One request that reached the fake, for tests to look at. */
export interface RequestLog {
  method: string;
  /** Decoded, without `/api/v10`. */
  path: string;
  query: string;
  /** The route as Discord's description writes it; `null` when there is none. */
  template: string | null;
  body: unknown;
  files: { key: string; filename: string; sizeBytes: number }[];
  userAgent: string;
  atMs: number;
  /** `null` while it runs and when the connection was cut. */
  status: number | null;
}

export interface HttpOptions {
  core: Core;
  token: string;
  routes: readonly Route[];
  faults: FaultPlan;
  limiter: RateLimiter;
  requests: RequestLog[];
  unexpected: string[];
  /** Filled with answers of ours that Discord's description does not allow; `null` to skip. */
  responseFaults: string[] | null;
}

type Outcome =
  | { kind: 'answer'; answer: RouteAnswer; headers: Record<string, string> }
  | { kind: 'drop'; failure: Failure };

/** Handles every plain HTTP request: files, the API, and a loud 404 for anything else. */
export async function handleRequest(
  options: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (/^\/(ephemeral-)?attachments\//.test(url.pathname)) return serveFile(options, url, response);
  const segments = url.pathname.split('/').slice(1).map(decodeSegment);
  const isApi = segments[0] === 'api' && segments[1] === 'v10';
  const log: RequestLog = {
    method: request.method ?? 'GET',
    path: isApi ? `/${segments.slice(2).join('/')}` : url.pathname,
    query: url.search,
    template: null,
    body: undefined,
    files: [],
    userAgent: request.headers['user-agent'] ?? '',
    atMs: options.core.world.now(),
    status: null,
  };
  options.requests.push(log);
  const matched = isApi ? matchRoute(options.routes, log.method, segments.slice(2)) : null;
  const outcome = await settle(options, request, url, log, matched);
  if (outcome.kind === 'drop') {
    if (outcome.failure.drop === 'close') request.socket.destroy();
    else request.socket.resetAndDestroy();
  } else {
    log.status = outcome.answer.status;
    send(response, outcome.answer, outcome.headers);
  }
  options.core.changed();
}

async function settle(
  options: HttpOptions,
  request: IncomingMessage,
  url: URL,
  log: RequestLog,
  matched: MatchedRoute | null,
): Promise<Outcome> {
  const headers: Record<string, string> = {};
  try {
    const bytes = await readBody(request);
    if (matched === null) {
      options.unexpected.push(`${log.method} ${log.path}`);
      throw discordError('notFound');
    }
    const { template } = matched.route;
    log.template = template;
    const contentType = request.headers['content-type'] ?? '';
    const parsed =
      bytes === 'too-large'
        ? { payload: undefined, files: [] }
        : await parseBody(contentType, bytes);
    log.body = parsed.payload;
    log.files = parsed.files.map((file) => ({
      key: file.key,
      filename: file.filename,
      sizeBytes: file.bytes.length,
    }));
    options.core.changed();
    await options.faults.pass(log.method, log.path);
    const limited = limit(options, log, template, headers);
    if (limited !== null) return { kind: 'answer', answer: limited, headers };
    const failure = options.faults.takeFailure(log.method, log.path);
    if (failure !== null && failure.afterProcessing !== true) return toOutcome(failure, headers);
    if (matched.route.isOpen !== true && request.headers.authorization !== `Bot ${options.token}`) {
      throw discordError('unauthorized');
    }
    if (bytes === 'too-large') throw discordError('entityTooLarge');
    const call = {
      core: options.core,
      params: matched.params,
      query: url.searchParams,
      body: toBody(parsed.payload),
      ...parsed,
    };
    const fault = findRequestFault(log.method, template, parsed.payload ?? {});
    if (fault !== null) {
      matched.route.check?.(call);
      throw formError([{ path: '', code: 'API_DESCRIPTION', message: fault }]);
    }
    const answer = matched.route.run(call);
    if (options.responseFaults !== null) {
      const own = findResponseFault(log.method, template, answer.status, answer.body);
      if (own !== null) options.responseFaults.push(own);
    }
    return failure === null ? { kind: 'answer', answer, headers } : toOutcome(failure, headers);
  } catch (error) {
    if (!(error instanceof DiscordError))
      options.unexpected.push(`${log.method} ${log.path}: ${String(error)}`);
    const known =
      error instanceof DiscordError
        ? error
        : new DiscordError(500, 0, `The fake failed: ${String(error)}`);
    return { kind: 'answer', answer: { status: known.status, body: known.body }, headers };
  }
}

/** Answers 429 when a test ordered it or when the route's bucket is empty. */
function limit(
  options: HttpOptions,
  log: RequestLog,
  template: string,
  headers: Record<string, string>,
): RouteAnswer | null {
  const ordered = options.faults.takeRateLimit(log.method, log.path);
  const bucket = options.limiter.count(log.method, template, log.path);
  Object.assign(headers, bucket.headers);
  if (ordered === null && !bucket.isExceeded) return null;
  const isGlobal = ordered?.global === true;
  const retryAfter = ordered?.retryAfter ?? bucket.retryAfterSeconds;
  headers['Retry-After'] = String(retryAfter);
  headers['X-RateLimit-Scope'] = ordered?.scope ?? (isGlobal ? 'global' : 'user');
  if (isGlobal) headers['X-RateLimit-Global'] = 'true';
  return {
    status: 429,
    body: { message: 'You are being rate limited.', retry_after: retryAfter, global: isGlobal },
  };
}

function toOutcome(failure: Failure, headers: Record<string, string>): Outcome {
  if (failure.drop !== undefined) return { kind: 'drop', failure };
  const status = failure.status ?? 500;
  const body = {
    message: failure.message ?? `${status}: ordered by the test`,
    code: failure.code ?? 0,
  };
  return { kind: 'answer', answer: { status, body }, headers };
}

function send(
  response: ServerResponse,
  answer: RouteAnswer,
  headers: Record<string, string>,
): void {
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
  response.writeHead(
    answer.status,
    text === '' ? headers : { ...headers, 'Content-Type': 'application/json' },
  );
  response.end(text);
}

function serveFile(options: HttpOptions, url: URL, response: ServerResponse): void {
  const file = options.core.world.files.get(url.pathname.split('/')[3] ?? '');
  if (file === undefined) {
    response
      .writeHead(404, { 'Content-Type': 'text/plain' })
      .end('This content is no longer available.');
    return;
  }
  response
    .writeHead(200, { 'Content-Type': file.contentType, 'Content-Length': file.bytes.length })
    .end(file.bytes);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaultPlan, Failure } from './faults.ts';
import { isObject, toText, type Json } from './json.ts';
import { methods } from './methods.ts';
import { refuse, type Core } from './method.ts';
import type { TierLimiter } from './rate-limits.ts';
import { findArgumentFault } from './specs.ts';

/** One call that reached the fake, for tests to look at. */
export interface CallLog {
  method: string;
  args: Json;
  atMs: number;
  /** null while it runs and when the connection was cut. */
  answer: Json | null;
}

export interface Tokens {
  bot: string;
  app: string;
  /** What is answered in place of anything else, once a token was taken away. */
  revoked: string | null;
}

export interface WebApiOptions {
  core: Core;
  tokens: Tokens;
  faults: FaultPlan;
  limiter: TierLimiter | null;
  calls: CallLog[];
  unexpected: string[];
}

/** Answers one `POST /api/METHOD`. */
export async function answerCall(
  options: WebApiOptions,
  method: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const { core, faults, calls } = options;
  const args = readArguments(options, method, request, body);
  const log: CallLog = { method, args, atMs: core.world.now(), answer: null };
  calls.push(log);
  await faults.waitAtDoor(method);
  const failure = faults.take(method);
  const wait =
    options.limiter?.take(method, methods[method]?.tier ?? 4, toText(args['channel'])) ?? 0;
  if (wait > 0) return fail(response, { status: 429, retryAfter: wait });
  let answer: Json = refuse('unknown_method', { req_method: method });
  if (failure === null || failure.afterProcessing) answer = perform(options, method, args, request);
  if (failure !== null) {
    if (failure.error === undefined) return fail(response, failure);
    answer = refuse(failure.error, failure.more);
  }
  log.answer = answer;
  core.changed();
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('x-oauth-scopes', core.scopes().join(','));
  response.end(JSON.stringify(answer));
}

function perform(options: WebApiOptions, name: string, args: Json, request: IncomingMessage): Json {
  const { core, tokens, unexpected } = options;
  const method = methods[name];
  if (!method) {
    unexpected.push(`unknown method ${name}`);
    return refuse('unknown_method', { req_method: name });
  }
  const given =
    /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? toText(args['token']);
  const fault = tokenFault(tokens, given, method.token);
  if (fault !== null) return refuse(fault);
  const needed =
    typeof method.scopes === 'function'
      ? method.scopes(core.world.channels.get(toText(args['channel'])))
      : method.scopes;
  const provided = method.token === 'app' ? needed : core.scopes();
  if (needed.length > 0 && !needed.some((scope) => provided.includes(scope)))
    return refuse('missing_scope', { needed: needed[0], provided: provided.join(',') });
  const isJson = (request.headers['content-type'] ?? '').startsWith('application/json');
  // Source: docs.slack.dev; it takes its arguments as a form only.
  if (isJson && name === 'files.getUploadURLExternal') return refuse('invalid_arguments');
  const argumentFault = findArgumentFault(name, args);
  if (argumentFault !== null) {
    unexpected.push(argumentFault);
    return refuse('invalid_arguments', { response_metadata: { messages: [argumentFault] } });
  }
  return method.run(core, args);
}

function tokenFault(
  { bot, app, revoked }: Tokens,
  given: string,
  wanted: 'bot' | 'app',
): string | null {
  if (given === '') return 'not_authed';
  if (given !== bot && given !== app) return 'invalid_auth';
  if (revoked !== null) return revoked;
  return given === (wanted === 'bot' ? bot : app) ? null : 'not_allowed_token_type';
}

function fail(response: ServerResponse, { status, retryAfter, drop }: Failure): void {
  if (drop) {
    response.destroy();
    return;
  }
  if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter));
  response.writeHead(status ?? 500).end('');
}

/** Form fields; what is nested is JSON in a field. */
function readArguments(
  options: WebApiOptions,
  method: string,
  request: IncomingMessage,
  body: Buffer,
): Json {
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) {
    const parsed: unknown = JSON.parse(body.toString() || '{}');
    return isObject(parsed) ? parsed : {};
  }
  if (!type.startsWith('application/x-www-form-urlencoded') && body.length > 0)
    options.unexpected.push(`${method} came as ${type}`);
  const fields = new URLSearchParams(body.toString());
  return Object.fromEntries([...fields].map(([name, value]) => [name, decode(value)]));
}

function decode(value: string): unknown {
  if (!/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { botScopes } from '#src/platforms/slack/scopes.ts';
import { createMethods, type Json, type World } from './methods.ts';

/**
 * A small Slack on loopback for the adapter's contract: it keeps messages, reactions and files,
 * speaks Socket Mode, and fails the way a test tells it to.
 */
export interface StandIn {
  apiUrl: string;
  url: string;
  world: World;
  /** Every call of the Web API, in order. */
  calls: { method: string; args: Json; token: string }[];
  /** What was posted to a response_url. */
  responses: Json[];
  /** Uploaded bodies by file id. */
  uploads: Map<string, Buffer>;
  /** The next calls of a method fail; `isDone` carries the call out all the same. */
  fail(method: string, failure: Failure, times?: number): void;
  /** Sends an envelope over the socket and gives the acknowledgement's payload. */
  deliver(type: string, payload: Json): Promise<Json>;
  /** `asked` is Slack's own request for a new connection, `lost` a broken line. */
  dropSocket(how: 'asked' | 'lost'): void;
  /** Resolves when a further connection has greeted. */
  nextConnection(): Promise<void>;
  methodsCalled(method: string): Json[];
  stop(): Promise<void>;
}

export type Failure =
  | { error: string; needed?: string; isDone?: boolean }
  | { status: number; retryAfter?: number; isDone?: boolean };

export async function startStandIn(): Promise<StandIn> {
  const failures = new Map<string, Failure[]>();
  const calls: StandIn['calls'] = [];
  const responses: Json[] = [];
  const uploads = new Map<string, Buffer>();
  const acks = new Map<string, (payload: Json) => void>();
  let waiting: (() => void)[] = [];
  let socket: WebSocket | null = null;
  let envelopes = 0;
  let url = '';
  const world: World = {
    scopes: Object.keys(botScopes),
    messages: [],
    files: new Map(),
    infosUntilReady: 0,
    members: new Set(['C0001', 'C0002', 'D0001']),
    users: new Map([
      ['U0001', { real_name: 'Alice', locale: 'en-US' }],
      ['U0002', { real_name: '小宝', locale: 'zh-CN' }],
      ['U0003', { real_name: 'Carol', locale: 'en-US', is_admin: true }],
    ]),
    clock: 0,
    url: () => url,
  };
  const methods = createMethods(world);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0]!;
    const body = await readBody(request);
    if (path.startsWith('/response/')) {
      responses.push(JSON.parse(body.toString()) as Json);
      response.end('ok');
    } else if (path.startsWith('/upload/')) {
      const failure = failures.get('upload')?.shift();
      if (failure !== undefined && 'status' in failure) {
        response.writeHead(failure.status).end();
        return;
      }
      uploads.set(path.slice('/upload/'.length), body);
      response.end(`OK - ${body.length}`);
    } else {
      answerCall(path.replace('/api/', ''), request, body, response);
    }
  }

  function answerCall(
    method: string,
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
  ): void {
    const args = decodeForm(body.toString());
    calls.push({ method, args, token: request.headers.authorization ?? '' });
    const failure = failures.get(method)?.shift();
    const handler = methods[method];
    let result: Json = { ok: false, error: 'unknown_method' };
    if (failure === undefined || failure.isDone) result = handler?.(args) ?? result;
    if (failure !== undefined && 'status' in failure) {
      if (failure.retryAfter !== undefined) response.setHeader('retry-after', failure.retryAfter);
      response.writeHead(failure.status).end('failed');
      return;
    }
    if (failure !== undefined) {
      const { isDone: _, ...rest } = failure;
      result = { ok: false, ...rest };
    }
    response.setHeader('content-type', 'application/json');
    response.setHeader('x-oauth-scopes', world.scopes.join(','));
    response.end(JSON.stringify(result));
  }

  const server = createServer((request, response) => void serve(request, response));
  const sockets = new WebSocketServer({ server, path: '/link' });
  sockets.on('connection', (opened) => {
    socket = opened;
    opened.send(JSON.stringify({ type: 'hello', num_connections: 1 }));
    opened.on('message', (data) => {
      const { envelope_id, payload } = JSON.parse(String(data)) as Json;
      acks.get(String(envelope_id))?.((payload ?? {}) as Json);
    });
    for (const resolve of waiting) resolve();
    waiting = [];
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    apiUrl: `${url}/api/`,
    url,
    world,
    calls,
    responses,
    uploads,
    fail(method, failure, times = 1) {
      const list = failures.get(method) ?? [];
      for (let count = 0; count < times; count += 1) list.push(failure);
      failures.set(method, list);
    },
    deliver(type, payload) {
      envelopes += 1;
      const envelope_id = `e${envelopes}`;
      return new Promise((resolve) => {
        acks.set(envelope_id, resolve);
        socket?.send(
          JSON.stringify({ envelope_id, type, payload, accepts_response_payload: true }),
        );
      });
    },
    dropSocket(how) {
      if (how === 'lost') socket?.terminate();
      else socket?.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
    },
    nextConnection: () => new Promise((resolve) => waiting.push(resolve)),
    methodsCalled: (method) => calls.filter((one) => one.method === method).map((one) => one.args),
    async stop() {
      for (const one of sockets.clients) one.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** The library sends forms with nested values as JSON. */
function decodeForm(text: string): Json {
  const args: Json = {};
  for (const [name, value] of new URLSearchParams(text)) {
    args[name] = /^[[{]/.test(value) ? JSON.parse(value) : value;
  }
  return args;
}

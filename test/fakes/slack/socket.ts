import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { toText, type Json } from './json.ts';
import { appId } from './world.ts';

export type EnvelopeType = 'slash_commands' | 'events_api' | 'interactive';

export interface SocketLink {
  /** Resolves with the acknowledgement's payload, or null when none came in time. */
  deliver(
    type: EnvelopeType,
    payload: Json,
    retry?: { attempt: number; reason: string },
  ): Promise<Json | null>;
  openTicket(): string;
  readonly connections: number;
  /** `asked`: Slack wants a new connection; `lost`: the line breaks. */
  drop(how: 'asked' | 'lost'): void;
  close(): void;
}

export interface SocketOptions {
  server: Server;
  ackMs: number;
  changed(): void;
  unexpected: string[];
}

/** Socket Mode: a ticket opens one connection, every envelope wants its acknowledgement. */
export function createSocketLink({
  server,
  ackMs,
  changed,
  unexpected,
}: SocketOptions): SocketLink {
  const tickets = new Set<string>();
  const open: WebSocket[] = [];
  const waiting = new Map<string, (payload: Json) => void>();
  const sockets = new WebSocketServer({ noServer: true });

  server.on('upgrade', (request, stream, head) => {
    const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';
    if (!tickets.delete(ticket)) {
      unexpected.push('a connection with a ticket that is not valid');
      stream.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, greet);
  });

  function greet(socket: WebSocket): void {
    open.push(socket);
    socket.on('close', () => {
      open.splice(open.indexOf(socket), 1);
      changed();
    });
    socket.on('message', (data) => {
      const { envelope_id: id, payload } = JSON.parse(String(data)) as Json;
      const resolve = waiting.get(toText(id));
      if (!resolve)
        return void unexpected.push(`an acknowledgement of ${toText(id)}, which nobody waits for`);
      resolve((payload ?? {}) as Json);
    });
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: open.length,
        connection_info: { app_id: appId },
        debug_info: { host: 'fake', build_number: 1, approximate_connection_time: 18_060 },
      }),
    );
    changed();
  }

  return {
    deliver(type, payload, retry) {
      // Slack picks any of an app's connections; the newest is the one that is not about to be closed.
      const socket = open.at(-1);
      if (!socket) return Promise.resolve(null);
      const envelope_id = randomUUID();
      const { promise, resolve } = Promise.withResolvers<Json | null>();
      const timer = setTimeout(() => {
        waiting.delete(envelope_id);
        resolve(null);
      }, ackMs);
      waiting.set(envelope_id, (answer) => {
        clearTimeout(timer);
        waiting.delete(envelope_id);
        resolve(answer);
      });
      socket.send(
        JSON.stringify({
          envelope_id,
          type,
          accepts_response_payload: type !== 'events_api',
          ...(type === 'events_api' && {
            retry_attempt: retry?.attempt ?? 0,
            retry_reason: retry?.reason ?? '',
          }),
          payload,
        }),
      );
      return promise;
    },
    openTicket() {
      const ticket = randomUUID();
      tickets.add(ticket);
      return ticket;
    },
    get connections() {
      return open.length;
    },
    drop(how) {
      for (const socket of open.slice()) {
        if (how === 'lost') socket.terminate();
        else
          socket.send(
            JSON.stringify({
              type: 'disconnect',
              reason: 'refresh_requested',
              debug_info: { host: 'fake' },
            }),
          );
      }
    },
    close() {
      for (const socket of open.slice()) socket.terminate();
      sockets.close();
    },
  };
}

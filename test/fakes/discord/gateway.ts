import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { GatewaySession } from './gateway-session.ts';
import { intentBits, maxIntents, privilegedIntents, type IntentName } from './intents.ts';
import { isObject, toObject, type Json } from './json.ts';
import { toUserJson } from './serialize.ts';
import { toGuildCreateJson } from './serialize-guild.ts';
import type { World } from './world.ts';
import type { FakeChannel } from './world-types.ts';

export interface GatewayOptions {
  world: World;
  token: string;
  heartbeatIntervalMs: number;
  allowedPrivilegedIntents: readonly string[];
  onChange: () => void;
  onUnexpected: (what: string) => void;
}

/** What an event says: the same for all, or depending on what a connection may read. */
type EventData = Json | ((intents: number) => Json);

/** The event side of the platform: HELLO, IDENTIFY, heartbeats, RESUME and dispatches. */
export class Gateway {
  private readonly options: GatewayOptions;
  private readonly server = new WebSocketServer({ noServer: true });
  private readonly sessions = new Set<GatewaySession>();
  private readonly sockets = new Map<WebSocket, GatewaySession | null>();
  /** How often each kind of start was accepted. */
  readonly counts = { identify: 0, resume: 0, heartbeat: 0 };

  constructor(options: GatewayOptions) {
    this.options = options;
  }

  /** Sessions that have a live connection. */
  get connectedSessions(): GatewaySession[] {
    return [...this.sessions].filter((session) => session.socket !== null);
  }

  /** Sends an event to every session that covers the guild and asked for one of the intents. */
  dispatch(type: string, data: EventData, guildId: string | null, intent?: IntentName): void {
    for (const session of this.sessions) {
      const isWanted = intent === undefined || (session.intents & intentBits[intent]) !== 0;
      if (!isWanted || !session.covers(guildId)) continue;
      session.dispatch(type, typeof data === 'function' ? data(session.intents) : data);
    }
  }

  /** Sends an event of a channel, unless the bot cannot see that channel. */
  dispatchIn(
    channel: FakeChannel,
    type: string,
    data: EventData,
    inGuild: IntentName,
    inDm: IntentName,
  ): void {
    const { world } = this.options;
    if (!world.can(world.botId, channel, 'VIEW_CHANNEL')) return;
    this.dispatch(type, data, channel.guildId, channel.guildId === null ? inDm : inGuild);
  }

  /** Cuts every connection; a session that is not resumable must identify anew. */
  drop(options: {
    resumable?: boolean;
    how?: 'terminate' | 'reconnect' | 'invalid-session' | number;
  }): void {
    const { resumable = true, how = 'terminate' } = options;
    for (const [socket, session] of this.sockets) {
      if (session !== null) {
        session.isResumable = resumable;
        session.socket = null;
        if (!resumable) this.sessions.delete(session);
      }
      if (how === 'terminate') socket.terminate();
      else if (how === 'reconnect') socket.send(JSON.stringify({ op: 7, d: null }));
      else if (how === 'invalid-session') socket.send(JSON.stringify({ op: 9, d: resumable }));
      else socket.close(how);
    }
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const query = `v=${url.searchParams.get('v')} encoding=${url.searchParams.get('encoding')} compress=${url.searchParams.get('compress')}`;
    if (query !== 'v=10 encoding=json compress=null') {
      this.options.onUnexpected(`gateway connection with ${query}`);
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      return;
    }
    this.server.handleUpgrade(request, socket, head, (client) => this.welcome(client));
  }

  close(): void {
    for (const socket of this.sockets.keys()) socket.terminate();
    this.server.close();
  }

  private welcome(socket: WebSocket): void {
    this.sockets.set(socket, null);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      const session = this.sockets.get(socket);
      if (session?.socket === socket) session.socket = null;
      this.sockets.delete(socket);
      this.options.onChange();
    });
    socket.on('message', (data) => this.receive(socket, String(data)));
    send(socket, 10, { heartbeat_interval: this.options.heartbeatIntervalMs });
  }

  private receive(socket: WebSocket, text: string): void {
    const frame = parseFrame(text);
    if (frame === null) return socket.close(4002, 'Error while decoding payload.');
    const session = this.sockets.get(socket) ?? null;
    const op = frame['op'];
    if (op === 1) {
      this.counts.heartbeat += 1;
      return send(socket, 11, undefined);
    }
    if (op === 2) return this.identify(socket, session, toObject(frame['d']));
    if (op === 6) return this.resume(socket, session, toObject(frame['d']));
    if (session === null) return socket.close(4003, 'Not authenticated.');
    if (op === 3 || op === 4 || op === 8) return;
    socket.close(4001, 'Unknown opcode.');
  }

  private identify(socket: WebSocket, existing: GatewaySession | null, data: Json): void {
    const refusal = existing === null ? this.refuseIdentify(data) : 4005;
    if (refusal !== null) return socket.close(refusal, closeReasons[refusal]);
    const [index, count] = Array.isArray(data['shard']) ? data['shard'] : [0, 1];
    const session = new GatewaySession(socket, Number(data['intents']), [
      Number(index),
      Number(count),
    ]);
    this.sessions.add(session);
    this.sockets.set(socket, session);
    this.counts.identify += 1;
    const { world } = this.options;
    const guilds = [...world.guilds.values()].filter((guild) => session.covers(guild.id));
    session.dispatch('READY', {
      v: 10,
      user: {
        ...toUserJson(world.requireUser(world.botId)),
        verified: true,
        mfa_enabled: true,
        email: null,
      },
      user_settings: {},
      private_channels: [],
      relationships: [],
      guilds: guilds.map((guild) => ({ id: guild.id, unavailable: true })),
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: `${world.origin.replace('http', 'ws')}/resume`,
      shard: session.shard,
      application: { id: world.application.id, flags: 0 },
    });
    if ((session.intents & intentBits.GUILDS) !== 0) {
      for (const guild of guilds) session.dispatch('GUILD_CREATE', toGuildCreateJson(world, guild));
    }
    this.options.onChange();
  }

  private refuseIdentify(data: Json): keyof typeof closeReasons | null {
    if (data['token'] !== this.options.token) return 4004;
    const shard = data['shard'];
    if (shard !== undefined) {
      if (!Array.isArray(shard) || !(Number(shard[0]) >= 0 && Number(shard[0]) < Number(shard[1])))
        return 4010;
    }
    const intents = data['intents'];
    if (
      typeof intents !== 'number' ||
      !Number.isInteger(intents) ||
      intents < 0 ||
      intents >= maxIntents
    )
      return 4013;
    const isRefused = privilegedIntents.some(
      (name) =>
        (intents & intentBits[name]) !== 0 && !this.options.allowedPrivilegedIntents.includes(name),
    );
    return isRefused ? 4014 : null;
  }

  private resume(socket: WebSocket, existing: GatewaySession | null, data: Json): void {
    if (existing !== null) return socket.close(4005, closeReasons[4005]);
    if (data['token'] !== this.options.token) return socket.close(4004, closeReasons[4004]);
    const session = [...this.sessions].find((candidate) => candidate.id === data['session_id']);
    const sequence = Number(data['seq']);
    if (session === undefined || !session.canResumeFrom(sequence)) return send(socket, 9, false);
    this.sockets.set(socket, session);
    this.counts.resume += 1;
    session.resume(socket, sequence);
    this.options.onChange();
  }
}

const closeReasons = {
  4004: 'Authentication failed.',
  4005: 'Already authenticated.',
  4010: 'Invalid shard.',
  4013: 'Invalid intent(s).',
  4014: 'Disallowed intent(s).',
} as const;

function send(socket: WebSocket, op: number, data: unknown): void {
  socket.send(JSON.stringify({ op, d: data, s: null, t: null }));
}

function parseFrame(text: string): Json | null {
  try {
    const frame: unknown = JSON.parse(text);
    return isObject(frame) ? frame : null;
  } catch {
    return null;
  }
}

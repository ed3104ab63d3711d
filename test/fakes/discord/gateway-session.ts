import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Json } from './json.ts';

interface SentDispatch {
  sequence: number;
  frame: string;
}

/** One gateway session: it outlives its socket, so that a dropped client can resume. */
export class GatewaySession {
  readonly id = randomUUID().replaceAll('-', '');
  readonly intents: number;
  readonly shard: readonly [number, number];
  socket: WebSocket | null;
  isResumable = true;
  private sequence = 0;
  private sent: SentDispatch[] = [];

  constructor(socket: WebSocket, intents: number, shard: readonly [number, number]) {
    this.socket = socket;
    this.intents = intents;
    this.shard = shard;
  }

  /** Sends an event, or keeps it for a resume while nobody is connected. */
  dispatch(type: string, data: Json): void {
    this.sequence += 1;
    const frame = JSON.stringify({ op: 0, t: type, s: this.sequence, d: data });
    this.sent.push({ sequence: this.sequence, frame });
    this.socket?.send(frame);
  }

  /** Whether the client may go on from this sequence number. */
  canResumeFrom(sequence: number): boolean {
    return this.isResumable && Number.isInteger(sequence) && sequence <= this.sequence;
  }

  /** Takes the new socket and repeats all that the client has not seen. */
  resume(socket: WebSocket, sequence: number): void {
    this.socket = socket;
    for (const sent of this.sent) {
      if (sent.sequence > sequence) socket.send(sent.frame);
    }
    this.sent = this.sent.filter((sent) => sent.sequence > sequence);
    this.dispatch('RESUMED', {});
  }

  /** Guilds are spread over shards by their id; direct messages go to shard 0. */
  covers(guildId: string | null): boolean {
    const [index, count] = this.shard;
    if (guildId === null) return index === 0;
    return Number((BigInt(guildId) >> 22n) % BigInt(count)) === index;
  }
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { botScopes } from '#src/platforms/slack/scopes.ts';
import { Watcher } from '../discord/watcher.ts';
import { FaultPlan, type Failure, type Hold } from './faults.ts';
import { createHttpLink } from './http-link.ts';
import { isObject, toText, type Json } from './json.ts';
import type { Core } from './method.ts';
import { whyNotBody } from './methods-chat.ts';
import { eventPayload } from './payloads.ts';
import { Person } from './person.ts';
import { TierLimiter } from './rate-limits.ts';
import { takeSnapshot, type Snapshot } from './snapshot.ts';
import { createSocketLink, type EnvelopeType } from './socket.ts';
import { hasWebApi } from './specs.ts';
import { answerCall, type CallLog, type Tokens } from './web-api.ts';
import { botUserId, World, type FakeMessage } from './world.ts';

/** The workspace that a fake starts with. */
export const slackIds = {
  general: 'C0001',
  design: 'C0002',
  /** Private, and the bot is in it. */
  studio: 'C0003',
  /** The bot is not in it. */
  random: 'C0004',
  /** Speaks English. */
  alice: 'U0001',
  /** Speaks Chinese. */
  bao: 'U0002',
  /** An admin. */
  carol: 'U0003',
} as const;

export interface FakeSlackOptions {
  port?: number;
  now?: () => number;
  botToken?: string;
  appToken?: string;
  signingSecret?: string;
  /** `real`: Slack's tiers; default: none. */
  limits?: 'real' | 'none';
  /** How long an acknowledgement is waited for. */
  ackMs?: number;
  /** Between two deliveries of an event that was not acknowledged. */
  redeliverMs?: number;
  fileReadyMs?: number;
  /** Hears every payload on its way to the app. */
  onDeliver?: (payload: Json) => void;
  /** Slash commands of the app's manifest. */
  commands?: string[];
}

export interface FakeSlack {
  /** As `https://slack.com/api/`. */
  readonly apiUrl: string;
  readonly origin: string;
  readonly tokens: Tokens;
  readonly signingSecret: string;
  readonly world: World;
  readonly calls: CallLog[];
  /** What no app should send, and what its description does not know. */
  readonly unexpected: string[];
  /** Whether arguments are also checked against Slack's own description. */
  readonly specsUsed: boolean;
  readonly connections: number;
  asUser(userId: string): Person;
  /** One payload as it is, for what no client would send; resolves with its acknowledgement. */
  deliver(type: EnvelopeType, payload: Json): Promise<Json | null>;
  /** What everybody sees in a channel or thread, oldest first. */
  messages(channelId: string, threadTs?: string | null): FakeMessage[];
  methodsCalled(method: string): Json[];
  waitFor<T>(predicate: () => T, timeoutMs?: number, what?: string): Promise<NonNullable<T>>;
  onChange(listener: () => void): () => void;
  snapshot(): Snapshot;
  failNext(method: string, failure: Failure): void;
  rateLimitNext(method: string, retryAfter: number, times?: number): void;
  holdNext(method: string): Hold;
  setScopes(scopes: string[]): void;
  /** Every call is answered so from now on: `token_revoked`, `token_expired`, `account_inactive`; null: all is well. */
  setTokenFault(error: string | null): void;
  /** Acts as if so many further acknowledgements of events had not come: each event is sent again. */
  loseAcknowledgements(count: number): void;
  /** Events that were sent again. */
  readonly redeliveries: number;
  /** Sends an event once more, as Slack does when in doubt. */
  resendLastEvent(): Promise<void>;
  /** Sends the last command or button once more, as a network in between may. */
  resendLastCommand(): Promise<void>;
  dropSocket(how: 'asked' | 'lost'): void;
  /** From now on events go there, signed, instead of over sockets. */
  deliverTo(url: string): void;
  /** Slack's check of an address. */
  verifyUrl(url: string): Promise<Json | null>;
  close(): Promise<void>;
}

const mostRedeliveries = 3;

/** Starts a strict stand-in for Slack's Web API, Socket Mode and HTTP events on one loopback port. */
export async function startFakeSlack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const now = options.now ?? Date.now;
  const ackMs = options.ackMs ?? 3000;
  const commands = options.commands ?? ['/imagine', '/quartet'];
  const signingSecret = options.signingSecret ?? 'fake-signing-secret';
  const tokens: Tokens = {
    bot: options.botToken ?? 'xoxb-fake',
    app: options.appToken ?? 'xapp-fake',
    revoked: null,
  };
  const world = new World({ now, fileReadyMs: options.fileReadyMs ?? 30 });
  const watcher = new Watcher();
  const faults = new FaultPlan();
  const calls: CallLog[] = [];
  const unexpected: string[] = [];
  let scopes = Object.keys(botScopes);
  let origin = '';
  let webhook: string | null = null;
  let lastEvent: Json | null = null;
  let lastCommand: { type: EnvelopeType; payload: Json } | null = null;
  let isClosed = false;
  let lostAcks = 0;
  let redeliveries = 0;
  furnish(world);

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      unexpected.push(`the fake broke: ${String(error)}`);
      response.destroy();
    });
  });
  const socket = createSocketLink({ server, ackMs, changed: watcher.changed, unexpected });

  const deliver = (
    type: EnvelopeType,
    payload: Json,
    retry?: { attempt: number; reason: string },
  ) => {
    if (type !== 'events_api') lastCommand = { type, payload };
    options.onDeliver?.(payload);
    return webhook === null
      ? socket.deliver(type, payload, retry)
      : createHttpLink({ url: webhook, signingSecret, ackMs, now }).deliver(type, payload, retry);
  };

  /** At least once: what is not acknowledged comes again. */
  async function deliverEvent(payload: Json, attempt = 0): Promise<void> {
    if (isClosed) return;
    lastEvent = payload;
    const retry = attempt === 0 ? undefined : { attempt, reason: 'timeout' };
    const isTaken = (await deliver('events_api', payload, retry)) !== null;
    if (attempt > 0) redeliveries += 1;
    const isLost = isTaken && lostAcks > 0;
    if (isLost) lostAcks -= 1;
    if ((isTaken && !isLost) || attempt >= mostRedeliveries) return;
    setTimeout(
      () => void deliverEvent(payload, attempt + 1),
      options.redeliverMs ?? 60_000,
    ).unref();
  }

  const core: Core = {
    world,
    origin: () => origin,
    changed: watcher.changed,
    openTicket: socket.openTicket,
    scopes: () => scopes,
    event(event) {
      const item = isObject(event['item']) ? event['item'] : event;
      const channel = world.channels.get(toText(item['channel']));
      // Only where the app is a member.
      if (channel?.members.has(botUserId)) void deliverEvent(eventPayload(event));
    },
  };
  const limiter = options.limits === 'real' ? new TierLimiter(now) : null;
  const webApi = { core, tokens, faults, limiter, calls, unexpected };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] as string;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (path.startsWith('/api/'))
      return answerCall(webApi, path.slice('/api/'.length), request, body, response);
    if (path.startsWith('/upload/v1/'))
      return upload(path.slice('/upload/v1/'.length), body, response);
    if (path.startsWith('/response/'))
      return respond(path.slice('/response/'.length), body, response);
    const file = world.files.get(path.split('/')[2] ?? '');
    if (path.startsWith('/files/') && file?.bytes) {
      response.setHeader('content-type', 'image/png');
      response.end(file.bytes);
      return;
    }
    response.writeHead(404).end();
  }

  function ordered(method: string, response: ServerResponse): boolean {
    const failure = faults.take(method);
    if (failure === null) return false;
    if (failure.drop) response.destroy();
    else response.writeHead(failure.status ?? 500).end();
    return true;
  }

  function upload(id: string, body: Buffer, response: ServerResponse): void {
    if (ordered('upload', response)) return;
    const file = world.files.get(id);
    if (!file || file.length !== body.length) {
      unexpected.push(
        `an upload of ${body.length} bytes where ${file?.length ?? 'none'} were announced`,
      );
      response.writeHead(400).end('length mismatch');
      return;
    }
    file.bytes = body;
    watcher.changed();
    response.end(`OK - ${body.length}`);
  }

  function respond(id: string, body: Buffer, response: ServerResponse): void {
    const message = JSON.parse(body.toString()) as Json;
    calls.push({ method: 'response_url', args: message, atMs: now(), answer: null });
    if (ordered('response_url', response)) return;
    const url = world.useResponseUrl(id);
    if ('error' in url) {
      response.writeHead(404).end(url.error);
      return;
    }
    const fault = whyNotBody(core, message);
    if (fault) {
      unexpected.push(`response_url: ${JSON.stringify(fault)}`);
      response.writeHead(400).end(toText(fault['error']));
      return;
    }
    if (message['replace_original'] === true && url.originTs !== null) {
      const at = world.messages.findIndex(
        ({ ts, channel }) => ts === url.originTs && channel === url.channel,
      );
      if (at !== -1) world.messages.splice(at, 1);
    }
    world.post({
      channel: url.channel,
      threadTs: toText(message['thread_ts']) || url.threadTs,
      user: botUserId,
      text: toText(message['text']),
      blocks: (message['blocks'] ?? []) as Json[],
      ephemeralFor: message['response_type'] === 'in_channel' ? null : url.userId,
    });
    watcher.changed();
    response.end('ok');
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    apiUrl: `${origin}/api/`,
    origin,
    tokens,
    signingSecret,
    world,
    calls,
    unexpected,
    specsUsed: hasWebApi(),
    get connections() {
      return socket.connections;
    },
    deliver,
    asUser: (userId) => new Person(core, userId, deliver, commands),
    messages: (channelId, threadTs = null) =>
      world.messages.filter(
        (one) =>
          one.channel === channelId && one.threadTs === threadTs && one.ephemeralFor === null,
      ),
    methodsCalled: (method) => calls.filter((one) => one.method === method).map(({ args }) => args),
    waitFor: (predicate, timeoutMs = 10_000, what = 'a change in Slack') =>
      watcher.waitFor(predicate, timeoutMs, what),
    onChange: watcher.onChange,
    snapshot: () => takeSnapshot(world, origin, webhook !== null || socket.connections > 0),
    failNext: faults.failNext,
    rateLimitNext: faults.rateLimitNext,
    holdNext: faults.holdNext,
    setScopes: (given) => (scopes = given),
    setTokenFault: (error) => (tokens.revoked = error),
    async resendLastEvent() {
      if (lastEvent) await deliver('events_api', lastEvent, { attempt: 1, reason: 'timeout' });
    },
    async resendLastCommand() {
      if (lastCommand) await deliver(lastCommand.type, lastCommand.payload);
    },
    loseAcknowledgements: (count) => (lostAcks += count),
    get redeliveries() {
      return redeliveries;
    },
    dropSocket: socket.drop,
    deliverTo: (url) => (webhook = url),
    verifyUrl: (url) =>
      createHttpLink({ url, signingSecret, ackMs, now }).deliver('events_api', {
        type: 'url_verification', token: 'v', challenge: 'a-challenge',
      }), // prettier-ignore
    async close() {
      isClosed = true;
      socket.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function furnish(world: World): void {
  const people = [
    { id: slackIds.alice, name: 'alice', realName: 'Alice', locale: 'en-US', isAdmin: false },
    { id: slackIds.bao, name: 'bao', realName: '小宝', locale: 'zh-CN', isAdmin: false },
    { id: slackIds.carol, name: 'carol', realName: 'Carol', locale: 'en-US', isAdmin: true },
  ];
  for (const person of people) world.users.set(person.id, person);
  const everybody = people.map(({ id }) => id);
  const add = (id: string, name: string, kind: 'public' | 'private', hasBot: boolean) =>
    world.channels.set(id, {
      id,
      name,
      kind,
      isArchived: false,
      members: new Set(hasBot ? [...everybody, botUserId] : everybody),
    });
  add(slackIds.general, 'general', 'public', true);
  add(slackIds.design, 'design', 'public', true);
  add(slackIds.studio, 'studio', 'private', true);
  add(slackIds.random, 'random', 'public', false);
  for (const id of everybody) world.directChannel(id);
}

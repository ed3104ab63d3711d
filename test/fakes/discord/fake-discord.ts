import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Core } from './core.ts';
import {
  FaultPlan,
  type Failure,
  type Hold,
  type RateLimitFault,
  type RoutePattern,
} from './faults.ts';
import { Gateway } from './gateway.ts';
import { handleRequest, type RequestLog } from './http-server.ts';
import type { PrivilegedIntent } from './intents.ts';
import { InteractionBook } from './interaction-book.ts';
import { hasOpenApi } from './openapi.ts';
import { toBits, type PermissionName } from './permissions.ts';
import { Person } from './person.ts';
import { RateLimiter, type RateLimitRule } from './rate-limits.ts';
import { applicationRoutes } from './routes-application.ts';
import { channelRoutes } from './routes-channels.ts';
import { interactionRoutes } from './routes-interactions.ts';
import { threadRoutes } from './routes-threads.ts';
import { toChannelJson } from './serialize.ts';
import { takeSnapshot, type Snapshot } from './snapshot.ts';
import { removeChannel, setThreadState } from './threads.ts';
import { Watcher } from './watcher.ts';
import { World } from './world.ts';
import type { FakeMessage, GuildSpec, UserSpec } from './world-types.ts';

/** The world that a fake starts with unless it is told otherwise. */
export const defaultIds = {
  application: '100000000000000001',
  guild: '200000000000000001',
  general: '300000000000000001',
  design: '300000000000000002',
  /** Speaks English. */
  alice: '400000000000000001',
  /** Speaks Chinese. */
  bao: '400000000000000002',
  /** May manage the server. */
  carol: '400000000000000003',
} as const;

export interface FakeDiscordOptions {
  token?: string;
  application?: { id: string; name: string };
  guilds?: GuildSpec[];
  /** People outside every server. */
  users?: UserSpec[];
  /** 0 takes any free port. */
  port?: number;
  /** The clock of ids, answer windows, tokens and nonces, in milliseconds. */
  now?: () => number;
  rateLimits?: RateLimitRule[];
  heartbeatIntervalMs?: number;
  allowedPrivilegedIntents?: PrivilegedIntent[];
  nonceWindowMs?: number;
  /** Also holds the fake's own answers against Discord's description; see `responseFaults`. */
  checkResponses?: boolean;
}

const defaultGuilds: GuildSpec[] = [
  {
    id: defaultIds.guild,
    name: 'Studio',
    ownerId: '900000000000000001',
    channels: [
      { id: defaultIds.general, name: 'general' },
      { id: defaultIds.design, name: 'design' },
    ],
    members: [
      { id: defaultIds.alice, username: 'alice', globalName: 'Alice', locale: 'en-US' },
      { id: defaultIds.bao, username: 'bao', globalName: '小宝', locale: 'zh-CN' },
      {
        id: defaultIds.carol,
        username: 'carol',
        globalName: 'Carol',
        permissions: ['MANAGE_GUILD', 'MANAGE_MESSAGES'],
      },
    ],
  },
];

export interface FakeDiscord {
  /** Ends before the version, as `https://discord.com/api` does. */
  readonly apiUrl: string;
  /** The address that files are served from. */
  readonly origin: string;
  readonly token: string;
  /** Whether request bodies are also checked against Discord's own API description. */
  readonly specsUsed: boolean;
  readonly world: World;
  readonly gateway: Gateway;
  readonly requests: RequestLog[];
  /** Requests and connections that the real platform has no answer for, or that broke the fake. */
  readonly unexpectedRequests: string[];
  readonly responseFaults: string[];
  asUser(userId: string): Person;
  /** What everybody sees in a channel, oldest first, without the system's own messages. */
  messages(channelId: string): FakeMessage[];
  waitFor<T>(predicate: () => T, timeoutMs?: number, what?: string): Promise<NonNullable<T>>;
  onChange(listener: () => void): () => void;
  snapshot(): Snapshot;
  rateLimitNext(pattern: RoutePattern, fault: RateLimitFault): void;
  failNext(pattern: RoutePattern, failure: Failure): void;
  /** Lets the next request of a route wait until it is released. */
  holdNext(pattern: RoutePattern): Hold;
  dropGateway(options?: Parameters<Gateway['drop']>[0]): void;
  /** Gives and takes rights in one channel: the bot's, unless a person is named. */
  setPermissions(
    channelId: string,
    change: { userId?: string; allow?: PermissionName[]; deny?: PermissionName[] },
  ): void;
  setThread(threadId: string, state: { isArchived?: boolean; isLocked?: boolean }): void;
  channelDelete(channelId: string): void;
  close(): Promise<void>;
}

/** Starts a strict stand-in for Discord's HTTP API and gateway on one loopback port. */
export async function startFakeDiscord(options: FakeDiscordOptions = {}): Promise<FakeDiscord> {
  const token = options.token ?? 'fake-discord-token';
  const watcher = new Watcher();
  const requests: RequestLog[] = [];
  const unexpectedRequests: string[] = [];
  const responseFaults: string[] = [];
  const allowed = options.allowedPrivilegedIntents ?? [];
  const world = new World({
    now: options.now ?? Date.now,
    application: options.application ?? { id: defaultIds.application, name: 'quartet' },
    guilds: options.guilds ?? defaultGuilds,
    users: options.users ?? [],
    messageContentAllowed: allowed.includes('MESSAGE_CONTENT'),
  });
  const gateway = new Gateway({
    world,
    token,
    heartbeatIntervalMs: options.heartbeatIntervalMs ?? 41_250,
    allowedPrivilegedIntents: allowed,
    onChange: watcher.changed,
    onUnexpected: (what) => unexpectedRequests.push(what),
  });
  const interactions = new InteractionBook(world, watcher);
  const nonceWindowMs = options.nonceWindowMs ?? 5 * 60_000;
  const core: Core = { world, gateway, interactions, nonceWindowMs, changed: watcher.changed };
  const faults = new FaultPlan();
  const http = {
    core,
    token,
    routes: [...applicationRoutes, ...channelRoutes, ...threadRoutes, ...interactionRoutes],
    faults,
    limiter: new RateLimiter(options.rateLimits ?? []),
    requests,
    unexpected: unexpectedRequests,
    responseFaults: options.checkResponses === true ? responseFaults : null,
  };
  const server = createServer((request, response) => {
    handleRequest(http, request, response).catch((error: unknown) => {
      // A client that gave up in the middle of a request is its own business.
      if (!request.destroyed)
        unexpectedRequests.push(`${request.method} ${request.url}: ${String(error)}`);
      response.destroy();
    });
  });
  server.on('upgrade', (request, socket, head) => gateway.handleUpgrade(request, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  world.origin = `http://127.0.0.1:${port}`;

  return {
    apiUrl: `${world.origin}/api`,
    origin: world.origin,
    token,
    specsUsed: hasOpenApi(),
    world,
    gateway,
    requests,
    unexpectedRequests,
    responseFaults,
    asUser: (userId) => new Person(core, userId),
    messages: (channelId) =>
      world.messagesIn(channelId).filter((message) => message.type !== 18 && message.type !== 21),
    waitFor: (predicate, timeoutMs = 5000, what = String(predicate)) =>
      watcher.waitFor(predicate, timeoutMs, what),
    onChange: watcher.onChange,
    snapshot: () => takeSnapshot(core),
    rateLimitNext: faults.rateLimitNext,
    failNext: faults.failNext,
    holdNext: faults.holdNext,
    dropGateway: (drop = {}) => gateway.drop(drop),
    setPermissions: (channelId, change) => {
      const channel = world.requireChannel(channelId);
      const userId = change.userId ?? world.botId;
      channel.overwrites.set(userId, {
        allow: toBits(change.allow ?? []),
        deny: toBits(change.deny ?? []),
      });
      gateway.dispatch('CHANNEL_UPDATE', toChannelJson(world, channel), channel.guildId, 'GUILDS');
      watcher.changed();
    },
    setThread: (threadId, state) => setThreadState(core, world.requireChannel(threadId), state),
    channelDelete: (channelId) => removeChannel(core, world.requireChannel(channelId)),
    close: async () => {
      gateway.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { toAppError, type ErrorCode } from '../errors.ts';
import type { ConsolePlatform } from '../platforms/console.ts';
import type { BotServices } from '../requests/services.ts';
import { createTexts } from '../texts/index.ts';
import type { Platform } from '../types/platform.ts';
import { cookieName, createAccess, isLoopback, loginDays } from './access.ts';
import { createApi, localeOf, version } from './api.ts';
import { loadAssets, type Asset } from './assets.ts';
import { createConsoleEvents } from './events.ts';
import { listen, portOf } from './listen.ts';

export interface ConsoleServer {
  /** Where a person on this machine finds it. */
  url: string;
  /** Open pages are told. */
  queueChanged(): void;
  requestChanged(requestId: string): void;
  close(): Promise<void>;
}

export interface ServerOptions {
  config: Pick<Config, 'host' | 'port' | 'apiKey' | 'publicUrl'>;
  services: BotServices;
  platforms: Platform[];
}

const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const heartbeatMs = 15_000;
const yearSeconds = 31_536_000;
const statusOf: Partial<Record<ErrorCode, 400 | 404 | 503>> = {
  INVALID_REQUEST: 400,
  MESSAGE_GONE: 404,
  STORAGE_FAILED: 503,
  PLATFORM_FAILED: 503,
};

/**
 * The console's page and its API, health, and the webhooks of platforms that have one.
 * @throws AppError CONFIG_INVALID when the port is taken, or when others could reach it without a token.
 */
export async function startServer({
  config,
  services,
  platforms,
}: ServerOptions): Promise<ConsoleServer> {
  const access = createAccess(config);
  const console = platforms.find(({ name }) => name === 'console') as ConsolePlatform | undefined;
  const events = createConsoleEvents(services, console ?? null);
  const assets = loadAssets();
  const closing = new AbortController();
  const app = new Hono();

  app.use(async (context, next) => {
    await next();
    context.header('content-security-policy', contentPolicy);
    context.header('x-content-type-options', 'nosniff');
    context.header('referrer-policy', 'no-referrer');
    context.header('cross-origin-opener-policy', 'same-origin');
    context.header('cross-origin-resource-policy', 'same-origin');
  });

  app.use(async (context, next) => {
    const { host, origin, 'sec-fetch-site': site } = context.req.header();
    if (!access.isOwnHost(host)) {
      const message = `This console does not answer to the name ${host ?? '(none)'}: open it by its own address, or set QUARTET_PUBLIC_URL to the one you use.`;
      return context.json({ error: { code: 'CONFIG_INVALID', message } }, 421);
    }
    const isPage = context.req.method === 'GET' && !/^\/(api|images)\//.test(context.req.path);
    if (!isPage && !access.isOwnOrigin({ origin, host, site })) {
      const message = 'This call comes from another site, and is not answered.';
      return context.json({ error: { code: 'INVALID_REQUEST', message } }, 403);
    }
    return next();
  });

  app.get('/healthz', (context) => context.json({ status: 'ok', version }));
  app.get('/readyz', async (context) => {
    try {
      await services.store.ping();
      const workers = await services.queue.workersConnected();
      return context.json({ status: 'ready', workers });
    } catch (thrown) {
      const { code, message } = toAppError(thrown);
      return context.json({ status: 'not ready', error: { code, message } }, 503);
    }
  });

  app.get('/', (context) => sendAsset(assets.get('index.html'), context));
  app.get('/favicon.ico', (context) => context.redirect('/assets/icon.svg', 301));
  app.get('/assets/:name', (context) => sendAsset(assets.get(context.req.param('name')), context));

  const isLoggedIn = (context: Parameters<typeof getCookie>[0]) =>
    access.isLoggedIn({
      cookie: getCookie(context, cookieName),
      bearer: /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1],
    });
  app.get('/api/session', (context) =>
    context.json({ version, needsLogin: access.needsLogin, isLoggedIn: isLoggedIn(context) }),
  );
  app.post('/api/login', async (context) => {
    const { token } = z.object({ token: z.string().max(1000) }).parse(await context.req.json());
    const value = access.login(token);
    if (value === null) {
      const message = createTexts(localeOf(context))('login.wrong');
      return context.json({ error: { code: 'INVALID_REQUEST', message } }, 401);
    }
    setCookie(context, cookieName, value, {
      httpOnly: true,
      sameSite: 'Strict',
      secure: access.isSecure,
      path: '/',
      maxAge: loginDays * 86_400,
    });
    return context.body(null, 204);
  });
  app.post('/api/logout', (context) => {
    deleteCookie(context, cookieName, { path: '/' });
    return context.body(null, 204);
  });
  app.use(async (context, next) => {
    if (isLoggedIn(context)) return next();
    return context.json({ error: { code: 'INVALID_REQUEST', message: 'Log in first.' } }, 401);
  });

  app.get('/images/:file{[0-9a-f]{64}\\.png}', async (context) => {
    const sha256 = context.req.param('file').slice(0, 64);
    if (!(await services.images.has(sha256))) return context.notFound();
    const name = context.req.query('download')?.replaceAll(/[^\w.-]+/g, '-');
    if (name) context.header('content-disposition', `attachment; filename="${name}"`);
    context.header('cache-control', `private, max-age=${yearSeconds}, immutable`);
    context.header('content-type', 'image/png');
    return context.body(new Uint8Array(await services.images.read(sha256)));
  });
  app.get('/api/events', (context) =>
    streamSSE(context, async (stream) => {
      const send = (event: { type: string }) =>
        void stream.writeSSE({ event: event.type, data: JSON.stringify(event) });
      const leave = events.open(localeOf(context), send);
      const gone = Promise.withResolvers<void>();
      stream.onAbort(gone.resolve);
      closing.signal.addEventListener('abort', () => gone.resolve());
      await stream.writeSSE({ event: 'hello', data: version });
      const heartbeat = setInterval(() => void stream.write(': still here\n\n'), heartbeatMs);
      await gone.promise;
      clearInterval(heartbeat);
      leave();
    }),
  );
  if (console) app.route('/api', createApi(services, console));

  app.notFound((context) =>
    context.json({ error: { code: 'INVALID_REQUEST', message: 'There is nothing here.' } }, 404),
  );
  app.onError((thrown, context) => {
    if (thrown instanceof z.ZodError || thrown instanceof SyntaxError) {
      const message = thrown instanceof z.ZodError ? z.prettifyError(thrown) : 'That is no JSON.';
      return context.json({ error: { code: 'INVALID_REQUEST', message } }, 400);
    }
    const { code, message } = toAppError(thrown);
    if (code === 'INTERNAL') services.logger.error({ err: thrown }, `A call failed: ${message}`);
    return context.json({ error: { code, message } }, statusOf[code] ?? 500);
  });

  const answer = getRequestListener(app.fetch);
  const webhooks = new Map(
    platforms.flatMap(({ webhook }) => (webhook ? [[webhook.path, webhook.handle] as const] : [])),
  );
  const server = await listen(
    (request, response) => {
      const webhook = webhooks.get((request.url ?? '').split('?')[0] ?? '');
      if (webhook) webhook(request, response);
      else void answer(request, response);
    },
    config.host,
    config.port,
  );
  const name = isLoopback(config.host) ? config.host : '127.0.0.1';
  return {
    url: config.publicUrl ?? `http://${name.includes(':') ? `[${name}]` : name}:${portOf(server)}`,
    queueChanged: events.queueChanged,
    requestChanged: events.requestChanged,
    async close() {
      closing.abort();
      events.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function sendAsset(asset: Asset | undefined, context: Parameters<typeof getCookie>[0]) {
  if (!asset) return context.notFound();
  // Small and local: asked for again each time, so that an update is never half there.
  context.header('cache-control', 'no-cache');
  context.header('etag', asset.etag);
  if (context.req.header('if-none-match') === asset.etag) return context.body(null, 304);
  context.header('content-type', asset.type);
  return context.body(asset.body);
}

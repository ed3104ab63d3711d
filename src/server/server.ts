import { getRequestListener } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { messageIn, toAppError, type ErrorCode } from '../errors.ts';
import type { ConsolePlatform } from '../platforms/console.ts';
import type { BotServices } from '../requests/services.ts';
import { createTexts } from '../texts/index.ts';
import type { Platform } from '../types/platform.ts';
import { cookieName, createAccess, isLoopback, loginDays } from './access.ts';
import { createApi, version } from './api.ts';
import { loadAssets, type Asset } from './assets.ts';
import { createConsoleEvents } from './events.ts';
import { fail, limitBody, localeOf } from './failures.ts';
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
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const heartbeatMs = 15_000;
const yearSeconds = 31_536_000;
/** Far more than any command line. */
const largestBody = 256 * 1024;
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
      const message = say(context)('console.otherName', { host: host ?? '–' });
      return fail(context, 421, 'CONFIG_INVALID', message);
    }
    const isPage = context.req.method === 'GET' && !/^\/(api|images)\//.test(context.req.path);
    if (!isPage && !access.isOwnOrigin({ origin, host, site })) {
      return fail(context, 403, 'INVALID_REQUEST', say(context)('console.otherSite'));
    }
    return next();
  });
  app.use('/api/*', async (context, next) => {
    context.header('cache-control', 'no-store');
    // A picture has a limit of its own.
    return context.req.path === '/api/picture' ? next() : limitBody(largestBody)(context, next);
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
  app.get('/assets/:path{.+}', (context) =>
    sendAsset(assets.get(context.req.param('path')), context),
  );

  const isLoggedIn = (context: Context) =>
    access.isLoggedIn({
      cookie: getCookie(context, cookieName),
      bearer: /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1],
    });
  app.get('/api/session', (context) =>
    context.json({ version, needsLogin: access.needsLogin, isLoggedIn: isLoggedIn(context) }),
  );
  app.post('/api/login', async (context) => {
    const { token } = z.object({ token: z.string().max(1000) }).parse(await context.req.json());
    const login = access.login(token);
    if ('refused' in login) {
      const [status, why] =
        login.refused === 'wrong'
          ? ([401, 'login.wrong'] as const)
          : ([429, 'login.tooMany'] as const);
      return fail(context, status, 'INVALID_REQUEST', say(context)(why));
    }
    setCookie(context, cookieName, login.cookie, {
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
    return fail(context, 401, 'INVALID_REQUEST', say(context)('console.loginFirst'));
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
  app.get('/api/events', (context) => {
    // A proxy that gathers answers would show every step at once.
    context.header('x-accel-buffering', 'no');
    return streamSSE(context, async (stream) => {
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
    });
  });
  if (console) app.route('/api', createApi(services, console));

  app.notFound((context) => fail(context, 404, 'INVALID_REQUEST', say(context)('console.nothing')));
  app.onError((thrown, context) => {
    if (thrown instanceof z.ZodError || thrown instanceof SyntaxError) {
      const message = thrown instanceof z.ZodError ? z.prettifyError(thrown) : 'That is no JSON.';
      return fail(context, 400, 'INVALID_REQUEST', message);
    }
    const failure = toAppError(thrown);
    const { code, message } = failure;
    if (code === 'INTERNAL') services.logger.error({ err: thrown }, `A call failed: ${message}`);
    // What was not foreseen may name a path, a table or an address: that is for the log alone.
    const said =
      code === 'INTERNAL'
        ? say(context)('failure.internal')
        : messageIn(failure, localeOf(context));
    return fail(context, statusOf[code] ?? 500, code, said);
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

const say = (context: Context) => createTexts(localeOf(context));

function sendAsset(asset: Asset | undefined, context: Context) {
  if (!asset) return context.notFound();
  // Small and local: asked for again each time, so that an update is never half there.
  context.header('cache-control', 'no-cache');
  context.header('etag', asset.etag);
  if (context.req.header('if-none-match') === asset.etag) return context.body(null, 304);
  context.header('content-type', asset.type);
  return context.body(asset.body);
}

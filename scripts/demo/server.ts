import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '#src/errors.ts';
import { createAccess } from '#src/server/access.ts';
import { loadAssets } from '#src/server/assets.ts';
import { listen, portOf } from '#src/server/listen.ts';
import { defaultIds, type FakeDiscord } from '../../test/fakes/discord/fake-discord.ts';
import { slackIds, type FakeSlack } from '../../test/fakes/slack/fake-slack.ts';
import { createDiscordSide } from './discord-side.ts';
import { createSlackSide } from './slack-side.ts';
import type { DemoAct, DemoAnswer, DemoState } from './state.ts';

const id = z.string().max(200);
const act: z.ZodType<DemoAct> = z.object({
  platform: z.enum(['discord', 'slack']),
  userId: id,
  what: z.discriminatedUnion('type', [
    z.object({ type: z.literal('line'), text: z.string().max(6000), threadId: id.nullable() }),
    z.object({ type: z.literal('button'), messageId: id, channelId: id, control: id }),
    z.object({
      type: z.literal('react'),
      messageId: id,
      channelId: id,
      emoji: id,
      isOn: z.boolean(),
    }),
    z.object({ type: z.literal('draw'), messageId: id, channelId: id }),
    z.object({ type: z.literal('submit'), formId: id, values: z.record(z.string(), z.string()) }),
    z.object({ type: z.literal('dismiss'), formId: id }),
  ]),
});

const paceMs = 200;
const longestBody = 100_000;
const host = '127.0.0.1';

export interface DemoPage {
  url: string;
  setConsole(url: string): void;
  close(): Promise<void>;
}

/**
 * The page that shows both fakes and lets people act in them.
 * @throws AppError CONFIG_INVALID when the port is taken.
 */
export async function startDemoPage(
  discord: FakeDiscord,
  slack: FakeSlack,
  port: number,
): Promise<DemoPage> {
  const access = createAccess({ host, apiKey: null, publicUrl: null });
  const assets = loadAssets(join(import.meta.dirname, 'page'));
  const pages = new Set<ServerResponse>();
  const sides = { discord: createDiscordSide(discord), slack: createSlackSide(slack) };
  let consoleUrl: string | null = null;
  let timer: NodeJS.Timeout | undefined;

  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' ${discord.origin} ${slack.origin}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

  function news(): string {
    const ofDiscord = discord.snapshot();
    const ofSlack = slack.snapshot();
    const { general } = defaultIds;
    const state: DemoState = {
      consoleUrl,
      commands: sides.discord.commands(),
      discord: {
        ...ofDiscord,
        channels: ofDiscord.channels.filter(
          (channel) => channel.id === general || channel.parentId === general,
        ),
        forms: sides.discord.forms(),
      },
      slack: {
        ...ofSlack,
        channels: ofSlack.channels.filter((channel) => channel.id === slackIds.general),
        views: [],
        forms: sides.slack.forms(),
      },
    };
    return `data: ${JSON.stringify(state)}\n\n`;
  }

  /** Changes come in bursts; people follow some five a second. */
  function changed(): void {
    if (pages.size === 0) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      const event = news();
      pages.forEach((page) => page.write(event));
    }, paceMs);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host: given, origin, 'sec-fetch-site': site } = request.headers;
    const path = (request.url ?? '/').split('?')[0] as string;
    response.setHeader('content-security-policy', policy);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('cache-control', 'no-cache');
    if (!access.isOwnHost(given)) return refuse(response, 421);
    if (path === '/act') {
      if (request.method !== 'POST') return refuse(response, 405);
      if (!access.isOwnOrigin({ origin, host: given, site })) return refuse(response, 403);
      response.setHeader('content-type', 'application/json');
      return void response.end(JSON.stringify(await perform(await readBody(request))));
    }
    if (request.method !== 'GET') return refuse(response, 405);
    if (path === '/events') return follow(response);
    const asset = assets.get(path === '/' ? 'index.html' : path.slice(1));
    if (!asset) return refuse(response, 404);
    response.setHeader('content-type', asset.type);
    response.end(asset.body);
  }

  function follow(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(news());
    pages.add(response);
    response.on('close', () => pages.delete(response));
  }

  async function perform(body: string): Promise<DemoAnswer> {
    try {
      const { platform, userId, what } = act.parse(JSON.parse(body));
      const errors = await sides[platform].act(userId, what);
      changed();
      return { refusal: null, errors: errors ?? {} };
    } catch (thrown) {
      return { refusal: thrown instanceof Error ? thrown.message : String(thrown), errors: {} };
    }
  }

  const server = await listenForPage((request, response) => {
    serve(request, response).catch(() => response.destroy());
  }, port);
  const leave = [discord.onChange(changed), slack.onChange(changed)];
  return {
    url: `http://${host}:${portOf(server)}`,
    setConsole(url) {
      consoleUrl = url;
      changed();
    },
    async close() {
      leave.forEach((stop) => stop());
      clearTimeout(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listenForPage(listener: Parameters<typeof listen>[0], port: number) {
  try {
    return await listen(listener, host, port);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    // The sentence is the console's.
    const message = thrown.message.replace('--port (QUARTET_PORT)', '--page-port');
    throw new AppError(thrown.code, message, { cause: thrown });
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > longestBody) throw new Error('That is more than anybody types.');
  }
  return Buffer.concat(chunks).toString();
}

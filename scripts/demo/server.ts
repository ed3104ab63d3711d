import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import { createAccess } from '#src/server/access.ts';
import { loadAssets } from '#src/server/assets.ts';
import { listen, portOf } from '#src/server/listen.ts';
import type { FakeDiscord } from '../../test/fakes/discord/fake-discord.ts';
import type { FakeSlack } from '../../test/fakes/slack/fake-slack.ts';
import { createDiscordSide } from './discord-side.ts';
import { createSlackSide } from './slack-side.ts';
import type { DemoState } from './state.ts';

const id = z.string().max(200);
const act = z.object({
  platform: z.enum(['discord', 'slack']),
  userId: id,
  what: z.discriminatedUnion('type', [
    z.object({ type: z.literal('line'), text: z.string().max(4000), threadId: id.nullable() }),
    z.object({ type: z.literal('button'), messageId: id, channelId: id, control: id }),
    z.object({
      type: z.literal('react'),
      messageId: id,
      channelId: id,
      emoji: id,
      isOn: z.boolean(),
    }),
    z.object({ type: z.literal('submit'), formId: id, values: z.record(z.string(), z.string()) }),
    z.object({ type: z.literal('dismiss'), formId: id }),
  ]),
});

const paceMs = 150;

export interface DemoPage {
  url: string;
  setConsole(url: string): void;
  close(): Promise<void>;
}

/** The page that shows both fakes and lets people act in them. */
export async function startDemoPage(
  discord: FakeDiscord,
  slack: FakeSlack,
  port: number,
): Promise<DemoPage> {
  const access = createAccess({ host: '127.0.0.1', apiKey: null, publicUrl: null });
  const assets = loadAssets(join(import.meta.dirname, 'page'));
  const pages = new Set<ServerResponse>();
  let consoleUrl: string | null = null;
  let timer: NodeJS.Timeout | undefined;

  /** Changes come in bursts; people follow some seven a second. */
  const changed = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      const event = `data: ${JSON.stringify(state())}\n\n`;
      pages.forEach((page) => page.write(event));
    }, paceMs);
  };
  const sides = { discord: createDiscordSide(discord, changed), slack: createSlackSide(slack) };
  const leave = [discord.onChange(changed), slack.onChange(changed)];
  const state = (): DemoState => ({
    consoleUrl,
    discord: { ...discord.snapshot(), forms: sides.discord.forms() },
    slack: { ...slack.snapshot(), forms: sides.slack.forms() },
  });

  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: ${discord.origin} ${slack.origin}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host, origin, 'sec-fetch-site': site } = request.headers;
    const path = (request.url ?? '/').split('?')[0] as string;
    response.setHeader('content-security-policy', policy);
    response.setHeader('x-content-type-options', 'nosniff');
    const isAct = request.method === 'POST';
    if (!access.isOwnHost(host) || (isAct && !access.isOwnOrigin({ origin, host, site })))
      return void response.writeHead(403).end();
    if (path === '/events') return follow(response);
    if (isAct && path === '/act') return void response.end(await perform(await readBody(request)));
    const asset = assets.get(path === '/' ? 'index.html' : path.slice(1));
    if (!asset) return void response.writeHead(404).end();
    response.setHeader('content-type', asset.type);
    response.end(asset.body);
  }

  function follow(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(`data: ${JSON.stringify(state())}\n\n`);
    pages.add(response);
    response.on('close', () => pages.delete(response));
  }

  /** What the client would tell the person; empty: done. */
  async function perform(body: string): Promise<string> {
    try {
      const { platform, userId, what } = act.parse(JSON.parse(body));
      await sides[platform].act(userId, what);
      changed();
      return '';
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : String(thrown);
    }
  }

  const server = await listen(
    (request, response) => {
      serve(request, response).catch(() => response.destroy());
    },
    '127.0.0.1',
    port,
  );
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
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

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

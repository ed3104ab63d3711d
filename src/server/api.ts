import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { AppError } from '../errors.ts';
import { consolePlace, type ConsolePlatform } from '../platforms/console.ts';
import { diagnose } from '../requests/diagnose.ts';
import { describeQueue } from '../requests/queue-lines.ts';
import type { BotServices } from '../requests/services.ts';
import { actions, type Locale, type PrivateMessage } from '../types/chat.ts';
import type {
  ConsoleCommands,
  ConsoleFeed,
  ConsoleQueue,
  ConsoleReplies,
  ConsoleRequest,
  ConsoleThread,
} from '../types/console.ts';
import type { Inbox } from '../types/platform.ts';
import { readDroppedPicture } from './picture.ts';
import { consolePerson, viewRequest } from './views.ts';

export const version = packageJson.version;

const largestBody = 40 * 2 ** 20;
const pageSize = 24;

const text = z.string().max(20_000);
const id = z.string().min(1).max(100);
const invocation = z.object({
  id,
  command: z.string().max(40),
  values: z.union([text, z.record(z.string(), text)]),
  threadId: id.nullable(),
});
const action = z.object({ id, action: z.enum(actions), requestId: id });
const feedQuery = z.object({
  before: id.optional(),
  search: z.string().max(200).optional(),
  platform: z.string().max(40).default('console'),
  limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(pageSize),
});
const suggestQuery = z.object({
  command: z.string(),
  option: z.string(),
  typed: z.string().default(''),
});

export function localeOf(context: Context): Locale {
  const given = context.req.header('x-quartet-locale') ?? context.req.query('locale') ?? '';
  return given.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

/** What the page asks for. Whoever comes here is logged in. */
export function createApi(bot: BotServices, platform: ConsolePlatform): Hono {
  const { store, models } = bot;
  const personOf = (context: Context) => consolePerson(localeOf(context));
  const viewAll = (requests: Parameters<typeof viewRequest>[1][], context: Context) =>
    Promise.all(requests.map((request) => viewRequest(bot, request, personOf(context))));

  function inbox(): Inbox {
    if (platform.inbox) return platform.inbox;
    throw new AppError('PLATFORM_FAILED', 'The console is still starting: try again in a moment.', {
      retryable: true,
    });
  }

  const api = new Hono();

  api.get('/commands', async (context) => {
    const own = await store.styles.list(consolePlace(null).workspaceId);
    return context.json({
      commands: inbox().describeCommands(),
      defaultModel: models.defaultName,
      styles: own.map(({ name }) => name),
      models: models.cards().map(({ name, size, steps, cfg, promptTokens, presets, styles }) => ({
        name, size, steps, cfg, promptTokens, presets: presets ?? {}, styles: styles.map((style) => style.name),
      })),
    } satisfies ConsoleCommands); // prettier-ignore
  });

  api.post('/commands', async (context) => {
    const { threadId, ...asked } = invocation.parse(await context.req.json());
    const { replies, reply } = collect();
    const place = consolePlace(threadId);
    await inbox().command({ ...asked, person: personOf(context), place, reply });
    return context.json(replies);
  });

  api.get('/suggest', async (context) => {
    const { command, option, typed } = suggestQuery.parse(context.req.query());
    const person = personOf(context);
    return context.json(await inbox().suggest(command, option, typed, person, consolePlace(null)));
  });

  api.post('/actions', async (context) => {
    const asked = action.parse(await context.req.json());
    const { replies, reply } = collect();
    const request = await store.requests.find(asked.requestId);
    await inbox().action({
      id: asked.id,
      action: asked.action,
      target: { requestId: asked.requestId },
      person: personOf(context),
      place: consolePlace(request?.threadId ?? null),
      isAdded: true,
      source: 'button',
      reply,
    });
    return context.json(replies);
  });

  api.get('/feed', async (context) => {
    const { before, search, platform: name, limit } = feedQuery.parse(context.req.query());
    const found = await store.requests.search({
      before,
      limit: limit + 1,
      ...(search !== undefined && search.trim() !== '' && { text: search.trim() }),
      ...(name !== 'all' && { platform: name }),
    });
    const shown = found.slice(0, limit);
    const next = found.length > limit ? (shown.at(-1)?.id ?? null) : null;
    return context.json({ requests: await viewAll(shown, context), next } satisfies ConsoleFeed);
  });

  api.get('/requests/:id', async (context) => {
    const request = await store.requests.find(context.req.param('id'));
    if (request === null) return gone(context);
    return context.json(
      (await viewRequest(bot, request, personOf(context))) satisfies ConsoleRequest,
    );
  });

  api.get('/threads/:id', async (context) => {
    const requests = await store.requests.listThread(context.req.param('id'));
    if (requests.length === 0) return gone(context);
    return context.json({ requests: await viewAll(requests, context) } satisfies ConsoleThread);
  });

  api.get('/queue', async (context) =>
    context.json((await describeQueue(bot, personOf(context))) satisfies ConsoleQueue),
  );

  api.get('/doctor', async (context) => {
    const findings = await diagnose(bot, bot.platforms, localeOf(context));
    return context.json({ findings });
  });

  api.post(
    '/picture',
    bodyLimit({ maxSize: largestBody, onError: (context) => tooLarge(context) }),
    async (context) => {
      const bytes = new Uint8Array(await context.req.arrayBuffer());
      return context.json(readDroppedPicture(bytes, localeOf(context), models.names()));
    },
  );

  return api;
}

/** Everything that is said in answer comes back with the response. */
function collect(): { replies: ConsoleReplies; reply: (message: PrivateMessage) => Promise<void> } {
  const replies: ConsoleReplies = { replies: [] };
  return {
    replies,
    async reply({ text: said, controls = [] }) {
      replies.replies.push({ text: said, controls });
    },
  };
}

function gone(context: Context) {
  const message = 'There is no such request: it may have been deleted.';
  return context.json({ error: { code: 'MESSAGE_GONE', message } }, 404);
}

function tooLarge(context: Context) {
  const message = `The file has more than ${largestBody / 2 ** 20} MiB.`;
  return context.json({ error: { code: 'INVALID_REQUEST', message } }, 413);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ErrorCode } from '../errors.ts';
import { createTexts } from '../texts/index.ts';
import type { Locale } from '../types/chat.ts';

const patienceMs = 10_000;

/** The page says which language it is in; whoever comes without it is answered in the browser's. */
export function localeOf(context: Context): Locale {
  const given =
    context.req.header('x-quartet-locale') ??
    context.req.query('locale') ??
    context.req.header('accept-language') ??
    '';
  return given.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

/** What went wrong: as JSON for programs, as a page for whoever typed an address. */
export function fail(
  context: Context,
  status: ContentfulStatusCode,
  code: ErrorCode,
  message: string,
) {
  const isTyped = /text\/html/.test(context.req.header('accept') ?? '');
  if (!isTyped) return context.json({ error: { code, message } }, status);
  const locale = localeOf(context);
  const back = createTexts(locale)('console.back');
  return context.html(
    html`<!doctype html>
      <html lang="${locale}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>Quartet</title>
          <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
          <link rel="stylesheet" href="/assets/ui/tokens.css" />
          <link rel="stylesheet" href="/assets/ui/base.css" />
          <link rel="stylesheet" href="/assets/ui/layout.css" />
          <script src="/assets/early.ts"></script>
        </head>
        <body>
          <main class="start-failed">
            <p class="start-status">${status}</p>
            <h1>${message}</h1>
            <a class="button primary" href="/">${back}</a>
          </main>
        </body>
      </html>`,
    status,
  );
}

/** Refuses what nobody needs to send: nothing of it is kept. */
export function limitBody(bytes: number) {
  const size = bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MiB` : `${bytes / 1024} KiB`;
  return bodyLimit({
    maxSize: bytes,
    async onError(context) {
      const { body } = context.req.raw;
      // Browsers hear an answer only once they have sent everything; nobody is waited for long.
      if (body && !body.locked) {
        const rest = body.pipeTo(new WritableStream()).catch(() => {});
        await Promise.race([rest, sleep(patienceMs, undefined, { ref: false })]);
      }
      const message = createTexts(localeOf(context))('console.tooLarge', { size });
      return fail(context, 413, 'INVALID_REQUEST', message);
    },
  });
}

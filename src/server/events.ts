import type { ConsoleNews, ConsolePlatform } from '../platforms/console.ts';
import { createSerial } from '../requests/serial.ts';
import type { BotServices } from '../requests/services.ts';
import type { ConsoleEvent } from '../types/console.ts';
import type { Locale, StatusView } from '../types/chat.ts';
import { consolePerson, toStatus, viewRequest } from './views.ts';

/** Turns news into what open pages are sent. */
export interface ConsoleEvents {
  /** Call what comes back when the page is gone. */
  open(locale: Locale, send: (event: ConsoleEvent) => void): () => void;
  /** A request changed: every page is told, in its own language. */
  requestChanged(requestId: string): void;
  queueChanged(): void;
  close(): void;
}

const queuePaceMs = 500;

export function createConsoleEvents(
  bot: BotServices,
  platform: ConsolePlatform | null,
): ConsoleEvents {
  const pages = new Map<(event: ConsoleEvent) => void, Locale>();
  /** The language that the news of a request that is being drawn are in. */
  const languages = new Map<string, Locale>();
  /** Requests whose drawing has begun: others move up in the queue then. */
  const begun = new Set<string>();
  const serial = createSerial();
  let queueTimer: NodeJS.Timeout | undefined;

  const tellAll = (event: ConsoleEvent) => pages.forEach((_locale, send) => send(event));

  function hear(news: ConsoleNews): void {
    if (pages.size === 0) return;
    switch (news.type) {
      case 'status':
        return tellStatus(news.view);
      case 'results':
        return requestChanged(news.view.requestId);
      case 'notice':
      case 'removed':
        tellAll(news);
    }
  }

  /** Steps follow each other fast: only pages in another language need the whole request again. */
  function tellStatus(view: StatusView): void {
    if (view.state === 'running' && !begun.has(view.requestId)) {
      begun.add(view.requestId);
      queueChanged();
    } else if (view.state !== 'running') begun.delete(view.requestId);
    const language = languages.get(view.requestId);
    const isSame = [...pages.values()].every((locale) => locale === language);
    if (view.state === 'running' && isSame) tellAll({ type: 'status', status: toStatus(view) });
    else requestChanged(view.requestId);
  }

  function requestChanged(requestId: string): void {
    // One after the other: an older look must not arrive after a newer one.
    serial
      .run(requestId, () => tellRequest(requestId))
      .catch((thrown: unknown) => {
        bot.logger.warn({ requestId }, `Open pages were not told: ${String(thrown)}`);
      });
  }

  async function tellRequest(requestId: string): Promise<void> {
    if (pages.size === 0) return;
    const request = await bot.store.requests.find(requestId);
    if (request === null) return;
    if (request.finishedAt === null) languages.set(requestId, request.locale);
    else languages.delete(requestId);
    for (const [send, locale] of pages)
      send({ type: 'request', request: await viewRequest(bot, request, consolePerson(locale)) });
  }

  function queueChanged(): void {
    if (queueTimer || pages.size === 0) return;
    queueTimer = setTimeout(() => {
      queueTimer = undefined;
      tellAll({ type: 'queue' });
    }, queuePaceMs);
    queueTimer.unref();
  }

  const unsubscribe = platform?.subscribe(hear);
  return {
    open(locale, send) {
      pages.set(send, locale);
      return () => pages.delete(send);
    },
    requestChanged,
    queueChanged,
    close() {
      clearTimeout(queueTimer);
      unsubscribe?.();
      pages.clear();
    },
  };
}

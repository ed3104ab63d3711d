import type { ConsoleNews, ConsolePlatform } from '../platforms/console.ts';
import type { BotServices } from '../requests/services.ts';
import type { ConsoleEvent } from '../types/console.ts';
import type { Locale } from '../types/chat.ts';
import { consolePerson, toStatus, viewRequest } from './views.ts';

/** Turns news into what open pages are sent. */
export interface ConsoleEvents {
  /** Call what comes back when the page is gone. */
  open(locale: Locale, send: (event: ConsoleEvent) => void): () => void;
  queueChanged(): void;
  close(): void;
}

const queuePaceMs = 500;

export function createConsoleEvents(
  bot: BotServices,
  platform: ConsolePlatform | null,
): ConsoleEvents {
  const pages = new Map<(event: ConsoleEvent) => void, Locale>();
  let queueTimer: NodeJS.Timeout | undefined;

  const tellAll = (event: ConsoleEvent) => pages.forEach((_locale, send) => send(event));

  function hear(news: ConsoleNews): void {
    if (pages.size === 0) return;
    switch (news.type) {
      case 'status':
        if (news.view.state !== 'running') void tellRequest(news.view.requestId);
        else tellAll({ type: 'status', status: toStatus(news.view) });
        return;
      case 'results':
        return void tellRequest(news.view.requestId);
      case 'notice':
      case 'removed':
        tellAll(news);
    }
  }

  /** As a whole, each page in its own language. */
  async function tellRequest(requestId: string): Promise<void> {
    try {
      const request = await bot.store.requests.find(requestId);
      if (request === null) return;
      for (const [send, locale] of pages)
        send({ type: 'request', request: await viewRequest(bot, request, consolePerson(locale)) });
    } catch (thrown) {
      bot.logger.warn({ requestId }, `Open pages were not told: ${String(thrown)}`);
    }
  }

  const unsubscribe = platform?.subscribe(hear);
  return {
    open(locale, send) {
      pages.set(send, locale);
      return () => pages.delete(send);
    },
    queueChanged() {
      if (queueTimer || pages.size === 0) return;
      queueTimer = setTimeout(() => {
        queueTimer = undefined;
        tellAll({ type: 'queue' });
      }, queuePaceMs);
      queueTimer.unref();
    },
    close() {
      clearTimeout(queueTimer);
      unsubscribe?.();
      pages.clear();
    },
  };
}

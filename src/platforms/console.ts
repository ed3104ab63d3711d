import type { MessageRef, Place, ResultsView, StatusView } from '#src/types/chat.ts';
import type { Inbox, Platform } from '#src/types/platform.ts';
import type { PlatformModule } from '#src/types/platform-module.ts';

/** What the console's pages hear of. */
export type ConsoleNews =
  | { type: 'status'; view: StatusView }
  | { type: 'results'; view: ResultsView }
  | { type: 'notice'; requestId: string | null; text: string }
  | { type: 'removed'; requestId: string };

export interface ConsolePlatform extends Platform {
  readonly name: 'console';
  /** Where events of the pages go; null before it was started. */
  readonly inbox: Inbox | null;
  /** Call what comes back to hear no more. */
  subscribe(listener: (news: ConsoleNews) => void): () => void;
}

/** There is one workspace with one channel; every request has a thread of its own. */
export const consoleWorkspace = 'console';
export const consoleChannel = 'console';

export function consolePlace(threadId: string | null): Place {
  return {
    platform: 'console',
    workspaceId: consoleWorkspace,
    channelId: consoleChannel,
    threadId,
  };
}

/**
 * The local chat platform. Its messages are the requests themselves, kept in the store, so posting
 * one twice shows it once; what is published here only tells the open pages.
 */
export function createConsolePlatform(): ConsolePlatform {
  const listeners = new Set<(news: ConsoleNews) => void>();
  let inbox: Inbox | null = null;
  const tell = (news: ConsoleNews) => listeners.forEach((listener) => listener(news));
  const refOf = (kind: 'status' | 'results', requestId: string, place: Place): MessageRef => ({
    channelId: place.channelId,
    messageId: `${kind}:${requestId}`,
    threadId: place.threadId,
  });

  return {
    name: 'console',
    // Pages on this machine take every edit; the pace is for people's eyes.
    editBudget: { key: () => 'console', perMinute: 6000, intervalMs: 200 },
    get inbox() {
      return inbox;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async start(given) {
      inbox = given;
    },
    async stop() {
      inbox = null;
    },

    async publishStatus(place, _posted, view) {
      tell({ type: 'status', view });
      return refOf('status', view.requestId, place);
    },
    async openThread(place, status) {
      // A request in a thread stays there; else the thread is named by the request it hangs on.
      return { ...place, threadId: place.threadId ?? status.messageId.replace('status:', '') };
    },
    async publishResults(place, _posted, view) {
      tell({ type: 'results', view });
      return refOf('results', view.requestId, place);
    },
    async mention(place, { text }) {
      tell({ type: 'notice', requestId: place.threadId, text });
      return { channelId: place.channelId, messageId: 'notice', threadId: place.threadId };
    },
    async tell(place, _personId, text) {
      tell({ type: 'notice', requestId: place.threadId, text });
    },
    async remove({ messageId }) {
      const [kind, requestId] = messageId.split(':');
      if (kind === 'results' && requestId !== undefined) tell({ type: 'removed', requestId });
    },
    // Buttons only: there is nothing to seed and nothing to read back.
    async addReactions() {},
    async readReactions() {
      return [];
    },
    async inspect(_place, locale) {
      // Whoever is logged in runs this: the console itself forbids nothing.
      const name = locale === 'zh-CN' ? '控制台' : 'console';
      return { name, isAdult: true, missingRights: [], fileBytes: Infinity };
    },
    async diagnose() {
      return [];
    },
  };
}

export default {
  name: 'console',
  isConfigured: () => true,
  create: createConsolePlatform,
} satisfies PlatformModule;

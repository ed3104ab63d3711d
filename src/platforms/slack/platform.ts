import { App } from '@slack/bolt';
import { AppError } from '#src/errors.ts';
import type { MessageRef, Place } from '#src/types/chat.ts';
import type { Inbox, Platform } from '#src/types/platform.ts';
import { privateBody } from './blocks.ts';
import { createBoltLogger, type LogTarget } from './bolt-logger.ts';
import { createCalls, defaultTiming, refusalOf, toAppErrorOf, type Timing } from './calls.ts';
import { diagnose, inspectPlace, isDirect } from './checks.ts';
import { createDelivery } from './delivery.ts';
import { isTokenError } from './failures.ts';
import { createFiles } from './files.ts';
import { answer, createHttpEntry } from './http.ts';
import { readIdentity, type Identity } from './identity.ts';
import { createIntake } from './intake.ts';
import { listen } from './listeners.ts';
import { eventsPath, mainCommand, otherCommand } from './manifest.ts';
import { createOwnMessages, type Mark } from './own-messages.ts';
import { createPeople } from './people.ts';
import { actionOfReaction, reactionOfAction } from './reaction-names.ts';
import { createReplies } from './replies.ts';
import { createConnection } from './socket.ts';
import { escapeAndCut } from './wording.ts';
import { limits } from './limits.ts';

export interface SlackOptions {
  botToken: string;
  /** Socket Mode; wins over the signing secret. */
  appToken: string | null;
  signingSecret: string | null;
  /** As `https://slack.com/api/`. */
  apiUrl: string;
  /** Where Slack reaches the program in HTTP mode, for `diagnose`. */
  publicUrl: string | null;
  logger: LogTarget;
  timing?: Partial<Timing>;
}

/** chat.update is allowed about 50 times a minute in a whole workspace; the rest is for results. */
const editsPerMinute = 40;

export function createSlackPlatform(options: SlackOptions): Platform {
  const { logger } = options;
  const timing: Timing = { ...defaultTiming, ...options.timing };
  const boltLogger = createBoltLogger(logger);
  const { apiUrl } = options;
  const calls = createCalls({ token: options.botToken, apiUrl, timing, logger: boltLogger });
  let identity: Identity | null = null;
  let inbox: Inbox | null = null;
  let isTokenLost = false;

  const own = createOwnMessages(calls, timing, requireIdentity);
  const delivery = createDelivery({
    calls,
    own,
    files: createFiles(calls, timing),
    timing,
    warn: (message, details) => logger.warn({ platform: 'slack', ...details }, message),
  });
  const replies = createReplies(calls, timing);
  const people = createPeople(calls, (error) =>
    logger.warn({ platform: 'slack', error: String(error) }, 'A person could not be looked up.'),
  );

  const http =
    options.appToken === null && options.signingSecret !== null
      ? createHttpEntry(options.signingSecret, boltLogger)
      : null;
  const appToken = options.appToken;
  const connection =
    appToken === null
      ? null
      : createConnection({ appToken, apiUrl, timing, logger: boltLogger, onReopened });
  let isListening = false;

  function onReopened(wasLost: boolean): void {
    logger.info({ platform: 'slack' }, 'Connected to Slack again.');
    if (!wasLost || inbox === null) return;
    inbox.gap().catch((error: unknown) => {
      logger.error({ platform: 'slack', error: String(error) }, 'Reading back after a gap failed.');
    });
  }

  function requireIdentity(): Identity {
    if (identity === null) {
      throw new AppError('PLATFORM_FAILED', 'Slack is not connected yet.', { retryable: true });
    }
    return identity;
  }

  async function start(into: Inbox): Promise<void> {
    inbox = into;
    identity = null;
    isTokenLost = false;
    const receiver = connection?.receiver ?? http?.receiver;
    if (receiver === undefined) {
      throw new AppError(
        'CONFIG_INVALID',
        'Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) beside SLACK_BOT_TOKEN.',
      );
    }
    identity = await guard('auth.test', undefined, () => readIdentity(calls));
    if (!isListening) {
      const app = new App({
        receiver,
        token: options.botToken,
        // Known already, so that the library asks nothing by itself.
        botId: identity.botId,
        botUserId: identity.botUserId,
        tokenVerificationEnabled: false,
        deferInitialization: true,
        logger: boltLogger,
        clientOptions: {
          slackApiUrl: apiUrl,
          retryConfig: { retries: 2, factor: 2, minTimeout: timing.retryMs },
        },
      });
      await app.init();
      app.error(async (error) => {
        logger.error({ platform: 'slack', error: error.message }, 'An event of Slack failed.');
      });
      listen(createIntake({ app, inbox: into, identity, people, replies, calls, timing, logger }));
      isListening = true;
    }
    await connection?.open();
  }

  /** Whatever fails inside becomes an error that the product can branch on. */
  async function guard<Result>(
    method: string,
    channelId: string | undefined,
    work: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      const place = channelId === undefined ? undefined : `the channel ${channelId}`;
      const failure = toAppErrorOf(error, method, place);
      throw identity !== null && isTokenError(refusalOf(error) ?? '')
        ? tokenLost(failure)
        : failure;
    }
  }

  /** What is open stays open: it is delivered after the restart with a token that works. */
  function tokenLost({ code, message, localized }: AppError): AppError {
    if (!isTokenLost) logger.error({ platform: 'slack', code }, message);
    isTokenLost = true;
    return new AppError(code, message, { retryable: true, localized });
  }

  async function remove(ref: MessageRef): Promise<void> {
    try {
      await delivery.removeFiles(ref);
      await calls.call('chat.delete', { channel: ref.channelId, ts: ref.messageId });
    } catch (error) {
      if (refusalOf(error) !== 'message_not_found') throw error;
    }
  }

  async function mention(place: Place, personId: string, text: string, key: string) {
    const mark: Mark = { type: 'quartet_mention', payload: { key } };
    const found = await own.keepOldest(place.channelId, await own.find(place, mark));
    const shown = `<@${personId}> ${escapeAndCut(text, limits.section - 30)}`;
    const body = {
      text: shown,
      blocks: [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text: shown } }],
    };
    const ts = found?.ts ?? (await own.postOnce(place, mark, body));
    return { channelId: place.channelId, messageId: ts, threadId: place.threadId };
  }

  async function addReactions(ref: MessageRef, wanted: readonly (string | null)[]) {
    for (const name of wanted) {
      if (name === null) continue;
      try {
        const args = { channel: ref.channelId, timestamp: ref.messageId, name };
        await calls.call('reactions.add', args);
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === 'already_reacted') continue;
        // The buttons still do the same.
        if (refusal === 'too_many_emoji' || refusal === 'too_many_reactions') return;
        throw error;
      }
    }
  }

  async function readReactions(ref: MessageRef) {
    const answered = await calls.call('reactions.get', {
      channel: ref.channelId,
      timestamp: ref.messageId,
      full: true,
    });
    const message = answered['message'] as
      | { reactions?: { name: string; users?: string[] }[] }
      | undefined;
    return (message?.reactions ?? []).flatMap(({ name, users }) => {
      const action = actionOfReaction(name);
      if (action === null) return [];
      return (users ?? [])
        .filter((personId) => personId !== requireIdentity().botUserId)
        .map((personId) => ({ action, personId }));
    });
  }

  return {
    name: 'slack',
    typing: {
      command: (name, localName) =>
        name === 'imagine' ? mainCommand : `${otherCommand} ${localName}`,
    },
    editBudget: { key: (place) => place.workspaceId, perMinute: editsPerMinute },
    webhook:
      http === null
        ? null
        : {
            path: eventsPath,
            handle(request, response) {
              // Slack tries again later what it is told is not ready.
              if (isListening) http.handle(request, response);
              else answer(response, 503);
            },
          },
    start,
    async stop() {
      await connection?.close();
    },
    publishStatus: (place, ref, view) =>
      guard('chat.postMessage', place.channelId, () => delivery.publishStatus(place, ref, view)),
    async openThread(place, status) {
      if (place.threadId !== null || isDirect(place.channelId)) return place;
      return { ...place, threadId: status.messageId };
    },
    publishResults: (place, ref, view) =>
      guard('chat.postMessage', place.channelId, () => delivery.publishResults(place, ref, view)),
    addReactions: (ref, actions) =>
      guard('reactions.add', ref.channelId, () => addReactions(ref, actions.map(reactionOfAction))),
    readReactions: (ref) => guard('reactions.get', ref.channelId, () => readReactions(ref)),
    mention: (place, personId, text, key) =>
      guard('chat.postMessage', place.channelId, () => mention(place, personId, text, key)),
    tell: (place, personId, text) =>
      guard('chat.postEphemeral', place.channelId, () =>
        replies.toPerson(place, personId, privateBody({ text })),
      ),
    remove: (ref) => guard('chat.delete', ref.channelId, () => remove(ref)),
    inspect: (place, locale = 'en') =>
      guard('conversations.info', place.channelId, () =>
        inspectPlace(calls, identity, place, locale),
      ),
    diagnose: (locale) =>
      diagnose({
        calls,
        locale,
        appCalls:
          appToken === null
            ? null
            : createCalls({ token: appToken, apiUrl, timing, logger: boltLogger }),
        isConnected: connection?.isOpen() ?? false,
        publicUrl: options.publicUrl,
      }),
  };
}

import { randomUUID } from 'node:crypto';
import type { Client, ClientOptions } from 'discord.js';
import { AppError } from '#src/errors.ts';
import type { MessageRef, Place } from '#src/types/chat.ts';
import type { Inbox, Platform } from '#src/types/platform.ts';
import { diagnose, fileBytesOf, inspectPlace } from './checks.ts';
import { registerCommands } from './commands.ts';
import { createConnection, defaultTiming, type Timing } from './connection.ts';
import { createDelivery } from './delivery.ts';
import { codeOf, codes, isOutOfReach, isTokenRefused, toPlatformError } from './failures.ts';
import { listen } from './listeners.ts';
import { reasonOf, type LogTarget } from './log-target.ts';
import { addressed } from './messages.ts';
import { createOwnMessages } from './own-messages.ts';
import { createPeople } from './people.ts';
import { createPlaces, isDirect, targetOf } from './places.ts';
import { createReactions } from './reactions.ts';
import { inviteLink, type RightKey } from './rights.ts';

export interface DiscordOptions {
  token: string;
  /** As `https://discord.com/api`. */
  apiUrl: string;
  logger: LogTarget;
  timing?: Partial<Timing>;
  /** How new sessions are spaced, for tests. */
  ws?: ClientOptions['ws'];
}

/**
 * Discord lets through about five posts and edits in five seconds per channel and says no number.
 * Half of that is left for posts, and for edits of older messages, which it slows down further.
 */
const editsPerMinute = 30;

export function createDiscordPlatform(options: DiscordOptions): Platform {
  const { logger } = options;
  const timing: Timing = { ...defaultTiming, ...options.timing };
  let inbox: Inbox | null = null;
  let invitation: string | null = null;
  let isTokenLost = false;

  const connection = createConnection({
    token: options.token,
    apiUrl: options.apiUrl.replace(/\/+$/, ''),
    timing,
    logger,
    ...(options.ws === undefined ? {} : { ws: options.ws }),
    listen(client) {
      if (inbox !== null) listen(client, { inbox, people, places, tell, timing, logger });
    },
    onGap() {
      inbox?.gap().catch((error: unknown) => {
        logger.error(
          { platform: 'discord', error: reasonOf(error) },
          'Reading back after a gap failed.',
        );
      });
    },
  });
  const client = (): Client => connection.client;
  const places = createPlaces(client);
  const people = createPeople(client, logger);
  const own = createOwnMessages(client);
  const reactions = createReactions(client);
  const delivery = createDelivery({
    client,
    own,
    places,
    fileBytes: (place) => fileBytesOf(client(), place),
    logger,
  });

  async function start(into: Inbox): Promise<void> {
    inbox = into;
    isTokenLost = false;
    await connection.open();
    const applicationId = client().application?.id ?? client().user?.id ?? '';
    invitation = inviteLink(applicationId);
    try {
      const commands = into.describeCommands();
      const { count, isChanged } = await registerCommands(client(), applicationId, commands);
      logger.info(
        { platform: 'discord', count },
        isChanged ? 'Discord commands registered.' : 'Discord commands are up to date.',
      );
    } catch (thrown) {
      const error = toPlatformError(thrown, { channel: 'Discord', missing: [] });
      if (error.retryable) {
        await connection.close();
        throw error;
      }
      // Those of an earlier start, reactions and buttons go on working.
      logger.error(
        { platform: 'discord', error: error.message },
        'Discord does not take the commands.',
      );
    }
  }

  /** Whatever fails inside becomes an error that the product can branch on. */
  async function guard<Result>(
    place: MessageRef | Place,
    needed: readonly RightKey[],
    work: () => Promise<Result>,
  ): Promise<Result> {
    if (client().user === null) {
      throw new AppError('PLATFORM_FAILED', 'Discord is not connected yet.', { retryable: true });
    }
    try {
      try {
        return await work();
      } catch (error) {
        // In an archived thread nothing can be edited or reacted to; a locked one stays as it is.
        if (codeOf(error) !== codes.archivedThread || !(await places.reopen(place))) throw error;
        return await work();
      }
    } catch (thrown) {
      const error = toPlatformError(thrown, {
        channel: places.nameOf(place),
        missing: places.missing(place, needed),
      });
      throw isTokenRefused(thrown) ? tokenLost(error) : error;
    }
  }

  /** What is open stays open: it is delivered after the restart with a token that works. */
  function tokenLost({ code, message, localized }: AppError): AppError {
    if (!isTokenLost) logger.error({ platform: 'discord', code }, message);
    isTokenLost = true;
    return new AppError(code, message, { retryable: true, localized });
  }

  async function tell(place: Place, personId: string, text: string): Promise<void> {
    // The mention says for whom it is; nobody is notified of it.
    const post = {
      key: `tell/${randomUUID()}`,
      body: { content: addressed(personId, text), components: [] },
      isSilent: true,
    };
    try {
      await own.postOnce(targetOf(place), post);
    } catch (error) {
      if (!isOutOfReach(error) || isDirect(place)) throw error;
      await own.postOnce(await places.directWith(personId), post);
    }
  }

  const posting = (place: { threadId: string | null }): RightKey[] => [
    'ViewChannel',
    place.threadId === null ? 'SendMessages' : 'SendMessagesInThreads',
  ];

  return {
    name: 'discord',
    typing: {
      command: (_, localName) => `/${localName}`,
      option: (localName, value) => `${localName}:${value}`,
    },
    editBudget: { key: targetOf, perMinute: editsPerMinute },
    get invitation() {
      return invitation;
    },
    start,
    stop: () => connection.close(),
    publishStatus: (place, ref, view) =>
      guard(place, posting(place), () => delivery.publishStatus(place, ref, view)),
    openThread: (place, status, title) =>
      guard(place, ['ViewChannel', 'CreatePublicThreads'], () =>
        delivery.openThread(place, status, title),
      ),
    publishResults: (place, ref, view) =>
      guard(ref ?? place, [...posting(ref ?? place), 'AttachFiles'], () =>
        delivery.publishResults(place, ref, view),
      ),
    addReactions: (ref, actions) =>
      guard(ref, ['ViewChannel', 'ReadMessageHistory', 'AddReactions'], () =>
        reactions.add(ref, actions),
      ),
    readReactions: (ref) =>
      guard(ref, ['ViewChannel', 'ReadMessageHistory'], () => reactions.read(ref)),
    mention: (place, personId, text, key) =>
      guard(place, posting(place), () => delivery.mention(place, personId, text, key)),
    tell: (place, personId, text) =>
      guard(place, posting(place), () => tell(place, personId, text)),
    remove: (ref: MessageRef) => guard(ref, ['ViewChannel'], () => delivery.remove(ref)),
    inspect: (place, locale = 'en') =>
      guard(place, ['ViewChannel'], () => inspectPlace(client(), place, locale)),
    diagnose: (locale) =>
      diagnose({
        client: client(),
        isConnected: connection.isOpen(),
        failure: connection.failure(),
        locale,
        commands: inbox?.describeCommands() ?? null,
      }),
  };
}

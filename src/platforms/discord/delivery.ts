import { Routes, type APIMessage, type Client } from 'discord.js';
import type { MessageRef, Place, ResultsView, StatusView } from '#src/types/chat.ts';
import type { Mention, Posted } from '#src/types/platform.ts';
import { codeOf, codes, isUnclear } from './failures.ts';
import { limits } from './limits.ts';
import type { LogTarget } from './log-target.ts';
import { addressed, readMark, statusBody, type Body, type Mark } from './messages.ts';
import type { OwnMessages, Post } from './own-messages.ts';
import { createPictures } from './pictures.ts';
import { isDirect, targetOf, type Places } from './places.ts';
import { RecentMap } from './recent-map.ts';
import { rights } from './rights.ts';
import { cutText, listNames, oneLine } from './wording.ts';

export interface DeliveryParts {
  client: () => Client;
  own: OwnMessages;
  places: Places;
  /** Largest file of a place. Unit: bytes. */
  fileBytes(place: Place): number;
  logger: LogTarget;
}

export interface Delivery {
  publishStatus(place: Place, posted: Posted, view: StatusView): Promise<MessageRef>;
  publishResults(place: Place, posted: Posted, view: ResultsView): Promise<MessageRef>;
  openThread(place: Place, status: MessageRef, title: string): Promise<Place>;
  mention(place: Place, wanted: Mention, posted: Exclude<Posted, MessageRef>): Promise<MessageRef>;
  remove(ref: MessageRef): Promise<void>;
}

const threadMinutes = 1440;

/** Messages and threads. Every call rejects with what Discord or the network said. */
export function createDelivery(parts: DeliveryParts): Delivery {
  const { client, own, places, logger } = parts;
  const pictures = createPictures({
    client,
    post: (channelId, requestId, given) => post(channelId, { requestId, kind: 'results' }, given),
  });
  /** Which of our mentions is for what: their texts may be alike. */
  const mentionKeys = new RecentMap<string>();

  const refTo = ({ channelId, threadId }: Place, messageId: string): MessageRef => ({
    channelId,
    messageId,
    threadId,
  });

  /** Posts, or takes the message of an earlier attempt and brings it up to date. */
  async function post(channelId: string, mark: Mark, given: Omit<Post, 'key'>) {
    const key = `${mark.kind}/${mark.requestId}`;
    let message: APIMessage;
    try {
      message = await own.postOnce(channelId, { ...given, key });
    } catch (error) {
      if (!isUnclear(error)) throw error;
      // It may stand although no answer came.
      const kept = await findOwn(channelId, mark);
      if (kept === null) throw error;
      message = kept;
    }
    if (message.content === given.body.content.trim()) return message;
    return edit(channelId, message.id, given.body);
  }

  async function edit(channelId: string, messageId: string, body: Body): Promise<APIMessage> {
    return (await client().rest.patch(Routes.channelMessage(channelId, messageId), {
      body: { ...body, allowed_mentions: { parse: [] } },
    })) as APIMessage;
  }

  async function findOwn(channelId: string, { requestId, kind }: Mark) {
    return own.findOne(channelId, (message) => {
      const mark = readMark(message);
      return mark?.requestId === requestId && mark.kind === kind;
    });
  }

  async function openThread(place: Place, status: MessageRef, title: string): Promise<Place> {
    if (place.threadId !== null || isDirect(place)) return place;
    const lacking = places.missing(place, ['CreatePublicThreads', 'SendMessagesInThreads']);
    if (lacking.length > 0) {
      const names = listNames(lacking.map((key) => rights[key].name));
      return stay(`No thread could be started in ${places.nameOf(place)}: missing ${names}.`);
    }
    try {
      const thread = (await client().rest.post(Routes.threads(place.channelId, status.messageId), {
        body: {
          name: cutText(oneLine(title), limits.threadName) || 'Quartet',
          auto_archive_duration: threadMinutes,
        },
      })) as { id: string; type: number; parent_id?: string | null };
      places.learn(thread);
      return { ...place, threadId: thread.id };
    } catch (error) {
      const code = codeOf(error);
      // The thread of a message has the message's id.
      if (code === codes.threadExists) return { ...place, threadId: status.messageId };
      if (code !== null && threadless.has(code)) {
        return stay(`No thread could be started in ${places.nameOf(place)} (${code}).`);
      }
      throw error;
    }

    function stay(why: string): Place {
      logger.warn(
        { platform: 'discord', channelId: place.channelId },
        `${why} The pictures go to the channel itself.`,
      );
      return place;
    }
  }

  function findMention(channelId: string, key: string, content: string) {
    // The same words for an earlier request stand above that request's pictures or are known.
    let isAfterPictures = true;
    return own.findOne(channelId, (message) => {
      if (message.attachments.length > 0) isAfterPictures = false;
      const knownKey = mentionKeys.get(message.id);
      if (knownKey !== undefined) return knownKey === key;
      return isAfterPictures && message.content === content;
    });
  }

  async function mention(
    place: Place,
    { personId, text, key }: Mention,
    posted: Exclude<Posted, MessageRef>,
  ) {
    const channelId = targetOf(place);
    const content = addressed(personId, text);
    const found = posted === 'perhaps' ? await findMention(channelId, key, content) : null;
    const message =
      found ??
      (await own.postOnce(channelId, {
        key: `mention/${key}`,
        body: { content, components: [] },
        notify: personId,
      }));
    mentionKeys.set(message.id, key);
    return refTo(place, message.id);
  }

  return {
    async publishStatus(place, posted, view) {
      const channelId = targetOf(place);
      const body = statusBody(view);
      if (typeof posted !== 'string') {
        await edit(channelId, posted.messageId, body);
        return posted;
      }
      const mark: Mark = { requestId: view.requestId, kind: 'status' };
      const found = posted === 'perhaps' ? await findOwn(channelId, mark) : null;
      if (found === null) return refTo(place, (await post(channelId, mark, { body })).id);
      await edit(channelId, found.id, body);
      return refTo(place, found.id);
    },
    async publishResults(place, posted, view) {
      const fileBytes = parts.fileBytes(place);
      if (typeof posted !== 'string') {
        const channelId = targetOf(posted);
        await pictures.publish({ channelId, known: posted.messageId, view, fileBytes });
        return posted;
      }
      const channelId = targetOf(place);
      const mark: Mark = { requestId: view.requestId, kind: 'results' };
      const known = posted === 'perhaps' ? await findOwn(channelId, mark) : null;
      return refTo(place, await pictures.publish({ channelId, known, view, fileBytes }));
    },
    openThread,
    mention,
    async remove(ref) {
      try {
        await client().rest.delete(Routes.channelMessage(targetOf(ref), ref.messageId));
      } catch (error) {
        const code = codeOf(error);
        if (code !== codes.unknownMessage && code !== codes.unknownChannel) throw error;
      }
    },
  };
}

/** Places without threads, or with no room for one more. */
const threadless = new Set<number>([
  codes.missingPermissions,
  codes.wrongForDirect,
  codes.wrongChannelType,
  codes.tooManyThreads,
]);

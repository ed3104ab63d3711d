import { createHash } from 'node:crypto';
import { MessageFlags, Routes, type APIMessage, type Client, type RawFile } from 'discord.js';
import { codeOf, codes } from './failures.ts';
import { limits } from './limits.ts';
import type { Body } from './messages.ts';

const pageSize = 100;
/** How far back an earlier attempt is looked for: it is recent. Unit: pages. */
const pages = 3;

export interface Post {
  /** What the message is, so that an attempt that is repeated is known as the same. */
  key: string;
  body: Body;
  files?: readonly SentFile[];
  /** The one person who is notified. */
  notify?: string;
  /** Nobody hears a sound. */
  isSilent?: boolean;
}

export interface SentFile extends RawFile {
  description: string;
}

export interface OwnMessages {
  /** Our message that is meant: the oldest of several, which goes on alone. */
  findOne(channelId: string, isMeant: (message: APIMessage) => boolean): Promise<APIMessage | null>;
  /** Posts a message so that one stands whatever the network does. */
  postOnce(channelId: string, post: Post): Promise<APIMessage>;
}

/** Every call rejects with what Discord or the network said. */
export function createOwnMessages(client: () => Client): OwnMessages {
  /** The oldest first. */
  async function find(channelId: string, isMeant: (message: APIMessage) => boolean) {
    const self = client().user?.id;
    let before: string | undefined;
    for (let page = 0; page < pages; page += 1) {
      const query = new URLSearchParams({ limit: String(pageSize) });
      if (before !== undefined) query.set('before', before);
      const messages = (await client().rest.get(Routes.channelMessages(channelId), {
        query,
      })) as APIMessage[];
      // Our own messages come with their content, whatever the intents are.
      const found = messages.filter(({ author }) => author.id === self).filter(isMeant);
      if (found.length > 0) return found.reverse();
      before = messages.at(-1)?.id;
      if (messages.length < pageSize) break;
    }
    return [];
  }

  async function findOne(channelId: string, isMeant: (message: APIMessage) => boolean) {
    const found = await find(channelId, isMeant);
    for (const extra of found.slice(1)) {
      try {
        await client().rest.delete(Routes.channelMessage(channelId, extra.id));
      } catch (error) {
        if (codeOf(error) !== codes.unknownMessage) throw error;
      }
    }
    return found[0] ?? null;
  }

  async function postOnce(channelId: string, post: Post): Promise<APIMessage> {
    const { files = [], notify, isSilent = false, body } = post;
    const flags = MessageFlags.SuppressEmbeds | (isSilent ? MessageFlags.SuppressNotifications : 0);
    const message = (await client().rest.post(Routes.channelMessages(channelId), {
      body: {
        ...body,
        flags,
        attachments: files.map(({ name, description }, index) => ({
          id: String(index),
          filename: name,
          description,
        })),
        allowed_mentions: { parse: [], ...(notify === undefined ? {} : { users: [notify] }) },
        nonce: nonceOf(channelId, post.key),
        // Posted again within minutes, as after a lost answer, the first message is answered.
        enforce_nonce: true,
      },
      files: files.map((file, index) => ({ ...file, key: `files[${index}]` })),
    })) as APIMessage;
    return message;
  }

  return {
    findOne,
    postOnce,
  };
}

/** The same for every attempt at the same message, in as many characters as Discord takes. */
export function nonceOf(channelId: string, key: string): string {
  const digest = createHash('sha256').update(`${channelId}/${key}`).digest('base64url');
  return digest.slice(0, limits.nonce);
}

import type { Json } from './json.ts';
import { isObject, toText } from './json.ts';
import { botUserId, type FakeMessage, type World } from './world.ts';

export interface MessageSnapshot {
  ts: string;
  threadTs: string | null;
  author: string;
  text: string;
  /** Pictures with the address of their file in place of its id. */
  blocks: Json[];
  reactions: { name: string; users: string[] }[];
  ephemeralFor: string | null;
  isEdited: boolean;
}

export interface ChannelSnapshot {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im';
  messages: MessageSnapshot[];
}

export interface Snapshot {
  isOnline: boolean;
  users: { id: string; name: string; locale: string }[];
  channels: ChannelSnapshot[];
  views: { id: string; userId: string; view: Json }[];
}

/** The whole workspace as plain data, for a page that shows it. */
export function takeSnapshot(world: World, origin: string, isOnline: boolean): Snapshot {
  const nameOf = (id: string) =>
    id === botUserId ? 'Quartet' : (world.users.get(id)?.realName ?? id);
  const addressOf = (block: Json): Json => {
    if (block['type'] !== 'image' || !isObject(block['slack_file'])) return block;
    const file = world.files.get(toText(block['slack_file']['id']));
    return { ...block, image_url: file ? `${origin}/files/${file.id}/${file.name}` : '' };
  };
  const toSnapshot = (message: FakeMessage): MessageSnapshot => ({
    ts: message.ts,
    threadTs: message.threadTs,
    author: nameOf(message.user),
    text: message.text,
    blocks: message.blocks.map(addressOf),
    reactions: message.reactions.map(({ name, users }) => ({ name, users: users.map(nameOf) })),
    ephemeralFor: message.ephemeralFor,
    isEdited: message.editedAtMs !== null,
  });
  return {
    isOnline,
    users: [...world.users.values()].map(({ id, realName, locale }) => ({
      id,
      name: realName,
      locale,
    })),
    channels: [...world.channels.values()].map(({ id, name, kind }) => ({
      id,
      name,
      kind,
      messages: world.messages.filter(({ channel }) => channel === id).map(toSnapshot),
    })),
    views: [...world.views.values()],
  };
}

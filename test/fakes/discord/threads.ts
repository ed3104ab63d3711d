import type { Core } from './core.ts';
import { discordError, FormFaults } from './errors.ts';
import { toText, type Json } from './json.ts';
import { announceEdit, storeMessage } from './messages.ts';
import { messageFlags } from './check-message.ts';
import { toChannelJson } from './serialize.ts';
import { blankChannel } from './world.ts';
import type { FakeChannel, FakeMessage } from './world-types.ts';

const archiveMinutes = [60, 1440, 4320, 10_080];

/** Opens a thread in a channel, on a message (whose id it takes) or by itself. */
export function startThread(
  core: Core,
  parent: FakeChannel,
  starter: FakeMessage | null,
  body: Json,
): FakeChannel {
  const { world, gateway } = core;
  if (parent.type === 1) throw discordError('dmChannel');
  if (parent.thread !== null) throw discordError('wrongChannelType');
  const type = starter !== null ? 11 : Number(body['type'] ?? 12);
  if (type !== 11 && type !== 12) throw discordError('wrongChannelType');
  world.demand(
    world.botId,
    parent,
    type === 11 ? 'CREATE_PUBLIC_THREADS' : 'CREATE_PRIVATE_THREADS',
  );
  checkThreadForm(body);
  if (starter !== null && starter.threadId !== null) throw discordError('threadExists');
  if (starter !== null && starter.type === 18) throw discordError('systemMessage');
  const thread: FakeChannel = {
    ...blankChannel(starter?.id ?? world.nextId(), type, toText(body['name']).trim()),
    guildId: parent.guildId,
    parentId: parent.id,
    isNsfw: parent.isNsfw,
    attachmentSizeLimitBytes: parent.attachmentSizeLimitBytes,
    rateLimitPerUserSeconds: Number(body['rate_limit_per_user'] ?? 0),
    thread: {
      isArchived: false,
      isLocked: false,
      autoArchiveMinutes: Number(body['auto_archive_duration'] ?? 1440),
      archiveChangedAtMs: world.now(),
      ownerId: world.botId,
      members: new Map([[world.botId, world.now()]]),
      messageCount: 0,
    },
  };
  if (world.channels.has(thread.id)) throw discordError('threadExists');
  world.addChannel(thread);
  gateway.dispatchIn(
    thread,
    'THREAD_CREATE',
    { ...toChannelJson(world, thread), newly_created: true },
    'GUILDS',
    'GUILDS',
  );
  if (starter === null) {
    if (type === 11)
      storeMessage(core, parent, systemMessage(core, parent, 18, thread.name, thread.id));
  } else {
    starter.threadId = thread.id;
    starter.flags |= messageFlags.hasThread;
    announceEdit(core, starter);
    const first = systemMessage(core, thread, 21, '', null);
    storeMessage(core, thread, {
      ...first,
      authorId: starter.authorId,
      referencedMessageId: starter.id,
    });
  }
  core.changed();
  return thread;
}

function checkThreadForm(body: Json): void {
  const faults = new FormFaults();
  const name = typeof body['name'] === 'string' ? body['name'].trim() : body['name'];
  faults.text('name', name, 1, 100, true);
  const minutes = body['auto_archive_duration'];
  if (minutes !== undefined && minutes !== null && !archiveMinutes.includes(Number(minutes))) {
    faults.add(
      'auto_archive_duration',
      'BASE_TYPE_CHOICES',
      'Value must be one of (60, 1440, 4320, 10080).',
    );
  }
  const slow = Number(body['rate_limit_per_user'] ?? 0);
  if (!(slow >= 0 && slow <= 21_600)) {
    faults.add(
      'rate_limit_per_user',
      'NUMBER_TYPE_MAX',
      'int value should be between 0 and 21600.',
    );
  }
  faults.throwIfAny();
}

function systemMessage(
  core: Core,
  channel: FakeChannel,
  type: 18 | 21,
  content: string,
  threadId: string | null,
): FakeMessage {
  return {
    id: core.world.nextId(),
    channelId: channel.id,
    authorId: core.world.botId,
    type,
    content,
    embeds: [],
    components: [],
    attachments: [],
    reactions: [],
    flags: 0,
    nonce: null,
    createdAtMs: core.world.now(),
    editedAtMs: null,
    pings: [],
    referencedMessageId: null,
    ephemeralFor: null,
    interactionMetadata: null,
    threadId,
  };
}

/** Archives, locks or opens a thread, as a moderator does. */
export function setThreadState(
  core: Core,
  thread: FakeChannel,
  state: { isArchived?: boolean; isLocked?: boolean },
): void {
  if (thread.thread === null) throw discordError('wrongChannelType');
  Object.assign(thread.thread, state, { archiveChangedAtMs: core.world.now() });
  core.gateway.dispatchIn(
    thread,
    'THREAD_UPDATE',
    toChannelJson(core.world, thread),
    'GUILDS',
    'GUILDS',
  );
  core.changed();
}

/** Deletes a channel with its messages and threads, as a moderator does. */
export function removeChannel(core: Core, channel: FakeChannel): void {
  const { world, gateway } = core;
  for (const thread of world.channels.values()) {
    if (thread.parentId === channel.id) removeChannel(core, thread);
  }
  for (const message of world.messages.values()) {
    if (message.channelId === channel.id) world.messages.delete(message.id);
  }
  const json =
    channel.thread === null
      ? toChannelJson(world, channel)
      : {
          id: channel.id,
          guild_id: channel.guildId,
          parent_id: channel.parentId,
          type: channel.type,
        };
  const isVisible = world.can(world.botId, channel, 'VIEW_CHANNEL');
  world.channels.delete(channel.id);
  const event = channel.thread === null ? 'CHANNEL_DELETE' : 'THREAD_DELETE';
  if (isVisible || channel.thread === null)
    gateway.dispatch(event, json, channel.guildId, 'GUILDS');
  core.changed();
}

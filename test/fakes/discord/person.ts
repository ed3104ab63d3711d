import type { Core } from './core.ts';
import type { InteractionHandle } from './interaction-book.ts';
import { isObject, toObjects, toText, type Json } from './json.ts';
import { openThreadForPost, postMessage, removeMessage } from './messages.ts';
import { fillModal, type ModalValues } from './modal-values.ts';
import { addReaction, parseEmoji, removeReaction } from './reactions.ts';
import { openDm } from './routes-application.ts';
import { findOfferedCommand, sendInteraction } from './send-interaction.ts';
import { toMessageJson } from './serialize.ts';
import { ClientRefusal, fillOptions, type PickedFile, type SlashValues } from './slash-options.ts';
import type { FakeChannel, FakeMessage } from './world-types.ts';

/** A message or its id. */
export type MessageRef = string | { id: string };

export interface Where {
  /** Without it: the first text channel of the first server that the person can see. */
  channelId?: string;
  /** The language of the person's client, when it is not the one of the account. */
  locale?: string;
}

/** One person at a real client: refuses what the client refuses, and sends what it sends. */
export class Person {
  readonly userId: string;
  private readonly core: Core;

  constructor(core: Core, userId: string) {
    this.core = core;
    this.userId = core.world.requireUser(userId).id;
  }

  /** The id of the person's direct messages with the bot. */
  get dmChannelId(): string {
    return openDm(this.core, this.userId).id;
  }

  /** Uses a slash command; a sub-command is written after a space: `style add`. */
  slash(commandName: string, values: SlashValues = {}, where: Where = {}): InteractionHandle {
    return this.sendCommand(2, commandName, values, where);
  }

  /** Types into one option; `values` holds what is typed so far, the focused option included. */
  autocomplete(
    commandName: string,
    values: SlashValues,
    focused: string,
    where: Where = {},
  ): InteractionHandle {
    return this.sendCommand(4, commandName, values, where, focused);
  }

  /** Uses a message command, from the menu of a message. */
  messageCommand(
    name: string,
    message: MessageRef,
    where: Pick<Where, 'locale'> = {},
  ): InteractionHandle {
    const target = this.seeMessage(message);
    const channel = this.core.world.requireChannel(target.channelId);
    const command = findOfferedCommand(this.core.world, this.userId, name, 3, channel);
    const shown = toMessageJson(this.core.world, target, { isWhole: true });
    const data: Json = {
      id: command.id,
      name,
      type: 3,
      target_id: target.id,
      resolved: { messages: { [target.id]: shown } },
    };
    return sendInteraction(this.core, this.userId, {
      type: 2,
      channel,
      label: `"${name}"`,
      data,
      targetMessageId: target.id,
      ...where,
    });
  }

  clickButton(
    message: MessageRef,
    customId: string,
    where: Pick<Where, 'locale'> = {},
  ): InteractionHandle {
    return this.useComponent(message, customId, null, where);
  }

  selectOptions(
    message: MessageRef,
    customId: string,
    values: string[],
    where: Pick<Where, 'locale'> = {},
  ): InteractionHandle {
    return this.useComponent(message, customId, values, where);
  }

  /** Fills in and sends the form that an earlier interaction opened. */
  submitModal(
    opened: InteractionHandle,
    values: ModalValues,
    where: Pick<Where, 'locale'> = {},
  ): InteractionHandle {
    if (opened.modal === null) throw new ClientRefusal('That interaction opened no form.');
    if (opened.record.userId !== this.userId)
      throw new ClientRefusal('The form belongs to somebody else.');
    const channel = this.core.world.requireChannel(opened.record.channelId);
    const filled = fillModal(this.core.world, channel, opened.modal, values);
    const data: Json = { custom_id: opened.modal['custom_id'], ...filled };
    const { sourceMessageId, metadata } = opened.record;
    const extra = { triggering_interaction_metadata: metadata };
    const label = `form ${toText(opened.modal['custom_id'])}`;
    return sendInteraction(this.core, this.userId, {
      type: 5,
      channel,
      label,
      data,
      sourceMessageId,
      extra,
      ...where,
    });
  }

  /** Writes an ordinary message. */
  say(
    content: string,
    where: Where & { files?: PickedFile[]; replyTo?: MessageRef } = {},
  ): FakeMessage {
    const channel = this.chooseChannel(where.channelId);
    this.core.world.demand(
      this.userId,
      channel,
      channel.thread === null ? 'SEND_MESSAGES' : 'SEND_MESSAGES_IN_THREADS',
    );
    openThreadForPost(this.core, channel);
    const files = (where.files ?? []).map((file, index) => ({
      contentType: 'application/octet-stream',
      ...file,
      key: String(index),
    }));
    const referencedMessageId =
      where.replyTo === undefined ? null : this.seeMessage(where.replyTo).id;
    const type = referencedMessageId === null ? 0 : 19;
    return postMessage(this.core, channel, {
      authorId: this.userId,
      type,
      body: { content },
      files,
      referencedMessageId,
    });
  }

  react(message: MessageRef, emoji: string): void {
    addReaction(this.core, this.seePublicMessage(message), parseEmoji(emoji), this.userId);
  }

  unreact(message: MessageRef, emoji: string): void {
    removeReaction(this.core, this.seePublicMessage(message), parseEmoji(emoji), this.userId);
  }

  deleteMessage(message: MessageRef): void {
    const target = this.seeMessage(message);
    const channel = this.core.world.requireChannel(target.channelId);
    const isOwn = target.authorId === this.userId || target.ephemeralFor === this.userId;
    if (!isOwn) this.core.world.demand(this.userId, channel, 'MANAGE_MESSAGES');
    removeMessage(this.core, target);
  }

  private sendCommand(
    type: 2 | 4,
    commandName: string,
    values: SlashValues,
    where: Where,
    focused?: string,
  ): InteractionHandle {
    const channel = this.chooseChannel(where.channelId);
    const [name = '', ...subCommands] = commandName.replace(/^\//, '').split(' ');
    const command = findOfferedCommand(this.core.world, this.userId, name, 1, channel);
    const filled = fillOptions(this.core.world, channel, command, subCommands, values, focused);
    const data: Json = { id: command.id, name, type: 1, options: filled.options };
    if (Object.keys(filled.resolved).length > 0) data['resolved'] = filled.resolved;
    if (command['guild_id'] !== undefined) data['guild_id'] = command['guild_id'];
    const locale = where.locale === undefined ? {} : { locale: where.locale };
    return sendInteraction(this.core, this.userId, {
      type,
      channel,
      label: `/${commandName}`,
      data,
      ...locale,
    });
  }

  private useComponent(
    message: MessageRef,
    customId: string,
    values: string[] | null,
    where: Pick<Where, 'locale'>,
  ): InteractionHandle {
    const source = this.seeMessage(message);
    const component = source.components
      .flatMap(listComponents)
      .find((entry) => entry['custom_id'] === customId);
    if (component === undefined)
      throw new ClientRefusal(`Message ${source.id} has nothing with the id "${customId}".`);
    if (component['disabled'] === true) throw new ClientRefusal(`"${customId}" is disabled.`);
    const isButton = component['type'] === 2;
    if (isButton !== (values === null))
      throw new ClientRefusal(`"${customId}" is ${isButton ? 'a button' : 'a menu'}.`);
    const channel = this.core.world.requireChannel(source.channelId);
    const data: Json = {
      custom_id: customId,
      component_type: component['type'],
      id: component['id'],
    };
    if (values !== null) data['values'] = values;
    const extra = { interacted_message_id: source.id };
    return sendInteraction(this.core, this.userId, {
      type: 3,
      channel,
      label: `"${customId}"`,
      data,
      sourceMessageId: source.id,
      extra,
      ...where,
    });
  }

  private chooseChannel(channelId: string | undefined): FakeChannel {
    const { world } = this.core;
    const channel =
      channelId === undefined
        ? [...world.channels.values()].find(
            (entry) => entry.type === 0 && world.can(this.userId, entry, 'VIEW_CHANNEL'),
          )
        : world.requireChannel(channelId);
    if (channel === undefined || !world.can(this.userId, channel, 'VIEW_CHANNEL')) {
      throw new ClientRefusal(`User ${this.userId} cannot see channel ${channelId ?? '(any)'}.`);
    }
    return channel;
  }

  private seeMessage(ref: MessageRef): FakeMessage {
    const id = typeof ref === 'string' ? ref : ref.id;
    const message = this.core.world.messages.get(id);
    const isHidden =
      message !== undefined &&
      message.ephemeralFor !== null &&
      message.ephemeralFor !== this.userId;
    if (message === undefined || isHidden)
      throw new ClientRefusal(`User ${this.userId} sees no message ${id}.`);
    this.chooseChannel(message.channelId);
    return message;
  }

  private seePublicMessage(ref: MessageRef): FakeMessage {
    const message = this.seeMessage(ref);
    if (message.ephemeralFor !== null)
      throw new ClientRefusal('A message that only you can see takes no reactions.');
    return message;
  }
}

function listComponents(component: Json): Json[] {
  const accessory = component['accessory'];
  const nested = [
    ...toObjects(component['components']),
    ...(isObject(accessory) ? [accessory] : []),
  ];
  return [component, ...nested.flatMap(listComponents)];
}

import { checkOptions } from './check-blocks.ts';
import { isObject, toObjects, toText, type Json } from './json.ts';
import type { Core } from './method.ts';
import { react, toMessageJson, unreact } from './methods-chat.ts';
import {
  buttonPayload,
  globalShortcutPayload,
  messageShortcutPayload,
  slashPayload,
  submissionPayload,
  suggestionPayload,
} from './payloads.ts';
import type { EnvelopeType } from './socket.ts';
import { botUserId, type FakeMessage, type FakeUser, type FakeView } from './world.ts';

export type Deliver = (type: EnvelopeType, payload: Json) => Promise<Json | null>;

/** What Slack tells a person whose app did not answer. */
export class SlackRefusal extends Error {}

export interface Where {
  /** Default: the first channel that the person is in. */
  channel?: string;
  threadTs?: string;
}

/** One person at a real client: refuses what the client refuses, and sends what it sends. */
export class Person {
  readonly user: FakeUser;
  private readonly core: Core;
  private readonly deliver: Deliver;
  private readonly commands: readonly string[];

  constructor(core: Core, userId: string, deliver: Deliver, commands: readonly string[]) {
    this.core = core;
    this.user = core.world.requireUser(userId);
    this.deliver = deliver;
    this.commands = commands;
  }

  get dmChannelId(): string {
    return this.core.world.directChannel(this.user.id).id;
  }

  /** Slash commands are not offered in threads. Resolves with the acknowledgement. */
  async slash(command: string, text = '', where: Pick<Where, 'channel'> = {}): Promise<Json> {
    if (!this.commands.includes(command))
      throw new SlackRefusal(`${command} is not a valid command.`);
    const channel = this.channel(where.channel);
    const payload = slashPayload(
      this.user,
      channel,
      command,
      text,
      this.ids(channel.id, null, null),
    );
    return this.acknowledged(command, await this.deliver('slash_commands', payload), channel.id);
  }

  /** Writes an ordinary message; one that names the bot reaches it where it is a member. */
  say(text: string, where: Where = {}): FakeMessage {
    const { world } = this.core;
    const channel = this.channel(where.channel);
    const message = world.post({
      channel: channel.id,
      threadTs: where.threadTs ?? null,
      user: this.user.id,
      text,
    });
    const event = { ...toMessageJson(message), channel: channel.id, event_ts: message.ts };
    if (channel.kind === 'im') this.core.event({ ...event, channel_type: 'im' });
    else if (text.includes(`<@${botUserId}>`) && channel.members.has(botUserId))
      this.core.event({ ...event, type: 'app_mention' });
    this.core.changed();
    return message;
  }

  mention(text: string, where: Where = {}): FakeMessage {
    return this.say(`<@${botUserId}> ${text}`, where);
  }

  /** `actionId` or the text of a button; of a message that this person sees. */
  async click(message: Pick<FakeMessage, 'ts' | 'channel'>, button: string): Promise<Json> {
    const { world } = this.core;
    const found = world.messages.find(
      (one) => one.ts === message.ts && one.channel === message.channel,
    );
    if (!found || (found.ephemeralFor !== null && found.ephemeralFor !== this.user.id))
      throw new SlackRefusal('There is no such message.');
    for (const block of found.blocks) {
      const elements = [
        ...toObjects(block['elements']),
        ...(isObject(block['accessory']) ? [block['accessory']] : []),
      ];
      const element = elements.find(
        (one) => one['action_id'] === button || one['value'] === button || labelOf(one) === button,
      );
      if (!element) continue;
      const channel = world.requireChannel(found.channel);
      const action = { ...element, block_id: block['block_id'] ?? 'b', action_ts: world.nextTs() };
      const ids = this.ids(channel.id, found.threadTs, found.ts);
      const payload = buttonPayload(this.user, channel, found, action, ids);
      return this.acknowledged(button, await this.deliver('interactive', payload), channel.id);
    }
    throw new SlackRefusal(`The message has no button ${button}.`);
  }

  async messageShortcut(callbackId: string, message: FakeMessage): Promise<Json> {
    const channel = this.core.world.requireChannel(message.channel);
    const ids = this.ids(channel.id, message.threadTs, message.ts);
    const payload = messageShortcutPayload(this.user, channel, message, callbackId, ids);
    return this.acknowledged(callbackId, await this.deliver('interactive', payload), channel.id);
  }

  async globalShortcut(callbackId: string): Promise<Json> {
    const trigger = this.core.world.openTrigger(this.user.id);
    const payload = globalShortcutPayload(this.user, callbackId, trigger);
    return this.acknowledged(callbackId, await this.deliver('interactive', payload), null);
  }

  /** Modals that are open in front of this person, newest last. */
  views(): FakeView[] {
    return [...this.core.world.views.values()].filter(({ userId }) => userId === this.user.id);
  }

  /** Fills in inputs by block id and sends; what the client itself checks is checked. */
  async submit(viewId: string, filled: Record<string, string>): Promise<Json> {
    const { world } = this.core;
    const opened = this.view(viewId);
    const values: Json = {};
    for (const block of toObjects(opened.view['blocks'])) {
      if (block['type'] !== 'input' || !isObject(block['element'])) continue;
      const id = toText(block['block_id']);
      const value = filled[id];
      if (value === undefined && block['optional'] !== true && initialOf(block['element']) === null)
        throw new SlackRefusal(`${id}: please complete this required field.`);
      const element = block['element'];
      values[id] = { [toText(element['action_id'])]: fill(element, value ?? null, id) };
    }
    const payload = submissionPayload(this.user, opened, values, world.openTrigger(this.user.id));
    const answer = this.acknowledged('the form', await this.deliver('interactive', payload), null);
    for (const id of Object.keys(isObject(answer['errors']) ? answer['errors'] : {})) {
      const isInput = toObjects(opened.view['blocks']).some(
        ({ block_id: known, type }) => known === id && type === 'input',
      );
      if (!isInput) throw new SlackRefusal(`The form has no input ${id} to show an error under.`);
    }
    if (answer['response_action'] === undefined || answer['response_action'] === 'clear')
      world.views.delete(viewId);
    this.core.changed();
    return answer;
  }

  /** Types into a select that asks the app what to offer. */
  async suggestions(viewId: string, blockId: string, typed: string): Promise<string[]> {
    const opened = this.view(viewId);
    const input = toObjects(opened.view['blocks']).find(({ block_id: id }) => id === blockId);
    const element = isObject(input?.['element']) ? input['element'] : {};
    if (element['type'] !== 'external_select')
      throw new SlackRefusal(`${blockId} asks for nothing.`);
    const payload = suggestionPayload(this.user, opened, blockId, element, typed);
    const answer = this.acknowledged(blockId, await this.deliver('interactive', payload), null);
    const faults = checkOptions(answer['options']);
    if (faults.length > 0) throw new SlackRefusal(faults.join('; '));
    return toObjects(answer['options']).map(({ value }) => toText(value));
  }

  react(message: Pick<FakeMessage, 'channel' | 'ts'>, name: string): void {
    this.reacted(react(this.core, this.public(message), name, this.user.id));
  }

  unreact(message: Pick<FakeMessage, 'channel' | 'ts'>, name: string): void {
    this.reacted(unreact(this.core, this.public(message), name, this.user.id));
  }

  /** What only this person sees, newest last. */
  ephemerals(): FakeMessage[] {
    return this.core.world.messages.filter(({ ephemeralFor }) => ephemeralFor === this.user.id);
  }

  private view(id: string): FakeView {
    const opened = this.core.world.views.get(id);
    if (opened?.userId !== this.user.id) throw new SlackRefusal('There is no such form.');
    return opened;
  }

  private reacted(answer: Json): void {
    if (answer['ok'] !== true) throw new SlackRefusal(toText(answer['error']));
  }

  private public(message: Pick<FakeMessage, 'channel' | 'ts'>): FakeMessage {
    const found = this.core.world.find(message.channel, message.ts);
    if (!found) throw new SlackRefusal('There is no such message.');
    return found;
  }

  private channel(id: string | undefined) {
    const { world } = this.core;
    const channel =
      id === undefined
        ? [...world.channels.values()].find(
            ({ members, kind }) => kind !== 'im' && members.has(this.user.id),
          )
        : world.channels.get(id);
    if (!channel?.members.has(this.user.id))
      throw new SlackRefusal('The person is not in that channel.');
    return channel;
  }

  private ids(channel: string, threadTs: string | null, originTs: string | null) {
    const { world, origin } = this.core;
    const id = world.openResponseUrl({ channel, threadTs, userId: this.user.id, originTs });
    return {
      responseUrl: `${origin()}/response/${id}`,
      triggerId: world.openTrigger(this.user.id),
    };
  }

  private acknowledged(what: string, answer: Json | null, channel: string | null): Json {
    if (answer === null) throw new SlackRefusal(`${what} failed because the app did not respond.`);
    const text = toText(answer['text']);
    if (channel !== null && text !== '') {
      this.core.world.post({ channel, user: botUserId, text, ephemeralFor: this.user.id });
      this.core.changed();
    }
    return answer;
  }
}

function labelOf(element: Json): string {
  return isObject(element['text']) ? toText(element['text']['text']) : '';
}

function initialOf(element: Json): string | null {
  if (typeof element['initial_value'] === 'string') return element['initial_value'];
  const option = element['initial_option'] ?? element['initial_conversation'];
  return isObject(option) ? toText(option['value']) : typeof option === 'string' ? option : null;
}

function fill(element: Json, given: string | null, id: string): Json {
  const type = toText(element['type']);
  const value = given ?? initialOf(element);
  if (type === 'static_select') {
    const option = toObjects(element['options']).find((one) => one['value'] === value);
    if (value !== null && !option) throw new SlackRefusal(`${id}: ${value} is not offered.`);
    return { type, selected_option: option ?? null };
  }
  if (type === 'external_select')
    return { type, selected_option: value === null ? null : { value } };
  if (type === 'number_input' && value !== null) {
    const fault = numberFault(element, value);
    if (fault !== null) throw new SlackRefusal(`${id}: ${fault}`);
  }
  if (type === 'conversations_select') return { type, selected_conversation: value };
  const longest = Number(element['max_length'] ?? 3000);
  if (value !== null && value.length > longest)
    throw new SlackRefusal(`${id}: at most ${longest} characters.`);
  return { type, value };
}

/** What the client itself says of a number. */
function numberFault(element: Json, value: string): string | null {
  const { min_value: min, max_value: max } = element;
  const number = Number(value);
  if (Number.isNaN(number)) return 'enter a number.';
  if (element['is_decimal_allowed'] !== true && !Number.isInteger(number))
    return 'enter a whole number.';
  if (min !== undefined && number < Number(min)) return `at least ${toText(min)}.`;
  return max !== undefined && number > Number(max) ? `at most ${toText(max)}.` : null;
}

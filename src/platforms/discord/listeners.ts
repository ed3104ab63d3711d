import {
  Events,
  type APIGuildMember,
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Client,
  type Interaction,
  type MessageContextMenuCommandInteraction,
  type ModalSubmitInteraction,
} from 'discord.js';
import { messageIn, toAppError } from '#src/errors.ts';
import type { Person, Place, PrivateMessage } from '#src/types/chat.ts';
import type { CommandDescription } from '#src/types/command.ts';
import type { Inbox } from '#src/types/platform.ts';
import { formOption, needsFormOption } from './commands.ts';
import type { Timing } from './connection.ts';
import { limits } from './limits.ts';
import { reasonOf, type LogTarget } from './log-target.ts';
import { readButton } from './messages.ts';
import { formView, promptOf, readFields, readFormId, type FilledField } from './modal.ts';
import type { People } from './people.ts';
import type { Places } from './places.ts';
import { actionOfEmoji } from './reactions.ts';
import { RecentMap } from './recent-map.ts';
import { acknowledge, createReplies, type Answerable } from './replies.ts';
import { say } from './texts.ts';
import { cutText } from './wording.ts';

export interface ListenerParts {
  inbox: Inbox;
  people: People;
  places: Places;
  tell(place: Place, personId: string, text: string): Promise<void>;
  timing: Timing;
  logger: LogTarget;
}

/** What a form could not hold of the command that opened it. */
interface Opened {
  values: Record<string, unknown>;
  quoted: string | null;
}

/** Several processes hear of the same reaction within moments. */
const reactionIdSeconds = 30;

/** Forms that may still be submitted; after a restart only their fields are known. */
const openedForms = 500;

/** Puts the listeners on a client: interactions, and reactions as they come over the wire. */
export function listen(client: Client, parts: ListenerParts): void {
  const { inbox, people, places, tell, timing, logger } = parts;
  const opened = new RecentMap<Opened>(openedForms);
  const inOrder = createOrder();

  const logFailure = (what: string) => (error: unknown) =>
    logger.error({ platform: 'discord', error: reasonOf(error) }, what);

  client.on(Events.InteractionCreate, (interaction) => {
    take(interaction).catch(logFailure('An interaction failed.'));
  });
  // The library keeps reactions to itself whose message it does not know.
  client.on(Events.Raw, (packet: { t: string; d: Record<string, unknown> }) => {
    if (packet.t === 'INTERACTION_CREATE') {
      places.learn(packet.d['channel'] as Record<string, unknown> | undefined);
    } else if (packet.t === 'MESSAGE_REACTION_ADD' || packet.t === 'MESSAGE_REACTION_REMOVE') {
      const event = packet.d as unknown as ReactionPacket;
      // On and off again must not overtake each other while somebody is looked up.
      inOrder(`${event.message_id}/${event.user_id}`, () =>
        takeReaction(event, packet.t === 'MESSAGE_REACTION_ADD').catch(
          logFailure('A reaction failed.'),
        ),
      );
    }
  });

  async function take(interaction: Interaction): Promise<void> {
    if (interaction.isAutocomplete()) return suggest(interaction);
    if (interaction.isChatInputCommand()) return takeCommand(interaction);
    if (interaction.isMessageContextMenuCommand()) return takeMessage(interaction);
    if (interaction.isModalSubmit()) return takeForm(interaction);
    if (interaction.isButton()) return takeButton(interaction);
  }

  function whoAndWhere(interaction: Interaction): { person: Person; place: Place } {
    return {
      person: people.ofInteraction(interaction),
      place: places.guess(interaction.channelId ?? '', interaction.guildId),
    };
  }

  const describe = (name: string): CommandDescription | undefined =>
    inbox.describeCommands().find((one) => one.name === name);

  async function takeCommand(interaction: ChatInputCommandInteraction): Promise<void> {
    const description = describe(interaction.commandName);
    const values: Record<string, unknown> = Object.fromEntries(
      interaction.options.data.map(({ name, value }) => [name, value]),
    );
    if (description !== undefined && opensForm(description, values)) {
      return openForm(interaction, description, { values, quoted: null });
    }
    if (description !== undefined && needsFormOption(description)) delete values[formOption];
    await run(interaction, interaction.commandName, values, null);
  }

  async function takeMessage(interaction: MessageContextMenuCommandInteraction): Promise<void> {
    const { targetMessage } = interaction;
    const quoted = (targetMessage.cleanContent ?? targetMessage.content).trim();
    const description = describe('imagine');
    if (description === undefined) return run(interaction, 'imagine', {}, quoted);
    const prompt = promptOf(description);
    const values = prompt === undefined || quoted === '' ? {} : { [prompt.name]: quoted };
    await openForm(interaction, description, { values, quoted });
  }

  /** It has to be the first answer: nothing may come before it. */
  async function openForm(
    interaction: ChatInputCommandInteraction | MessageContextMenuCommandInteraction,
    description: CommandDescription,
    form: Opened,
  ): Promise<void> {
    const { person } = whoAndWhere(interaction);
    const { id } = interaction;
    opened.set(id, form);
    try {
      const { locale } = person;
      await interaction.showModal(formView({ description, locale, id, given: form.values }));
    } catch (error) {
      logFailure('A form could not be opened.')(error);
      await answer(interaction, ({ locale }) => ({ text: say('askForPrompt', locale) }));
    }
  }

  async function takeForm(interaction: ModalSubmitInteraction): Promise<void> {
    const form = readFormId(interaction.customId);
    if (form === null) {
      return answer(interaction, ({ locale }) => ({ text: say('unknownCommand', locale) }));
    }
    const earlier = opened.get(form.id);
    opened.delete(form.id);
    const filled = readFields(interaction.fields.fields.values() as Iterable<FilledField>);
    // What was typed before the form opened and found no room in it still holds.
    const values: Record<string, unknown> = { ...earlier?.values, ...filled };
    delete values[formOption];
    for (const [name, value] of Object.entries(values)) if (value === '') delete values[name];
    await run(interaction, form.command, values, earlier?.quoted ?? null);
  }

  /** Acknowledges, then hands over; a failure is told to the person. Never rejects for that. */
  async function run(
    interaction: Exclude<Answerable, ButtonInteraction>,
    command: string,
    values: Record<string, unknown>,
    quoted: string | null,
  ): Promise<void> {
    await acknowledge(interaction, logger);
    const { person, place } = whoAndWhere(interaction);
    const replies = createReplies({ interaction, person, place, tell, logger });
    try {
      if (describe(command) === undefined) {
        await replies.reply({ text: say('unknownCommand', person.locale) });
      } else {
        await inbox.command({
          id: interaction.id,
          command,
          values,
          person,
          place,
          reply: replies.reply,
          ...(quoted === null || quoted === '' ? {} : { quoted }),
        });
      }
    } catch (error) {
      logFailure('A command failed.')(error);
      await replies
        .reply(sentence(error, person))
        .catch(logFailure('A failure could not be told to the person.'));
    }
    await replies.settle();
  }

  async function answer(
    interaction: Answerable,
    message: (person: Person) => PrivateMessage,
  ): Promise<void> {
    await acknowledge(interaction, logger);
    const { person, place } = whoAndWhere(interaction);
    const replies = createReplies({ interaction, person, place, tell, logger });
    await replies.reply(message(person));
  }

  async function takeButton(interaction: ButtonInteraction): Promise<void> {
    const pressed = readButton(interaction.customId);
    if (pressed === null) {
      return answer(interaction, ({ locale }) => ({ text: say('unknownButton', locale) }));
    }
    await acknowledge(interaction, logger);
    const { person, place } = whoAndWhere(interaction);
    const { reply } = createReplies({ interaction, person, place, tell, logger });
    try {
      await inbox.action({
        id: interaction.id,
        action: pressed.action,
        target: { requestId: pressed.requestId },
        person,
        place,
        isAdded: true,
        source: 'button',
        reply,
      });
    } catch (error) {
      logFailure('A button failed.')(error);
      await reply(sentence(error, person)).catch(
        logFailure('A failure could not be told to the person.'),
      );
    }
  }

  async function suggest(interaction: AutocompleteInteraction): Promise<void> {
    const { person, place } = whoAndWhere(interaction);
    const { name, value } = interaction.options.getFocused(true);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never[]>((resolve) => {
      timer = setTimeout(() => resolve([]), timing.suggestMs);
    });
    const found = inbox
      .suggest(interaction.commandName, name, value, person, place)
      .catch((error: unknown) => {
        logFailure('Suggestions failed.')(error);
        return [];
      });
    const offered = await Promise.race([found, late]);
    clearTimeout(timer);
    const fitting = offered.filter(
      (one) => one.label !== '' && String(one.value).length <= limits.choice,
    );
    await interaction.respond(
      fitting
        .slice(0, limits.choices)
        .map((one) => ({ name: cutText(one.label, limits.choice), value: one.value })),
    );
  }

  async function takeReaction(event: ReactionPacket, isAdded: boolean): Promise<void> {
    const action = actionOfEmoji(event.emoji);
    const self = client.user?.id;
    if (action === null || event.user_id === self) return;
    // Only told where a reaction was put on.
    if (event.message_author_id !== undefined && event.message_author_id !== self) return;
    const guildId = event.guild_id ?? null;
    const place = await places.find(event.channel_id, guildId);
    const person = await people.ofReaction({
      userId: event.user_id,
      guildId,
      member: event.member ?? null,
    });
    const { channelId, threadId } = place;
    await inbox.action({
      // Discord has no id for a reaction; told twice, it has the same one.
      id: `${event.message_id}:${event.user_id}:${action}`,
      idLastsSeconds: reactionIdSeconds,
      action,
      target: { message: { channelId, messageId: event.message_id, threadId } },
      person,
      place,
      isAdded,
      source: 'reaction',
    });
  }
}

/** Runs what belongs together one after the other. The work must not reject. */
function createOrder(): (key: string, work: () => Promise<void>) => void {
  const last = new Map<string, Promise<void>>();
  return (key, work) => {
    const next = (last.get(key) ?? Promise.resolve()).then(work).then(() => {
      if (last.get(key) === next) last.delete(key);
    });
    last.set(key, next);
  };
}

interface ReactionPacket {
  user_id: string;
  channel_id: string;
  message_id: string;
  guild_id?: string;
  message_author_id?: string;
  member?: APIGuildMember;
  emoji: { id?: string | null; name?: string | null };
}

/** A form opens where something is missing, or where it is asked for. */
function opensForm(description: CommandDescription, values: Record<string, unknown>): boolean {
  if (!description.hasForm) return false;
  if (needsFormOption(description)) return values[formOption] === true;
  return description.options.some(
    ({ isRequired, name }) => isRequired && values[name] === undefined,
  );
}

function sentence(error: unknown, person: Person): PrivateMessage {
  const failure = toAppError(error);
  const reason = messageIn(failure, person.locale);
  return { text: failure.faults.length > 0 ? reason : say('failed', person.locale, { reason }) };
}

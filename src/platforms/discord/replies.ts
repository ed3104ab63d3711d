import {
  MessageFlags,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type ModalSubmitInteraction,
  type MessageContextMenuCommandInteraction,
} from 'discord.js';
import type { Person, Place, PrivateMessage } from '#src/types/chat.ts';
import { codeOf, codes, isTokenGone } from './failures.ts';
import { reasonOf, type LogTarget } from './log-target.ts';
import { privateBodies, type Body } from './messages.ts';

export type Answerable =
  | ButtonInteraction
  | ChatInputCommandInteraction
  | MessageContextMenuCommandInteraction
  | ModalSubmitInteraction;

export interface Replies {
  /** Answers that only this person reads. */
  reply(message: PrivateMessage): Promise<void>;
  /** Takes the "thinking" away where nothing was said. Never rejects. */
  settle(): Promise<void>;
}

export interface ReplyParts {
  interaction: Answerable;
  person: Person;
  place: Place;
  /** Where the interaction cannot be answered any more. */
  tell(place: Place, personId: string, text: string): Promise<void>;
  logger: LogTarget;
}

/**
 * The bare acknowledgement: "thinking", seen by one person only; of a button nothing is seen. A
 * command goes on without it: its status is a message of its own.
 */
export async function acknowledge(interaction: Answerable, logger: LogTarget): Promise<void> {
  try {
    if (interaction.isButton()) await interaction.deferUpdate();
    else await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  } catch (error) {
    // Answered before, but the answer to that was lost: it goes on as if nothing had been.
    if (codeOf(error) !== codes.alreadyAcknowledged) {
      logger.warn(
        { platform: 'discord', interaction: interaction.id, error: reasonOf(error) },
        'An interaction could not be acknowledged in time.',
      );
    }
    interaction.deferred = true;
  }
}

/** The first answer takes the place of "thinking", those that follow stand below it. */
export function createReplies(parts: ReplyParts): Replies {
  const { interaction, person, place, logger } = parts;
  // A button's original is the message that the button is under: it stays as it is.
  let isThinking = !interaction.isButton();
  let last: Promise<unknown> = Promise.resolve();

  async function sendBody(body: Body): Promise<void> {
    if (isThinking) {
      await interaction.editReply({ ...body, allowedMentions: { parse: [] } });
      isThinking = false;
    } else {
      await interaction.followUp({
        ...body,
        flags: MessageFlags.Ephemeral,
        allowedMentions: { parse: [] },
      });
    }
  }

  async function send(message: PrivateMessage): Promise<void> {
    try {
      for (const body of privateBodies(message)) await sendBody(body);
    } catch (error) {
      logger.warn(
        { platform: 'discord', interaction: interaction.id, error: reasonOf(error) },
        isTokenGone(error)
          ? 'An interaction can no longer be answered; the person is told in the channel.'
          : 'A private answer failed; the person is told in the channel.',
      );
      await parts.tell(place, person.id, message.text);
    }
  }

  return {
    reply(message) {
      // In the order in which they were said.
      const sent = last.then(() => send(message));
      last = sent.catch(() => {});
      return sent;
    },
    async settle() {
      await last;
      if (!isThinking) return;
      isThinking = false;
      await interaction.deleteReply().catch((error: unknown) => {
        if (isTokenGone(error) || codeOf(error) === codes.unknownMessage) return;
        logger.warn(
          { platform: 'discord', interaction: interaction.id, error: reasonOf(error) },
          'An empty answer could not be taken away.',
        );
      });
    },
  };
}

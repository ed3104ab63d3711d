import type { z } from 'zod';
import type { Fault } from '#src/errors.ts';
import type { BotServices } from '#src/requests/services.ts';
import type { TypedParts } from '#src/requests/typed-form.ts';
import type { Texts } from '#src/texts/index.ts';
import type { Person, Place } from '#src/types/chat.ts';
import type { Command, CommandContext, Suggestion } from '#src/types/command.ts';

/** What a command works with, beside what it was called with. */
export interface BotContext<Options> extends CommandContext<Options> {
  bot: BotServices;
  /** In the person's language. */
  texts: Texts;
  /** How a command is typed where the person is. */
  typed(command: string, parts?: TypedParts): string;
  /** The values as they came, by option name, for a command that checks them itself. */
  raw: Record<string, unknown>;
  /** What was wrong with the line itself; empty but for a command that checks itself. */
  faults: Fault[];
}

export interface BotCommand<Options extends z.ZodObject = z.ZodObject> extends Omit<
  Command<Options>,
  'run'
> {
  /** It is run whatever the values are, and says by itself what is wrong with them. */
  checksItself?: boolean;
  run(context: BotContext<z.output<Options>>): Promise<void>;
  /** For autocomplete: what may be meant, best first. */
  suggest?(
    option: string,
    typed: string,
    where: { bot: BotServices; person: Person; place: Place; texts: Texts },
  ): Promise<Suggestion[]>;
}

/** Ties the options' types to `run`. */
export function defineCommand<Options extends z.ZodObject>(
  command: BotCommand<Options>,
): BotCommand<Options> {
  return command;
}

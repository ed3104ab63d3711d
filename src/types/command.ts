import type { z } from 'zod';
import type { Locale, Person, Place, PrivateMessage } from './chat.ts';

/** A value that autocomplete offers, with what the person sees. */
export interface Suggestion {
  label: string;
  value: string | number;
}

/** One entry of a closed list, with what people see in every language. */
export interface Choice {
  value: string | number;
  label: Record<Locale, string>;
}

/** One option of a command as every platform's own form of it is made from. */
export interface OptionDescription {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean';
  isRequired: boolean;
  /** In every language: at most 100 characters. */
  description: Record<Locale, string>;
  /** The option's own name in other languages, in lower case without spaces. */
  localName: Record<Locale, string>;
  min?: number;
  max?: number;
  maxLength?: number;
  /** A closed list. */
  choices?: Choice[];
  /** Whether `Inbox.suggest` has something to offer. */
  hasSuggestions: boolean;
  /** Several lines in a form. */
  isLong: boolean;
}

export interface CommandDescription {
  name: string;
  localName: Record<Locale, string>;
  description: Record<Locale, string>;
  options: OptionDescription[];
  /** Only leads may use it. */
  isForLeads: boolean;
  /** Whether a form of the options can be opened (Discord and Slack modals, the console's form). */
  hasForm: boolean;
}

/**
 * One user command: one file in `commands/`, found by its default export. The options are declared
 * once, as zod; registration, flags, forms, validation and help all come from them.
 */
export interface Command<Options extends z.ZodObject = z.ZodObject> {
  name: string;
  /**
   * The options. Limits that come from the model are taken from `scope`. Each field's `.meta({...})`
   * may say `suggest`, `long` or `positional`; its texts are `commands.NAME.options.FIELD` in `src/texts/`.
   */
  options(scope: CommandScope): Options;
  isForLeads?: boolean;
  hasForm?: boolean;
  run(context: CommandContext<z.output<Options>>): Promise<void>;
}

/** What options may depend on when they are described. */
export interface CommandScope {
  models: string[];
  styles: string[];
  sizes: string[];
  presets: string[];
  limits: {
    steps: { min: number; max: number };
    cfg: { min: number; max: number };
    promptLength: number;
  };
}

export interface CommandContext<Options> {
  options: Options;
  person: Person;
  place: Place;
  locale: Locale;
  /** The platform's id of this invocation: the same when it is delivered twice. */
  invocationId: string;
  reply(message: PrivateMessage): Promise<void>;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  Action,
  Locale,
  MessageRef,
  Person,
  Place,
  PlatformName,
  PrivateMessage,
  ResultsView,
  StatusView,
} from './chat.ts';
import type { CommandDescription, Suggestion } from './command.ts';

/** How people type commands where it is not `/name words --option value`. */
export interface Typing {
  /** @param localName the command's name in the person's language */
  command?(name: string, localName: string): string;
  option?(localName: string, value: string): string;
}

/**
 * A chat platform: it turns its events into `Inbox` calls and our views into its messages, and
 * knows nothing else. One file in `src/platforms/` (with a folder of private parts beside it).
 */
export interface Platform {
  readonly name: PlatformName;
  /**
   * Edits that one conversation may see. `key` groups messages that share a budget; `intervalMs` is
   * the shortest time between two edits of one message where it is not the usual 3 s.
   */
  readonly editBudget: { key(place: Place): string; perMinute: number; intervalMs?: number };
  /** Requests that the platform itself sends to the program's port: bodies are unread. */
  readonly webhook?: {
    path: string;
    handle(request: IncomingMessage, response: ServerResponse): void;
  } | null;
  readonly typing?: Typing;
  /** What a person needs to add the bot to a workspace, ready to be printed; null while it is not known. */
  readonly invitation?: string | null;
  /** Resolves once it is connected. `@throws AppError` with a sentence that says what to do. */
  start(inbox: Inbox): Promise<void>;
  stop(): Promise<void>;

  /**
   * Posts the status message, or edits it where `ref` is known. With `ref` null it first looks for a
   * message of ours with this request's id: an earlier attempt may have posted it and died.
   */
  publishStatus(place: Place, ref: MessageRef | null, view: StatusView): Promise<MessageRef>;
  /** The place that the results go to: a thread on the status message, or the same place where there are no threads. */
  openThread(place: Place, status: MessageRef, title: string): Promise<Place>;
  /** Like `publishStatus`, for the results message. */
  publishResults(place: Place, ref: MessageRef | null, view: ResultsView): Promise<MessageRef>;
  /** Puts our reactions under a message in this order; those that are there already stay. */
  addReactions(ref: MessageRef, actions: Action[]): Promise<void>;
  /** Reactions of people (never our own) on a message, for reading back after a gap. */
  readReactions(ref: MessageRef): Promise<{ action: Action; personId: string }[]>;
  /** One short message in a place that mentions one person; `key` keeps it from being posted twice. */
  mention(place: Place, personId: string, text: string, key: string): Promise<MessageRef>;
  /** Tells one person something: privately where the platform can outside of an interaction, else as one line that pings nobody. */
  tell(place: Place, personId: string, text: string): Promise<void>;
  remove(ref: MessageRef): Promise<void>;
  /** What the platform itself says of a place. */
  inspect(place: Place, locale?: Locale): Promise<PlaceFacts>;
  /** Rights, scopes and intents against the running platform, for `doctor`. */
  diagnose(locale: Locale): Promise<Diagnosis[]>;
}

export interface PlaceFacts {
  /** The name people know it by. */
  name: string;
  /** The platform's own mark for adult content. */
  isAdult: boolean;
  /** Rights that delivery needs and that are missing here, by the platform's own names. */
  missingRights: string[];
  /** Largest file that can be sent here. Unit: bytes. */
  fileBytes: number;
}

export interface Diagnosis {
  name: string;
  ok: boolean;
  /** What is so. */
  detail: string;
  /** What to do about it, where it is not ok. */
  fix: string | null;
}

/** What a platform hands over. Every call is safe to repeat: `id` is the platform's own, the same on a retry. */
export interface Inbox {
  /** All commands, for registration. */
  describeCommands(): CommandDescription[];
  /** Runs a command. The bare acknowledgement is the platform's, before this call. */
  command(invocation: Invocation): Promise<void>;
  /** Autocomplete; never more than 25. */
  suggest(
    command: string,
    option: string,
    typed: string,
    person: Person,
    place: Place,
  ): Promise<Suggestion[]>;
  /** A reaction or a button, put on or taken off. Reactions of the bot itself never come here. */
  action(event: ActionEvent): Promise<void>;
  /** After a gap that could not be resumed: reactions may have been missed. */
  gap(): Promise<void>;
}

export interface Invocation {
  id: string;
  command: string;
  /** Options by name as the platform typed them, or the whole line after the command, or a form's fields (strings). */
  values: Record<string, unknown> | string;
  person: Person;
  place: Place;
  /** Answers that only this person reads, through the interaction itself. May be used several times. */
  reply(message: PrivateMessage): Promise<void>;
  /** A message the command was used on ("Imagine this"): its text fills the prompt. */
  quoted?: string;
}

export interface ActionEvent {
  id: string;
  /**
   * Where the platform has no ids for such events: how long this one stands for the same event. After
   * that it is the same thing done again, what was done in between was missed. Unit: seconds.
   */
  idLastsSeconds?: number;
  action: Action;
  /** By button the request is named; by reaction the message is. */
  target: { requestId: string } | { message: MessageRef };
  person: Person;
  place: Place;
  /** false: a reaction was taken off again. */
  isAdded: boolean;
  source: 'reaction' | 'button';
  /** Private answer through the interaction, where there is one (buttons). */
  reply?(message: PrivateMessage): Promise<void>;
}

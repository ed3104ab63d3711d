/** Faults of a form by field path: `embeds.0.title` -> what is wrong with it. */
export interface FormFault {
  path: string;
  code: string;
  message: string;
}

/** An answer other than success, with Discord's own code and body. */
export class DiscordError extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: unknown;

  constructor(status: number, code: number, message: string, errors?: unknown) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  get body(): Record<string, unknown> {
    const body: Record<string, unknown> = { message: this.message, code: this.code };
    if (this.errors !== undefined) body['errors'] = this.errors;
    return body;
  }
}

const known = {
  unauthorized: [401, 0, '401: Unauthorized'],
  notFound: [404, 0, '404: Not Found'],
  unknownApplication: [404, 10002, 'Unknown Application'],
  unknownChannel: [404, 10003, 'Unknown Channel'],
  unknownGuild: [404, 10004, 'Unknown Guild'],
  unknownMember: [404, 10007, 'Unknown Member'],
  unknownMessage: [404, 10008, 'Unknown Message'],
  unknownUser: [404, 10013, 'Unknown User'],
  unknownEmoji: [400, 10014, 'Unknown Emoji'],
  unknownWebhook: [404, 10015, 'Unknown Webhook'],
  unknownInteraction: [404, 10062, 'Unknown interaction'],
  tooManyReactions: [400, 30010, 'Maximum number of reactions reached (20)'],
  tooManyAttachments: [400, 30015, 'Maximum number of attachments in a message reached (10)'],
  tooManyCommands: [400, 30032, 'Maximum number of application commands reached'],
  entityTooLarge: [413, 40005, 'Request entity too large'],
  alreadyAcknowledged: [400, 40060, 'Interaction has already been acknowledged.'],
  missingAccess: [403, 50001, 'Missing Access'],
  dmChannel: [403, 50003, 'Cannot execute action on a DM channel'],
  notTheAuthor: [403, 50005, 'Cannot edit a message authored by another user'],
  emptyMessage: [400, 50006, 'Cannot send an empty message'],
  cannotSendToUser: [403, 50007, 'Cannot send messages to this user'],
  missingPermissions: [403, 50013, 'Missing Permissions'],
  systemMessage: [403, 50021, 'Cannot execute action on a system message'],
  wrongChannelType: [400, 50024, 'Cannot execute action on this channel type'],
  invalidWebhookToken: [401, 50027, 'Invalid Webhook Token'],
  archivedThread: [400, 50083, 'Thread is archived'],
  badJson: [400, 50109, 'The request body contains invalid JSON.'],
  threadExists: [400, 160004, 'A thread has already been created for this message'],
  lockedThread: [400, 160005, 'Thread is locked'],
} as const satisfies Record<string, readonly [number, number, string]>;

export type KnownError = keyof typeof known;

/** One of Discord's documented errors by its name here. */
export function discordError(name: KnownError): DiscordError {
  const [status, code, message] = known[name];
  return new DiscordError(status, code, message);
}

/** `Invalid Form Body` (50035) with the faults nested by field, as Discord nests them. */
export function formError(faults: FormFault[]): DiscordError {
  const errors: Record<string, unknown> = {};
  for (const fault of faults) {
    let node = errors;
    for (const part of fault.path.split('.').filter((piece) => piece !== '')) {
      node = (node[part] ??= {}) as Record<string, unknown>;
    }
    const list = (node['_errors'] ??= []) as unknown[];
    list.push({ code: fault.code, message: fault.message });
  }
  return new DiscordError(400, 50035, 'Invalid Form Body', errors);
}

/** Collects the faults of one form, so that all of them are answered at once. */
export class FormFaults {
  readonly list: FormFault[] = [];

  add(path: string, code: string, message: string): void {
    this.list.push({ path, code, message });
  }

  /** Checks a text's length; `undefined` and `null` pass unless `min` is above 0 and it is required. */
  text(path: string, value: unknown, min: number, max: number, isRequired = false): void {
    if (value === undefined || value === null) {
      if (isRequired) this.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
      return;
    }
    if (typeof value !== 'string') {
      this.add(path, 'STRING_TYPE_CONVERT', 'Could not interpret value as string.');
      return;
    }
    const length = [...value].length;
    if (length >= min && length <= max) return;
    if (min > 0) {
      this.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
    } else {
      this.add(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
    }
  }

  /** Checks the number of entries of a list. */
  count(path: string, length: number, min: number, max: number): void {
    if (length >= min && length <= max) return;
    this.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
  }

  /** Throws `Invalid Form Body` when there is anything to complain about. */
  throwIfAny(): void {
    if (this.list.length > 0) throw formError(this.list);
  }
}

import { randomBytes } from 'node:crypto';
import { messageFlags } from './check-message.ts';
import { discordError } from './errors.ts';
import type { Json } from './json.ts';
import type { Watcher } from './watcher.ts';
import type { World } from './world.ts';
import type { FakeMessage } from './world-types.ts';

/** How long an interaction waits for its first answer, and how long its token works after that. */
export const answerWindowMs = 3000;
export const tokenLifeMs = 15 * 60 * 1000;

export interface InteractionRecord {
  id: string;
  token: string;
  /** 2 command, 3 component, 4 autocomplete, 5 modal submit. */
  type: 2 | 3 | 4 | 5;
  userId: string;
  channelId: string;
  guildId: string | null;
  createdAtMs: number;
  /** What the person did, for errors and snapshots: `/imagine`, `button again`. */
  label: string;
  /** The message under whose button or menu it happened. */
  sourceMessageId: string | null;
  /** The message that a message command was used on. */
  targetMessageId: string | null;
  metadata: Json;
  /** The callback type of the first answer. */
  answerType: number | null;
  isEphemeral: boolean;
  originalMessageId: string | null;
  followupIds: string[];
  modal: Json | null;
  choices: Json[] | null;
  /** Everything that the application sent for it, oldest first. */
  history: { kind: 'answer' | 'edit' | 'followup' | 'delete'; atMs: number; body: unknown }[];
}

/** What a person sees of an interaction: the answer, its edits, the follow-ups. */
export class InteractionHandle {
  readonly record: InteractionRecord;
  private readonly world: World;
  private readonly watcher: Watcher;

  constructor(record: InteractionRecord, world: World, watcher: Watcher) {
    this.record = record;
    this.world = world;
    this.watcher = watcher;
  }

  get id(): string {
    return this.record.id;
  }

  get token(): string {
    return this.record.token;
  }

  /** The type of the first answer, or `null` while there is none. */
  get answerType(): number | null {
    return this.record.answerType;
  }

  get isEphemeral(): boolean {
    return this.record.isEphemeral;
  }

  /** The answer's message as it is now; `null` before the answer and after its deletion. */
  get message(): FakeMessage | null {
    return this.world.messages.get(this.record.originalMessageId ?? '') ?? null;
  }

  get followups(): FakeMessage[] {
    return this.record.followupIds.flatMap((id) => this.world.messages.get(id) ?? []);
  }

  /** The modal that was shown, with `title`, `custom_id` and `components`. */
  get modal(): Json | null {
    return this.record.modal;
  }

  get choices(): Json[] | null {
    return this.record.choices;
  }

  get history(): InteractionRecord['history'] {
    return this.record.history;
  }

  /** Waits for the first answer, whatever its kind. */
  async answered(timeoutMs = answerWindowMs): Promise<this> {
    const what = `an answer to ${this.record.label}`;
    await this.watcher.waitFor(() => this.record.answerType !== null, timeoutMs, what);
    return this;
  }

  /** Waits for a message that is no longer only "thinking". */
  settled(timeoutMs = answerWindowMs): Promise<FakeMessage> {
    const isThere = (): FakeMessage | null => {
      const { message } = this;
      return message !== null && (message.flags & messageFlags.loading) === 0 ? message : null;
    };
    return this.watcher.waitFor(isThere, timeoutMs, `a message for ${this.record.label}`);
  }
}

/** All interactions that people started, found by id or by token. */
export class InteractionBook {
  private readonly world: World;
  private readonly watcher: Watcher;
  readonly records = new Map<string, InteractionRecord>();

  constructor(world: World, watcher: Watcher) {
    this.world = world;
    this.watcher = watcher;
  }

  open(
    start: Pick<InteractionRecord, 'type' | 'userId' | 'channelId' | 'guildId' | 'label'> &
      Partial<Pick<InteractionRecord, 'sourceMessageId' | 'targetMessageId' | 'metadata'>>,
  ): InteractionHandle {
    const record: InteractionRecord = {
      sourceMessageId: null,
      targetMessageId: null,
      metadata: {},
      ...start,
      id: this.world.nextId(),
      token: randomBytes(48).toString('base64url'),
      createdAtMs: this.world.now(),
      answerType: null,
      isEphemeral: false,
      originalMessageId: null,
      followupIds: [],
      modal: null,
      choices: null,
      history: [],
    };
    this.records.set(record.id, record);
    return new InteractionHandle(record, this.world, this.watcher);
  }

  /** The interaction that may still get its first answer. */
  requireUnanswered(id: string, token: string): InteractionRecord {
    const record = this.records.get(id);
    if (record === undefined || record.token !== token) throw discordError('unknownInteraction');
    if (record.answerType !== null) throw discordError('alreadyAcknowledged');
    if (this.world.now() - record.createdAtMs > answerWindowMs)
      throw discordError('unknownInteraction');
    return record;
  }

  /** The answered interaction whose token still works. */
  requireByToken(applicationId: string, token: string): InteractionRecord {
    if (applicationId !== this.world.application.id) throw discordError('unknownWebhook');
    const record = [...this.records.values()].find((candidate) => candidate.token === token);
    if (record === undefined) throw discordError('invalidWebhookToken');
    if (this.world.now() - record.createdAtMs > tokenLifeMs)
      throw discordError('invalidWebhookToken');
    if (record.answerType === null) throw discordError('unknownWebhook');
    return record;
  }

  remember(
    record: InteractionRecord,
    kind: InteractionRecord['history'][number]['kind'],
    body: unknown,
  ): void {
    record.history.push({ kind, atMs: this.world.now(), body });
  }
}

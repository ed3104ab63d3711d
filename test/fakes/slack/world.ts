import { randomBytes } from 'node:crypto';
import type { Json } from './json.ts';

export const botUserId = 'U0BOT';
export const botId = 'B0001';
export const appId = 'A0001';
export const teamId = 'T0001';

export interface FakeUser {
  id: string;
  name: string;
  realName: string;
  locale: string;
  isAdmin: boolean;
}

export interface FakeChannel {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im';
  isArchived: boolean;
  members: Set<string>;
}

export interface FakeMessage {
  channel: string;
  ts: string;
  threadTs: string | null;
  user: string;
  text: string;
  blocks: Json[];
  metadata: Json | null;
  reactions: { name: string; users: string[] }[];
  editedAtMs: number | null;
  /** Only this person sees it; nobody can edit it or react to it. */
  ephemeralFor: string | null;
}

export interface FakeFile {
  id: string;
  name: string;
  altText: string;
  title: string;
  length: number;
  bytes: Buffer | null;
  isComplete: boolean;
  /** Slack knows what it is only a while after the upload. */
  readyAtMs: number;
  sharedIn: string[];
}

export interface FakeView {
  id: string;
  userId: string;
  view: Json;
}

interface Trigger {
  userId: string;
  atMs: number;
  isUsed: boolean;
}

interface ResponseUrl {
  channel: string;
  threadTs: string | null;
  userId: string;
  /** The message whose button was pressed. */
  originTs: string | null;
  left: number;
  atMs: number;
}

export interface WorldOptions {
  now: () => number;
  /** Between an upload and the moment from which its file can be shown. */
  fileReadyMs: number;
}

const triggerMs = 3000;
const responseUses = 5;
const responseMs = 30 * 60_000;

/** One workspace and what happened in it. */
export class World {
  readonly now: () => number;
  /** How long an upload is looked at from now on. */
  fileReadyMs: number;
  readonly users = new Map<string, FakeUser>();
  readonly channels = new Map<string, FakeChannel>();
  readonly messages: FakeMessage[] = [];
  readonly files = new Map<string, FakeFile>();
  readonly views = new Map<string, FakeView>();
  readonly triggers = new Map<string, Trigger>();
  readonly responseUrls = new Map<string, ResponseUrl>();
  private lastTs = 0;

  constructor({ now, fileReadyMs }: WorldOptions) {
    this.now = now;
    this.fileReadyMs = fileReadyMs;
  }

  /** Unique, rising, with six digits behind the point. */
  nextTs(): string {
    this.lastTs = Math.max(this.lastTs + 1, Math.floor(this.now() * 1000));
    const digits = String(this.lastTs);
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }

  nextId(start: string): string {
    return start + randomBytes(5).toString('hex').toUpperCase();
  }

  requireUser(id: string): FakeUser {
    const user = this.users.get(id);
    if (!user) throw new Error(`There is no person ${id} in the fake Slack.`);
    return user;
  }

  requireChannel(id: string): FakeChannel {
    const channel = this.channels.get(id);
    if (!channel) throw new Error(`There is no channel ${id} in the fake Slack.`);
    return channel;
  }

  find(channel: unknown, ts: unknown): FakeMessage | undefined {
    return this.messages.find(
      (one) => one.channel === channel && one.ts === ts && one.ephemeralFor === null,
    );
  }

  post(
    message: Partial<FakeMessage> & Pick<FakeMessage, 'channel' | 'user' | 'text'>,
  ): FakeMessage {
    const posted: FakeMessage = {
      ts: this.nextTs(),
      threadTs: null,
      blocks: [],
      metadata: null,
      reactions: [],
      editedAtMs: null,
      ephemeralFor: null,
      ...message,
    };
    this.messages.push(posted);
    return posted;
  }

  /** The direct messages of a person with the bot. */
  directChannel(userId: string): FakeChannel {
    const id = userId.replace(/^U/, 'D');
    const known = this.channels.get(id);
    if (known) return known;
    const opened: FakeChannel = {
      id,
      name: userId,
      kind: 'im',
      isArchived: false,
      members: new Set([userId, botUserId]),
    };
    this.channels.set(id, opened);
    return opened;
  }

  openTrigger(userId: string): string {
    const id = `${Math.floor(this.now())}.${this.triggers.size + 1}.${randomBytes(4).toString('hex')}`;
    this.triggers.set(id, { userId, atMs: this.now(), isUsed: false });
    return id;
  }

  /** The person whose trigger it is, or why it cannot be used. */
  useTrigger(id: unknown): { userId: string } | { error: string } {
    const trigger = this.triggers.get(String(id));
    if (!trigger) return { error: 'invalid_trigger_id' };
    if (trigger.isUsed) return { error: 'exchanged_trigger_id' };
    if (this.now() - trigger.atMs > triggerMs) return { error: 'expired_trigger_id' };
    trigger.isUsed = true;
    return { userId: trigger.userId };
  }

  openResponseUrl(
    where: Pick<ResponseUrl, 'channel' | 'threadTs' | 'userId' | 'originTs'>,
  ): string {
    const id = randomBytes(8).toString('hex');
    this.responseUrls.set(id, { ...where, left: responseUses, atMs: this.now() });
    return id;
  }

  useResponseUrl(id: string): ResponseUrl | { error: string } {
    const url = this.responseUrls.get(id);
    if (!url) return { error: 'no_service' };
    if (url.left === 0) return { error: 'used_url' };
    if (this.now() - url.atMs > responseMs) return { error: 'expired_url' };
    url.left -= 1;
    return url;
  }

  isFileReady(file: FakeFile): boolean {
    return file.isComplete && this.now() >= file.readyAtMs;
  }
}

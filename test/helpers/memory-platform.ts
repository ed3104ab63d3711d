import { AppError } from '#src/errors.ts';
import type { Action, MessageRef, Person, Place, PrivateMessage } from '#src/types/chat.ts';
import type { Inbox, Platform } from '#src/types/platform.ts';
import type { PlatformModule } from '#src/types/platform-module.ts';

/** A message as people in a place see it. */
export interface MemoryMessage {
  id: string;
  kind: 'status' | 'results' | 'mention' | 'notice';
  requestId: string | null;
  threadId: string | null;
  channelId: string;
  /** First line, then the others. */
  text: string[];
  state: string | null;
  progress: { done: number; total: number; text: string } | null;
  /** File names with their alt texts. */
  pictures: { fileName: string; altText: string; votes: number; bytes: number }[];
  controls: string[];
  reactions: Action[];
  mentions: string[];
  edits: number;
  /** People's reactions that are on it now; the bot's own are in `reactions`. */
  peopleReacted: { action: Action; personId: string }[];
}

/** A chat server in this process: what it holds survives the bot's restarts. */
export interface MemoryChat {
  messages: MemoryMessage[];
  module: PlatformModule;
  /** The bot's ears; null while none is connected. */
  inbox(): Inbox;
  /** Makes the next call of that name fail, before or after it was carried out. */
  failNext(call: Call, error: AppError, when?: 'before' | 'after'): void;
  facts: { isAdult: boolean; missingRights: string[] };
  /** Everything that one person was told in private, newest last. */
  told: Map<string, PrivateMessage[]>;
  command(
    person: Person,
    command: string,
    values: Record<string, unknown> | string,
    options?: CommandOptions,
  ): Promise<PrivateMessage[]>;
  /** Returns the answer; a reaction has none. */
  press(person: Person, control: string, id?: string): Promise<PrivateMessage[]>;
  react(person: Person, action: Action, message: MemoryMessage, isAdded?: boolean): Promise<void>;
  of(kind: MemoryMessage['kind']): MemoryMessage[];
}

interface CommandOptions {
  id?: string;
  threadId?: string | null;
  channelId?: string;
}

type Call = 'publishStatus' | 'publishResults' | 'mention' | 'addReactions' | 'openThread';

/** It bears the name of one of the real ones: names are a closed list. */
export const memoryName = 'discord';

export const alice: Person = { id: 'alice', name: 'Alice', locale: 'en', isLead: false };
export const bao: Person = { id: 'bao', name: 'Bao', locale: 'zh-CN', isLead: false };
export const carol: Person = { id: 'carol', name: 'Carol', locale: 'en', isLead: true };

export function createMemoryChat(): MemoryChat {
  const messages: MemoryMessage[] = [];
  const told = new Map<string, PrivateMessage[]>();
  const failures: { call: Call; error: AppError; when: 'before' | 'after' }[] = [];
  const facts = { isAdult: false, missingRights: [] as string[] };
  let connected: Inbox | null = null;
  let nextId = 1;

  async function perform<Result>(call: Call, work: () => Result): Promise<Result> {
    const at = failures.findIndex((failure) => failure.call === call);
    const [failure] = at === -1 ? [] : failures.splice(at, 1);
    if (failure?.when === 'before') throw failure.error;
    const result = work();
    if (failure) throw failure.error;
    return result;
  }

  const placeOf = (threadId: string | null = null, channelId = 'general'): Place => ({
    platform: memoryName, workspaceId: 'w1', channelId, threadId,
  }); // prettier-ignore

  function create(
    kind: MemoryMessage['kind'],
    place: Place,
    requestId: string | null,
  ): MemoryMessage {
    const message: MemoryMessage = {
      id: `m${nextId}`, kind, requestId, threadId: place.threadId, channelId: place.channelId,
      text: [], state: null, progress: null, pictures: [], controls: [], reactions: [], mentions: [], edits: 0, peopleReacted: [],
    }; // prettier-ignore
    nextId += 1;
    messages.push(message);
    return message;
  }

  const refOf = ({ id, channelId, threadId }: MemoryMessage): MessageRef => ({
    channelId,
    messageId: id,
    threadId,
  });

  function findOrCreate(
    kind: MemoryMessage['kind'],
    place: Place,
    ref: MessageRef | null,
    requestId: string,
  ) {
    if (ref !== null) {
      const known = messages.find(({ id }) => id === ref.messageId);
      if (!known) throw new AppError('MESSAGE_GONE', 'The message is gone.');
      known.edits += 1;
      return known;
    }
    const own = messages.find(
      (message) => message.kind === kind && message.requestId === requestId,
    );
    return own ?? create(kind, place, requestId);
  }

  const platform: Platform = {
    name: memoryName,
    editBudget: { key: ({ channelId }) => channelId, perMinute: 10_000, intervalMs: 0 },
    async start(inbox) {
      connected = inbox;
    },
    async stop() {
      connected = null;
    },
    publishStatus: (place, ref, view) =>
      perform('publishStatus', () => {
        const message = findOrCreate('status', place, ref, view.requestId);
        message.text = [view.title, ...view.lines];
        Object.assign(message, { state: view.state, progress: view.progress });
        message.controls = view.controls.map(({ id }) => id);
        return refOf(message);
      }),
    openThread: (place, status) =>
      perform('openThread', () => {
        if (!messages.some(({ id }) => id === status.messageId))
          throw new AppError('MESSAGE_GONE', 'The message is gone.');
        return { ...place, threadId: place.threadId ?? status.messageId };
      }),
    async publishResults(place, ref, view) {
      const bytes = await Promise.all(view.candidates.map((candidate) => candidate.read()));
      return perform('publishResults', () => {
        const message = findOrCreate('results', place, ref, view.requestId);
        message.text = [view.title, ...view.lines];
        message.state = view.isComplete ? 'complete' : 'partial';
        message.controls = view.controls.map(({ id }) => id);
        message.pictures = view.candidates.map(({ fileName, altText, votes }, i) => ({
          fileName, altText, votes, bytes: bytes[i]?.length ?? 0,
        })); // prettier-ignore
        return refOf(message);
      });
    },
    addReactions: (ref, actions) =>
      perform('addReactions', () => {
        const message = messages.find(({ id }) => id === ref.messageId);
        if (!message) throw new AppError('MESSAGE_GONE', 'The message is gone.');
        message.reactions = [...new Set([...message.reactions, ...actions])];
      }),
    readReactions: async ({ messageId }) =>
      messages.find(({ id }) => id === messageId)?.peopleReacted ?? [],
    mention: (place, personId, text, key) =>
      perform('mention', () => {
        const known = messages.find((message) => message.requestId === key);
        if (known) return refOf(known);
        const message = create('mention', place, key);
        message.text = [text];
        message.mentions = [personId];
        return refOf(message);
      }),
    async tell(place, personId, text) {
      told.set(personId, [...(told.get(personId) ?? []), { text }]);
      create('notice', place, null).text = [text];
    },
    async remove({ messageId }) {
      const at = messages.findIndex(({ id }) => id === messageId);
      if (at === -1) throw new AppError('MESSAGE_GONE', 'The message is gone.');
      messages.splice(at, 1);
    },
    inspect: async () => ({ name: '#general', fileBytes: 10 * 2 ** 20, ...facts }),
    diagnose: async () => [],
  };

  function inbox(): Inbox {
    if (connected === null) throw new Error('no bot is connected');
    return connected;
  }

  return {
    messages,
    told,
    facts,
    inbox,
    module: { name: memoryName, isConfigured: () => true, create: () => platform },
    failNext: (call, error, when = 'before') => failures.push({ call, error, when }),
    of: (kind) => messages.filter((message) => message.kind === kind),
    async command(person, command, values, { id, threadId, channelId } = {}) {
      const replies: PrivateMessage[] = [];
      nextId += 1;
      await inbox().command({
        id: id ?? `i${nextId}`,
        command,
        values,
        person,
        place: placeOf(threadId, channelId),
        reply: async (message) => void replies.push(message),
      });
      told.set(person.id, [...(told.get(person.id) ?? []), ...replies]);
      return replies;
    },
    async press(person, control, id) {
      const [action, requestId] = control.split(':') as [Action, string];
      const replies: PrivateMessage[] = [];
      nextId += 1;
      await inbox().action({
        id: id ?? `p${nextId}`,
        action,
        target: { requestId },
        person,
        place: placeOf(),
        isAdded: true,
        source: 'button',
        reply: async (message) => void replies.push(message),
      });
      return replies;
    },
    async react(person, action, message, isAdded = true) {
      const others = message.peopleReacted.filter(
        (one) => one.action !== action || one.personId !== person.id,
      );
      message.peopleReacted = isAdded ? [...others, { action, personId: person.id }] : others;
      // Nobody listens: it is seen by whoever reads the message later.
      await connected?.action({
        id: `${message.id}:${person.id}`,
        idLastsSeconds: 30,
        action,
        target: { message: refOf(message) },
        person,
        place: placeOf(message.threadId),
        isAdded,
        source: 'reaction',
      });
    },
  };
}

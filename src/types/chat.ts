/** A chat platform by its file in `src/platforms/`. */
export type PlatformName = string;

/** Languages that every text exists in. */
export const locales = ['en', 'zh-CN'] as const;
export type Locale = (typeof locales)[number];

/** Somewhere a message can stand. Ids are the platform's own; a workspace is a guild or a team. */
export interface Place {
  platform: PlatformName;
  workspaceId: string;
  channelId: string;
  /** null: in the channel itself. */
  threadId: string | null;
}

/** Who speaks. `isLead` is decided by the platform from its own rights, settings may add to it. */
export interface Person {
  id: string;
  name: string;
  locale: Locale;
  isLead: boolean;
  /** The platform's own roles, where it has any: settings may make one of them lead. */
  roleIds?: string[];
}

/** A message of ours, as its platform finds it again. */
export interface MessageRef {
  channelId: string;
  messageId: string;
  threadId: string | null;
}

/** What a reaction or a button asks for. A control carries only this and a request's id. */
export const actions = [
  'reroll',
  'vote-1',
  'vote-2',
  'vote-3',
  'vote-4',
  'enlarge',
  'vary',
  'details',
  'delete',
  'cancel',
  'use-correction',
] as const;
export type Action = (typeof actions)[number];

/** Reactions in the order in which they are put under a results message; votes only for its pictures. */
export const reactionEmoji: Partial<Record<Action, { character: string; slackName: string }>> = {
  reroll: { character: '🔁', slackName: 'repeat' },
  'vote-1': { character: '1️⃣', slackName: 'one' },
  'vote-2': { character: '2️⃣', slackName: 'two' },
  'vote-3': { character: '3️⃣', slackName: 'three' },
  'vote-4': { character: '4️⃣', slackName: 'four' },
  enlarge: { character: '⬆️', slackName: 'arrow_up' },
  vary: { character: '🎲', slackName: 'game_die' },
  details: { character: '📋', slackName: 'clipboard' },
  delete: { character: '🗑️', slackName: 'wastebasket' },
};

/** A button: `id` is `ACTION:REQUEST`, at most 100 characters. */
export interface Control {
  id: string;
  action: Action;
  label: string;
  style: 'primary' | 'normal' | 'danger';
}

/** The one message of a request that is edited from queued to done. Texts are ready in the requester's language. */
export interface StatusView {
  requestId: string;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  /** First line: what is drawn, for whom. */
  title: string;
  /** Further lines: place and reason, ETA, seconds per step, a failure's sentence and what to do. */
  lines: string[];
  /** Steps over all candidates, with the same in words. */
  progress: { done: number; total: number; text: string } | null;
  /** Coarse estimate of the candidate that is being drawn: PNG bytes. Platforms may leave it out. */
  preview: Buffer | null;
  controls: Control[];
}

export interface CandidateView {
  /** 1 to 4, as shown, as voted for and in the file's name. */
  number: number;
  seed: number;
  width: number;
  height: number;
  altText: string;
  votes: number;
  /** `1.png` to `4.png`. */
  fileName: string;
  /** Content address in the image store. */
  sha256: string;
  /** Reads the PNG; called only where the platform has to send it. */
  read(): Promise<Buffer>;
}

/** The one message in the thread that holds the pictures. */
export interface ResultsView {
  requestId: string;
  /** The request's language, for what the platform itself adds. */
  locale: Locale;
  title: string;
  /** Generation info, tally, notes. */
  lines: string[];
  /** Those that are ready; the message grows as the others come. */
  candidates: CandidateView[];
  isComplete: boolean;
  /** For people and places without reactions. */
  controls: Control[];
  /** Which reactions to put under it, in this order, once it is complete. */
  reactions: Action[];
  /** Where all of them are seen beside the platform; null or left out: nowhere that people reach. */
  link?: string | null;
}

/** What only one person reads. */
export interface PrivateMessage {
  text: string;
  controls?: Control[];
}

import type { Snapshot as DiscordSnapshot } from '../../test/fakes/discord/snapshot.ts';
import type { Snapshot as SlackSnapshot } from '../../test/fakes/slack/snapshot.ts';

/** What the page is sent after every change. */
export interface DemoState {
  consoleUrl: string | null;
  discord: DiscordSnapshot & { forms: DemoForm[] };
  slack: SlackSnapshot & { forms: DemoForm[] };
}

/** A form that is open in front of somebody. */
export interface DemoForm {
  id: string;
  userId: string;
  title: string;
  fields: DemoField[];
}

export interface DemoField {
  id: string;
  label: string;
  value: string;
  isLong: boolean;
  isRequired: boolean;
  /** Empty: any text. */
  options: { label: string; value: string }[];
}

/** What somebody does on the page. */
export interface DemoAct {
  platform: 'discord' | 'slack';
  userId: string;
  what:
    | { type: 'line'; text: string; threadId: string | null }
    | { type: 'button'; messageId: string; channelId: string; control: string }
    | { type: 'react'; messageId: string; channelId: string; emoji: string; isOn: boolean }
    | { type: 'submit'; formId: string; values: Record<string, string> }
    | { type: 'dismiss'; formId: string };
}

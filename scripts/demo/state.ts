import type { Snapshot as DiscordSnapshot } from '../../test/fakes/discord/snapshot.ts';
import type { Snapshot as SlackSnapshot } from '../../test/fakes/slack/snapshot.ts';

export type PlatformName = 'discord' | 'slack';
export type Locale = 'en' | 'zh-CN';

/** What the page is sent after every change. */
export interface DemoState {
  consoleUrl: string | null;
  commands: DemoCommand[];
  discord: DiscordSnapshot & { forms: DemoForm[] };
  slack: SlackSnapshot & { forms: DemoForm[] };
}

/** As registered at Discord; Slack's slash commands are the same ones. */
export interface DemoCommand {
  name: string;
  description: Record<Locale, string>;
  options: {
    name: Record<Locale, string>;
    description: Record<Locale, string>;
  }[];
}

/** A form that is open in front of somebody. */
export interface DemoForm {
  id: string;
  userId: string;
  title: string;
  submit: string;
  fields: DemoField[];
}

export interface DemoField {
  id: string;
  label: string;
  hint: string;
  placeholder: string;
  value: string;
  isLong: boolean;
  isRequired: boolean;
  /** Empty: any text. */
  options: { label: string; value: string }[];
}

/** What somebody does on the page. */
export interface DemoAct {
  platform: PlatformName;
  userId: string;
  what:
    | { type: 'line'; text: string; threadId: string | null }
    | { type: 'button'; messageId: string; channelId: string; control: string }
    | { type: 'react'; messageId: string; channelId: string; emoji: string; isOn: boolean }
    /** "Imagine this" of a message's menu. */
    | { type: 'draw'; messageId: string; channelId: string }
    | { type: 'submit'; formId: string; values: Record<string, string> }
    | { type: 'dismiss'; formId: string };
}

export interface DemoAnswer {
  /** What the client tells the person instead; null: done. */
  refusal: string | null;
  /** What is wrong with a form, by field: it stays open. */
  errors: Record<string, string>;
}

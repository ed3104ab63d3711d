/** A message of either platform, ready to be shown. */
export interface ShownMessage {
  id: string;
  channelId: string;
  author: string;
  isBot: boolean;
  /** Milliseconds since 1970. */
  at: number;
  /** Only the person who looks sees it. */
  isPrivate: boolean;
  isEdited: boolean;
  isThinking: boolean;
  parts: ShownPart[];
  reactions: { emoji: string; shown: string; users: string[] }[];
  thread: { id: string; name: string; messages: ShownMessage[] } | null;
}

export type ShownPart =
  | { type: 'text'; text: string; isSmall: boolean }
  | { type: 'picture'; url: string; alt: string; title: string }
  | { type: 'buttons'; buttons: ShownButton[] };

export interface ShownButton {
  control: string;
  label: string;
  style: 'primary' | 'danger' | 'normal';
  isDisabled: boolean;
}

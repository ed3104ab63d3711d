import type { Json } from './json.ts';
import type { FakeChannel, World } from './world.ts';

export interface Core {
  world: World;
  /** Begins with `http://`. */
  origin(): string;
  changed(): void;
  /** Something that Slack tells its apps. */
  event(event: Json): void;
  openTicket(): string;
  scopes(): string[];
}

export interface Method {
  /** Any of these; none: every token may. Some depend on the kind of the channel. */
  scopes: string[] | ((channel: FakeChannel | undefined) => string[]);
  /** Which token it takes. */
  token: 'bot' | 'app';
  /** Most calls a minute, by Slack's tiers. */
  tier: 1 | 2 | 3 | 4 | 'post';
  run(core: Core, args: Json): Json;
}

export function refuse(error: string, more: Json = {}): Json {
  return { ok: false, error, ...more };
}

/** Reading asks for the scope of the channel's kind; what is not known counts as public. */
export function scopeByKind(what: 'history' | 'read') {
  return (channel: FakeChannel | undefined): string[] => {
    const kind = { public: 'channels', private: 'groups', im: 'im' }[channel?.kind ?? 'public'];
    return [`${kind}:${what}`];
  };
}

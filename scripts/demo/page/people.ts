import type { Locale, PlatformName } from '../state.ts';

export interface Somebody {
  name: string;
  /** What the switch says beside the name. */
  role: string;
  locale: Locale;
  /** Ids by platform. */
  discord: string;
  slack: string;
  /** Discord's messages and reactions name people by it. */
  username: string;
}

/** The same three are at home in both. */
export const people: readonly [Somebody, ...Somebody[]] = [
  {
    name: 'Alice',
    role: 'English',
    locale: 'en',
    discord: '400000000000000001',
    slack: 'U0001',
    username: 'alice',
  },
  {
    name: '小宝',
    role: '中文',
    locale: 'zh-CN',
    discord: '400000000000000002',
    slack: 'U0002',
    username: 'bao',
  },
  {
    name: 'Carol',
    role: 'lead',
    locale: 'en',
    discord: '400000000000000003',
    slack: 'U0003',
    username: 'carol',
  },
];

export const botName = 'Quartet';

export function nameOfId(platform: PlatformName, id: string): string {
  return people.find((one) => one[platform] === id)?.name ?? botName;
}

export function nameOfUser(username: string): string {
  return people.find((one) => one.username === username)?.name ?? botName;
}

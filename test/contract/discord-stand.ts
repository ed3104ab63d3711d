import assert from 'node:assert/strict';
import { createDiscordPlatform } from '#src/platforms/discord/platform.ts';
import type { CandidateView, Place, ResultsView, StatusView } from '#src/types/chat.ts';
import type { CommandDescription } from '#src/types/command.ts';
import type { Platform } from '#src/types/platform.ts';
import {
  defaultIds,
  startFakeDiscord,
  type FakeDiscord,
  type FakeDiscordOptions,
} from '../fakes/discord/fake-discord.ts';
import { describe, describeOption } from '../unit/platforms/slack/descriptions.ts';
import { createRecordingInbox, type RecordingInbox } from '../helpers/recording-inbox.ts';

export const commands: CommandDescription[] = [
  describe(
    'imagine',
    '画图',
    [
      describeOption('prompt', { isRequired: true, isLong: true, maxLength: 5000 }),
      describeOption('negative', { isLong: true }),
      describeOption('size', { hasSuggestions: true }),
      describeOption('ar'),
      describeOption('steps', { type: 'integer', min: 1, max: 20 }),
      describeOption('cfg', { type: 'number', min: 1, max: 9.5 }),
      describeOption('seed', { type: 'integer', min: 0, max: 4_294_967_295 }),
    ],
    true,
  ),
  describe('queue', '队列'),
  describe(
    'settings',
    '设置',
    [
      describeOption('allowed', { type: 'boolean' }),
      describeOption('language', {
        choices: [{ label: { en: 'English', 'zh-CN': '英语' }, value: 'en' }],
      }),
    ],
    true,
  ),
];

export interface LogLine {
  level: 'info' | 'warn' | 'error';
  details: object;
  message: string;
}

export interface Stand {
  fake: FakeDiscord;
  platform: Platform;
  inbox: RecordingInbox;
  log: LogLine[];
  /** Another program with the same token: nothing is remembered. */
  restart(): Promise<void>;
  /** How often a route was called, as `POST /channels/{channel_id}/messages`. */
  calls(route: string): number;
  stop(): Promise<void>;
}

/** The adapter in front of the fake. Everything that the fake found wrong fails the test. */
export async function startStand(options: FakeDiscordOptions = {}): Promise<Stand> {
  const fake = await startFakeDiscord({ checkResponses: true, ...options });
  const log: LogLine[] = [];
  const write = (level: LogLine['level']) => (details: object, message: string) =>
    void log.push({ level, details, message });
  const create = (): Platform =>
    createDiscordPlatform({
      token: fake.token,
      apiUrl: fake.apiUrl,
      logger: { info: write('info'), warn: write('warn'), error: write('error') },
      timing: { callMs: 5000, startMs: 5000, guildsMs: 200, suggestMs: 100 },
      // Discord wants five seconds between two sessions.
      ws: { buildIdentifyThrottler: async () => ({ waitForIdentify: async () => {} }) },
    });
  const stand: Stand = {
    fake,
    log,
    platform: create(),
    inbox: createRecordingInbox(commands),
    async restart() {
      await stand.platform.stop();
      stand.platform = create();
      stand.inbox = createRecordingInbox(commands);
      await stand.platform.start(stand.inbox);
    },
    calls: (route) =>
      fake.requests.filter(({ method, template }) => `${method} ${template}` === route).length,
    async stop() {
      await stand.platform.stop();
      await fake.close();
      assert.deepEqual(fake.unexpectedRequests, []);
      assert.deepEqual(fake.responseFaults, []);
      assert.doesNotMatch(JSON.stringify(log), new RegExp(fake.token));
    },
  };
  await stand.platform.start(stand.inbox);
  return stand;
}

export const place: Place = {
  platform: 'discord',
  workspaceId: defaultIds.guild,
  channelId: defaultIds.design,
  threadId: null,
};

export function status(rest: Partial<StatusView> = {}): StatusView {
  return {
    requestId: 'r1',
    state: 'queued',
    title: '“a red apple” for Alice',
    lines: ['2 people before you.'],
    progress: null,
    preview: null,
    controls: [{ id: 'cancel:r1', action: 'cancel', label: 'Cancel', style: 'danger' }],
    ...rest,
  };
}

export function candidate(number: number, bytes?: Buffer): CandidateView {
  return {
    number,
    seed: 40 + number,
    width: 8,
    height: 8,
    altText: `apple ${number}`,
    votes: 0,
    fileName: `${number}.png`,
    sha256: `sha${number}`,
    read: async () => bytes ?? Buffer.from(`picture ${number}`),
  };
}

export function results(count: number, rest: Partial<ResultsView> = {}): ResultsView {
  return {
    requestId: 'r1',
    locale: 'en',
    title: 'a red apple',
    lines: ['8x8 · steps 8', 'id r1'],
    candidates: Array.from({ length: count }, (_, index) => candidate(index + 1)),
    isComplete: false,
    controls: [],
    reactions: [],
    ...rest,
  };
}

/** Those of a finished request with four pictures. */
export const complete = results(4, {
  isComplete: true,
  controls: (['reroll', 'vote-1', 'vote-2', 'vote-3', 'vote-4', 'delete'] as const).map(
    (action) => ({ id: `${action}:r1`, action, label: action, style: 'normal' }),
  ),
  reactions: ['reroll', 'vote-1', 'vote-2', 'vote-3', 'vote-4', 'delete'],
});

import assert from 'node:assert/strict';
import { AppError, type ErrorCode } from '#src/errors.ts';
import { createSlackPlatform } from '#src/platforms/slack/platform.ts';
import type { CandidateView, Place, ResultsView, StatusView } from '#src/types/chat.ts';
import type { CommandDescription } from '#src/types/command.ts';
import type { Platform } from '#src/types/platform.ts';
import {
  slackIds,
  startFakeSlack,
  type FakeSlack,
  type FakeSlackOptions,
} from '../fakes/slack/fake-slack.ts';
import { teamId } from '../fakes/slack/world.ts';
import { createRecordingInbox, type RecordingInbox } from '../helpers/recording-inbox.ts';
import { describe, describeOption } from '../unit/platforms/slack/descriptions.ts';

export const commands: CommandDescription[] = [
  describe(
    'imagine',
    '画图',
    [
      describeOption('prompt', { isRequired: true, isLong: true }),
      describeOption('steps', { type: 'integer', min: 1, max: 20 }),
      describeOption('size', { hasSuggestions: true }),
    ],
    true,
  ),
  describe('queue', '队列'),
  describe('help', '帮助'),
];

export const timing = { retryMs: 5, callMs: 2000, startMs: 2000, fileMs: 150, formMs: 300 };

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  details: object;
  message: string;
}

export interface Stand {
  fake: FakeSlack;
  platform: Platform;
  inbox: RecordingInbox;
  log: LogLine[];
  /** Another program with the same tokens: nothing is remembered. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The adapter before it is started. */
export function createPlatform(fake: FakeSlack, log: LogLine[] = []): Platform {
  const write = (level: LogLine['level']) => (details: object, message: string) =>
    void log.push({ level, details, message });
  return createSlackPlatform({
    botToken: fake.tokens.bot,
    appToken: fake.tokens.app,
    signingSecret: null,
    apiUrl: fake.apiUrl,
    publicUrl: null,
    logger: {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
    },
    timing,
  });
}

/** The adapter in front of the fake. Everything that the fake found wrong fails the test. */
export async function startStand(options: FakeSlackOptions = {}): Promise<Stand> {
  const fake = await startFakeSlack(options);
  const log: LogLine[] = [];
  const stand: Stand = {
    fake,
    log,
    platform: createPlatform(fake, log),
    inbox: createRecordingInbox(commands),
    async restart() {
      await stand.platform.stop();
      stand.platform = createPlatform(fake, log);
      await stand.platform.start(stand.inbox);
    },
    async stop() {
      await stand.platform.stop();
      await fake.close();
      assert.deepEqual(fake.unexpected, []);
    },
  };
  await stand.platform.start(stand.inbox);
  return stand;
}

export const general: Place = {
  platform: 'slack',
  workspaceId: teamId,
  channelId: slackIds.general,
  threadId: null,
};

export function statusView(rest: Partial<StatusView> = {}): StatusView {
  return {
    requestId: 'r1',
    state: 'queued',
    title: 'a red apple',
    lines: ['2 people before you'],
    progress: null,
    preview: null,
    controls: [],
    ...rest,
  };
}

function candidate(number: number): CandidateView {
  return {
    number,
    seed: 40 + number,
    width: 8,
    height: 8,
    altText: `apple ${number}`,
    votes: 0,
    fileName: `${number}.png`,
    sha256: `sha${number}`,
    read: async () => Buffer.from(`picture ${number}`),
  };
}

export function resultsView(count: number, rest: Partial<ResultsView> = {}): ResultsView {
  return {
    requestId: 'r1',
    locale: 'en',
    title: 'a red apple',
    lines: ['8 steps'],
    candidates: Array.from({ length: count }, (_, index) => candidate(index + 1)),
    isComplete: false,
    controls: [],
    reactions: [],
    ...rest,
  };
}

/** What a refused call says to a person, in both languages. */
export async function refused(
  work: Promise<unknown>,
  wanted: { code: ErrorCode; retryable?: boolean; en: RegExp; zh: RegExp },
): Promise<void> {
  await assert.rejects(work, (thrown) => {
    assert.ok(thrown instanceof AppError);
    assert.equal(thrown.code, wanted.code);
    assert.equal(thrown.retryable, wanted.retryable ?? false);
    assert.match(thrown.message, wanted.en);
    assert.match(thrown.localized['zh-CN'] ?? '', wanted.zh);
    return true;
  });
}

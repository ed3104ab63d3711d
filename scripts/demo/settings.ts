import { parseArgs } from 'node:util';
import { AppError } from '#src/errors.ts';
import type { FakeDiscord } from '../../test/fakes/discord/fake-discord.ts';
import type { FakeSlack } from '../../test/fakes/slack/fake-slack.ts';

export interface DemoFlags {
  dataDir: string;
  /** Of the console. */
  port: number;
  pagePort: number;
}

export const demoFlags =
  'The demo takes --data-dir DIR (./data/demo), --port N (7860, the console) and --page-port N (7861, the page).';

/** @throws AppError CONFIG_INVALID for what is no flag or no port. */
export function readFlags(args: string[]): DemoFlags {
  const port = readPort('port', valuesOf(args).port ?? '7860');
  const { 'data-dir': dataDir = './data/demo', 'page-port': page } = valuesOf(args);
  const next = port === 0 ? 0 : port + 1;
  return { dataDir, port, pagePort: readPort('page-port', page ?? String(next)) };
}

function valuesOf(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args, options: { 'data-dir': text, port: text, 'page-port': text } }).values;
  } catch (cause) {
    const message = `${(cause as Error).message}. ${demoFlags}`;
    throw new AppError('CONFIG_INVALID', message, { cause });
  }
}

function readPort(flag: string, given: string): number {
  const port = Number(given);
  if (/^\d+$/.test(given) && port <= 65_535) return port;
  throw new AppError('CONFIG_INVALID', `--${flag} ${given} is no port: use 0 to 65535.`);
}

/** Of whoever really runs Quartet here: the demo touches none of it. */
const notOurs = [
  'DATABASE_URL',
  'REDIS_URL',
  'S3_ENDPOINT',
  'S3_BUCKET',
  'SLACK_SIGNING_SECRET',
  'QUARTET_HOST',
  'QUARTET_PUBLIC_URL',
  'QUARTET_API_KEY',
];

/** The settings of the product: on the fakes, with a data folder of its own. */
export function demoEnvironment(
  env: NodeJS.ProcessEnv,
  { dataDir, port }: DemoFlags,
  discord: Pick<FakeDiscord, 'token' | 'apiUrl'>,
  slack: Pick<FakeSlack, 'tokens' | 'apiUrl'>,
): NodeJS.ProcessEnv {
  return {
    ...env,
    // Empty rather than left out: the worker reads .env, which fills in what is not there.
    ...Object.fromEntries(notOurs.map((name) => [name, ''])),
    QUARTET_DATA_DIR: dataDir,
    QUARTET_PORT: String(port),
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_APP_TOKEN: slack.tokens.app,
    SLACK_API_URL: slack.apiUrl,
  };
}

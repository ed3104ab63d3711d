import { resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from './errors.ts';
import { devices } from './types/runtime.ts';

/**
 * Every setting of the program. Names are a contract: an environment variable, or a flag with the
 * same name in lower case with dashes and without QUARTET_. Secrets are never flags.
 */

const numeral = /^\d+(\.\d+)?$/;
/** A number written as people write it; what is allowed is said whole, whatever is wrong with it. */
const numberWhere = (allowed: string, fits: (value: number) => boolean) =>
  z
    .string()
    .refine((text) => numeral.test(text) && fits(Number(text)), `use ${allowed}`)
    .transform(Number);
const port = numberWhere('a whole number from 0 to 65535, such as 7860', (value) => {
  return Number.isInteger(value) && value <= 65_535;
});
const flag = z.stringbool({
  truthy: ['true', '1'],
  falsy: ['false', '0'],
  error: 'use true, false, 1 or 0',
});
const count = numberWhere('a whole number from 1 on, such as 4', (value) => {
  return Number.isInteger(value) && value >= 1;
});
const address = (protocol: RegExp, example: string) =>
  z.url({ protocol, error: `is no address that fits: write it like ${example}` });
const web = (example: string) => address(/^https?$/, example);

const variables = {
  QUARTET_DATA_DIR: z.string().default('./data'),
  QUARTET_HOST: z.string().default('127.0.0.1'),
  QUARTET_PORT: port.default(7860),
  QUARTET_MODEL: z.string().default('pocket'),
  QUARTET_DEVICE: z.enum(devices, { error: `use ${devices.join(', ')}` }).default('auto'),
  QUARTET_MAX_CONCURRENT_GENERATIONS: count.default(4),
  QUARTET_GPU_MEMORY_UTILIZATION: numberWhere(
    'a number above 0 and up to 1, such as 0.9',
    (value) => value > 0 && value <= 1,
  ).default(0.9),
  QUARTET_OFFLOAD_TO_CPU: flag.default(false),
  /** Longest silence of an engine before it is given up. Unit: seconds. */
  QUARTET_STEP_TIMEOUT: numberWhere(
    'a number of seconds above 0, such as 600',
    (value) => value > 0,
  ).default(600),
  QUARTET_API_KEY: z.string().optional(),
  QUARTET_PUBLIC_URL: web('https://quartet.example.com').optional(),
  DATABASE_URL: address(/^postgres(ql)?$/, 'postgresql://USER:PASSWORD@HOST:5432/NAME').optional(),
  REDIS_URL: address(/^rediss?$/, 'redis://HOST:6379').optional(),
  S3_ENDPOINT: web('https://s3.example.com').optional(),
  S3_BUCKET: z.string().optional(),
  S3_REGION: z.string().optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  DISCORD_TOKEN: z.string().optional(),
  DISCORD_API_URL: web('https://discord.com/api').default('https://discord.com/api'),
  SLACK_BOT_TOKEN: z
    .string()
    .startsWith('xoxb-', 'must be a bot token, which begins with xoxb-')
    .optional(),
  SLACK_APP_TOKEN: z
    .string()
    .startsWith('xapp-', 'must be an app-level token, which begins with xapp-')
    .optional(),
  SLACK_SIGNING_SECRET: z.string().optional(),
  SLACK_API_URL: web('https://slack.com/api/').default('https://slack.com/api/'),
} as const;
type Variable = keyof typeof variables;

/** Their values appear in no message. Addresses count: they may hold a password. */
const secrets = new Set<string>([
  'QUARTET_API_KEY',
  'DATABASE_URL',
  'REDIS_URL',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'DISCORD_TOKEN',
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
] satisfies Variable[]);

const schema = z.object(variables).superRefine((settings, context) => {
  const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app, SLACK_SIGNING_SECRET: secret } = settings;
  const fault = (name: Variable, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  if (bot !== undefined && app === undefined && secret === undefined) {
    fault(
      'SLACK_BOT_TOKEN',
      'needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) beside it',
    );
  }
  if (bot === undefined && (app ?? secret) !== undefined) {
    fault('SLACK_BOT_TOKEN', 'is missing: the other Slack settings need it');
  }
});

export type Config = ReturnType<typeof shape>;

function shape(settings: z.output<typeof schema>) {
  const { DISCORD_TOKEN, SLACK_BOT_TOKEN, S3_BUCKET } = settings;
  return Object.freeze({
    dataDir: resolve(settings.QUARTET_DATA_DIR),
    host: settings.QUARTET_HOST,
    port: settings.QUARTET_PORT,
    model: settings.QUARTET_MODEL,
    device: settings.QUARTET_DEVICE,
    maxConcurrentGenerations: settings.QUARTET_MAX_CONCURRENT_GENERATIONS,
    gpuMemoryUtilization: settings.QUARTET_GPU_MEMORY_UTILIZATION,
    offloadToCpu: settings.QUARTET_OFFLOAD_TO_CPU,
    stepTimeoutMs: settings.QUARTET_STEP_TIMEOUT * 1000,
    apiKey: settings.QUARTET_API_KEY ?? null,
    publicUrl: settings.QUARTET_PUBLIC_URL ?? null,
    databaseUrl: settings.DATABASE_URL ?? null,
    redisUrl: settings.REDIS_URL ?? null,
    discord:
      DISCORD_TOKEN === undefined
        ? null
        : { token: DISCORD_TOKEN, apiUrl: settings.DISCORD_API_URL },
    slack:
      SLACK_BOT_TOKEN === undefined
        ? null
        : {
            botToken: SLACK_BOT_TOKEN,
            appToken: settings.SLACK_APP_TOKEN ?? null,
            signingSecret: settings.SLACK_SIGNING_SECRET ?? null,
            apiUrl: settings.SLACK_API_URL,
          },
    s3:
      S3_BUCKET === undefined
        ? null
        : {
            bucket: S3_BUCKET,
            endpoint: settings.S3_ENDPOINT ?? null,
            region: settings.S3_REGION ?? null,
            accessKeyId: settings.S3_ACCESS_KEY_ID ?? null,
            secretAccessKey: settings.S3_SECRET_ACCESS_KEY ?? null,
          },
  });
}

export const settingNames: readonly string[] = Object.keys(variables);

/** Flags that set a variable: `--data-dir` for QUARTET_DATA_DIR. Secrets have none. */
export const settingFlags: ReadonlyMap<string, string> = new Map(
  Object.keys(variables)
    .filter((name) => name.startsWith('QUARTET_') && !secrets.has(name))
    .map((name) => [name.replace('QUARTET_', '').toLowerCase().replaceAll('_', '-'), name]),
);

/**
 * Reads the settings. Nothing else in the program reads the environment.
 * @param flags values by flag name; they win over the environment.
 * @throws AppError CONFIG_INVALID with one line per variable that does not fit.
 */
export function loadConfig(env: NodeJS.ProcessEnv, flags: Record<string, string> = {}): Config {
  const values: Record<string, string> = {};
  for (const name of Object.keys(variables)) {
    // An empty string means "not set": a line left blank in an .env file. Blanks around a value
    // come from copying.
    const given = env[name]?.trim();
    if (given) values[name] = given;
  }
  for (const [flagName, value] of Object.entries(flags)) {
    const name = settingFlags.get(flagName);
    if (name !== undefined) values[name] = value;
  }
  const result = schema.safeParse(values);
  if (result.success) return shape(result.data);
  const lines = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const given =
      values[name] === undefined
        ? ''
        : secrets.has(name)
          ? ' (not shown)'
          : ` ${JSON.stringify(values[name])}`;
    return `${name}${given}: ${issue.message}.`;
  });
  throw new AppError('CONFIG_INVALID', lines.join('\n'));
}

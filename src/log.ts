import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Never written, wherever they turn up. */
const secretPaths = [
  'token',
  'botToken',
  'appToken',
  'signingSecret',
  'apiKey',
  'databaseUrl',
  'redisUrl',
  'secretAccessKey',
  'password',
  'authorization',
];

export interface LoggerOptions {
  level?: LogLevel;
  /** Lines for people rather than JSON; default: where standard error is a terminal. */
  isPlain?: boolean;
}

/** One line each, on standard error: standard output belongs to what a command prints. */
export function createLogger({
  level = 'info',
  isPlain = process.stderr.isTTY,
}: LoggerOptions = {}): Logger {
  return pino(
    {
      level,
      base: null,
      redact: { paths: secretPaths.flatMap((path) => [path, `*.${path}`]), censor: '(not shown)' },
    },
    isPlain ? plainStream() : pino.destination({ fd: 2, sync: true }),
  );
}

const signs: Record<number, string> = { 20: '·', 30: ' ', 40: '!', 50: '✗', 60: '✗' };

/** `12:00:00   Request accepted. shortId=k3v9xw` */
function plainStream(): DestinationStream {
  return {
    write(line) {
      const { level, time, msg, ...details } = JSON.parse(line) as Record<string, unknown>;
      const clock = new Date(time as number).toTimeString().slice(0, 8);
      const rest = Object.entries(details)
        .map(
          ([name, value]) =>
            ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
        )
        .join('');
      process.stderr.write(`${clock} ${signs[level as number] ?? ' '} ${String(msg)}${rest}\n`);
    },
  };
}

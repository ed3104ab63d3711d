import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

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
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths.flatMap((path) => [path, `*.${path}`]), censor: '(not shown)' },
    },
    isPlain ? plainStream() : pino.destination({ fd: 2, sync: true }),
  );
}

const signs: Record<string, string> = { debug: '·', info: ' ', warn: '!', error: '✗', fatal: '✗' };

function plainStream(): DestinationStream {
  return { write: (line) => void process.stderr.write(formatPlain(line)) };
}

interface Line extends Record<string, unknown> {
  level: string;
  time: string;
  msg: string;
  err?: { message: string; stack: string };
}

/** A line of JSON as people read it: `12:00:00   Request accepted. shortId=k3v9xw` */
export function formatPlain(json: string): string {
  const { level, time, msg, err, ...details } = JSON.parse(json) as Line;
  const clock = new Date(time).toTimeString().slice(0, 8);
  const show = (value: unknown) => {
    if (typeof value === 'number') return String(Math.round(value * 100) / 100);
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  const rest = Object.entries(details).map(([name, value]) => ` ${name}=${show(value)}`);
  const cause = err && !msg.includes(err.message) ? ` cause=${err.message}` : '';
  // What the product has a code for needs no lines of its own.
  const isKnown = typeof details['code'] === 'string' && details['code'] !== 'INTERNAL';
  const stack = err && !isKnown ? `${err.stack}\n` : '';
  return `${clock} ${signs[level] ?? ' '} ${msg}${rest.join('')}${cause}\n${stack}`;
}

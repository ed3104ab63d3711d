import { LogLevel, type Logger } from '@slack/bolt';

/** What this folder asks of a logger; pino's fits. */
export interface LogTarget {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export type BoltLogger = Logger;

/** The library's log lines in ours. Its debug lines hold whole payloads, so they are dropped. */
export function createBoltLogger(target: LogTarget): BoltLogger {
  const line = (parts: unknown[]) =>
    parts
      .map((part) => (part instanceof Error ? part.message : String(part)))
      .join(' ')
      .trim();
  return {
    debug: () => undefined,
    info: (...parts: unknown[]) => target.debug({ platform: 'slack' }, line(parts)),
    warn: (...parts: unknown[]) => target.warn({ platform: 'slack' }, line(parts)),
    error: (...parts: unknown[]) => target.error({ platform: 'slack' }, line(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}

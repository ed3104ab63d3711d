import type { Locale } from './types/chat.ts';

/**
 * Every error a person or a program can meet, by its stable code.
 *
 * A code is a contract: it is what `--json` prints, what the HTTP API answers and what survives the
 * queue. `docs/errors.md` explains each one; a test compares the two lists.
 */
export const errorCodes = [
  'INVALID_REQUEST',
  'MODEL_NOT_FOUND',
  'MODEL_INVALID',
  'DEVICE_UNAVAILABLE',
  'ENGINE_DIED',
  'ENGINE_TIMEOUT',
  'OUT_OF_MEMORY',
  'CANCELLED',
  'CONFIG_INVALID',
  'STORAGE_FAILED',
  'PLATFORM_FAILED',
  'PERMISSION_MISSING',
  'MESSAGE_GONE',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** One thing that is wrong with a request, told in a way that can be put right at once. */
export interface Fault {
  /** The option's name as the person typed it: `size`, `steps`, … */
  field: string;
  /** The value that was given, as given. */
  value: unknown;
  /** What would be accepted, in words: `1 to 200`. */
  allowed: string;
  /** The nearest value that fits, where there is one. */
  nearest: string | number | null;
  /** One sentence with all of the above. */
  message: string;
}

export interface AppErrorOptions {
  cause?: unknown;
  /** Whether the same request may succeed when it is simply tried again. */
  retryable?: boolean;
  faults?: Fault[];
  /** The message in other languages, where people in chat read it. */
  localized?: Partial<Record<Locale, string>>;
}

/** The one error class of the product: a stable code, a sentence for a person, the cause. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly faults: readonly Fault[];
  readonly localized: Partial<Record<Locale, string>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.faults = options.faults ?? [];
    this.localized = options.localized ?? {};
  }
}

/** All faults of one request together; its message is one line per field. */
export function invalidRequest(faults: Fault[]): AppError {
  return new AppError('INVALID_REQUEST', faults.map((fault) => fault.message).join('\n'), {
    faults,
  });
}

/** Turns whatever was thrown into an `AppError`, keeping the original as the cause. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError('INTERNAL', message, { cause: thrown });
}

/** What a person reads: in their language where there is such a sentence. */
export function messageIn({ message, localized }: AppError, locale: Locale): string {
  return localized[locale] ?? message;
}

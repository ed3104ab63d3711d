import { AppError } from '../errors.ts';
import { explainDatabaseError } from '../store/database.ts';

/** Far above what a busy server takes, far below what a person waits for. */
const patienceMs = 10_000;

/**
 * Awaits a call to the queue's server, but not for ever: the library holds calls back while the server
 * is away. What was not answered may still be done later.
 * @throws AppError STORAGE_FAILED, retryable, when the server does not answer.
 */
export async function answered<Result>(
  server: string,
  work: () => Promise<Result>,
  limitMs = patienceMs,
): Promise<Result> {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(silent(server)), limitMs);
  try {
    return await Promise.race([work(), silence]);
  } catch (thrown) {
    throw explain(thrown, server);
  } finally {
    clearTimeout(timer);
  }
}

function explain(thrown: unknown, server: string): unknown {
  if (thrown instanceof AppError) return thrown;
  const { name, message, code } = thrown as NodeJS.ErrnoException;
  // The driver of Redis gives up by itself, and PostgreSQL says why.
  if (/MaxRetriesPerRequest/.test(name) || /connection is closed/i.test(message)) {
    return silent(server, thrown);
  }
  return /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|57P|08|53)/.test(code ?? '')
    ? explainDatabaseError(thrown)
    : thrown;
}

function silent(server: string, cause?: unknown): AppError {
  const message = `The queue does not answer (${server}): check that its server runs.`;
  return new AppError('STORAGE_FAILED', message, { cause, retryable: true });
}

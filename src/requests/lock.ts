import { AppError } from '#src/errors.ts';

export interface Lock {
  /** Waits for those before; call what comes back to leave. @throws AppError CANCELLED when aborted meanwhile */
  enter(signal: AbortSignal): Promise<() => void>;
}

/** One at a time, in the order in which they came. */
export function createLock(): Lock {
  let last: Promise<void> = Promise.resolve();
  return {
    async enter(signal) {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = before.then(() => promise);
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      const cancel = () => reject(new AppError('CANCELLED', 'The request was cancelled.'));
      aborted.catch(() => {});
      if (signal.aborted) cancel();
      signal.addEventListener('abort', cancel, { once: true });
      try {
        await Promise.race([before, aborted]);
        return resolve;
      } catch (thrown) {
        // Its place is given up; those behind it still wait for those before it.
        resolve();
        throw thrown;
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    },
  };
}

import type { Logger } from '../log.ts';

const stopMs = 9500;

/** A terminal that is closed hangs up. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const leaveAtOnce = () => process.exit(130);

/** While a program starts: whoever wants it to stop has it stop at once, with all that it started. */
export function leaveOnSignals(): void {
  for (const signal of stopSignals) process.on(signal, leaveAtOnce);
}

/** Resolves with the exit code once the person or the system asked for the end and it was reached. */
export async function untilStopped(
  logger: Logger,
  stop: () => Promise<void>,
  failed?: Promise<Error>,
): Promise<number> {
  const { promise: asked, resolve } = Promise.withResolvers<Error | null>();
  // A worker that was started by `up` is stopped by it, not by the keys that reach the whole group.
  const isChild = process.send !== undefined;
  let count = 0;
  const onSignal = () => {
    count += 1;
    if (count > 1) process.exit(130);
    resolve(null);
  };
  for (const signal of stopSignals) {
    process.on(signal, isChild && signal !== 'SIGTERM' ? () => {} : onSignal);
    // In this order: a signal that comes while nobody listens for its kind is lost.
    process.off(signal, leaveAtOnce);
  }
  // Whoever started it is gone, and with it the database.
  const leave = () => process.exit(1);
  process.on('disconnect', leave);
  void failed?.then(resolve);
  const failure = await asked;
  if (failure) logger.error({}, failure.message);
  else if (!isChild) logger.info({}, 'Stopping. What is being drawn goes back into the queue.');
  const impatience = setTimeout(() => {
    logger.error({}, `Not everything ended within ${stopMs / 1000} s; leaving it.`);
    process.exit(1);
  }, stopMs);
  await stop();
  clearTimeout(impatience);
  // An open channel to whoever started it would keep the process.
  process.off('disconnect', leave);
  process.disconnect?.();
  return failure ? 1 : 0;
}

import type { Logger } from '../log.ts';

const stopMs = 9500;

/** While a program starts: to leave lets everything end that was started. Call what comes back once it stands. */
export function leaveWhenAsked(): () => void {
  const leave = () => process.exit(130);
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, leave);
  return () => {
    for (const signal of signals) process.off(signal, leave);
  };
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
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', isChild ? () => {} : onSignal);
  // Whoever started it is gone, and with it the database.
  const leave = () => process.exit(1);
  process.on('disconnect', leave);
  void failed?.then(resolve);
  const failure = await asked;
  if (failure) logger.error({}, failure.message);
  else logger.info({}, 'Stopping. What is being drawn goes back into the queue.');
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

import { UnrecoverableError } from 'bullmq';
import { AppError, errorCodes, toAppError, type ErrorCode } from '../errors.ts';

/** What BullMQ writes when the worker of a job died more often than it may. */
const stalledTooOften = /stalled more than allowable limit|started more than allowable limit/;

/**
 * The error to throw inside a processor. Only a message survives the queue, so the code goes in
 * front of it; what cannot succeed when it is tried again is not tried again.
 */
export function encodeFailure(thrown: unknown): Error {
  const error = toAppError(thrown);
  const message = `${error.code}: ${error.message}`;
  return error.retryable
    ? new Error(message, { cause: error })
    : Object.assign(new UnrecoverableError(message), { cause: error });
}

/** The error behind a job's failed reason. */
export function decodeFailure(failedReason: string): AppError {
  const [, code, message] = /^([A-Z_]+): ([\s\S]*)$/.exec(failedReason) ?? [];
  if (isErrorCode(code)) return new AppError(code, message ?? '');
  if (stalledTooOften.test(failedReason)) {
    return new AppError(
      'ENGINE_DIED',
      'The process that drew this picture died twice: ask for a smaller size or fewer candidates, or have a look at the log of the worker.',
    );
  }
  return new AppError('INTERNAL', failedReason);
}

function isErrorCode(code: string | undefined): code is ErrorCode {
  return (errorCodes as readonly (string | undefined)[]).includes(code);
}

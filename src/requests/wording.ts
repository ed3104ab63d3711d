import type { ErrorCode } from '#src/errors.ts';
import type { Texts } from '#src/texts/index.ts';

/** A duration as people say it. */
export function formatDuration(seconds: number, texts: Texts): string {
  if (seconds < 10) return texts('duration.seconds', { seconds: seconds.toFixed(1) });
  if (seconds < 90) return texts('duration.seconds', { seconds: Math.round(seconds) });
  if (seconds < 90 * 60) return texts('duration.minutes', { minutes: Math.round(seconds / 60) });
  return texts('duration.hours', { hours: (seconds / 3600).toFixed(1) });
}

export function formatBytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** One line, cut at a whole character. */
export function shorten(text: string, length: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`;
}

/** Why something did not work and what to do, for a person; codes without a sentence of their own say what they carry. */
export function explainFailure(code: ErrorCode, message: string, texts: Texts): string {
  switch (code) {
    case 'ENGINE_DIED':
      return texts('failure.engineDied');
    case 'ENGINE_TIMEOUT':
      return texts('failure.engineTimeout');
    case 'OUT_OF_MEMORY':
      return texts('failure.outOfMemory');
    case 'DEVICE_UNAVAILABLE':
      return texts('failure.deviceUnavailable');
    case 'MODEL_NOT_FOUND':
    case 'MODEL_INVALID':
      return texts('failure.model', { message });
    case 'STORAGE_FAILED':
      return texts('failure.storage');
    case 'CANCELLED':
      return texts('status.cancelled');
    case 'INVALID_REQUEST':
    case 'PERMISSION_MISSING':
    case 'PLATFORM_FAILED':
    case 'MESSAGE_GONE':
    case 'CONFIG_INVALID':
      return message;
    case 'INTERNAL':
      return texts('failure.internal');
  }
}

import { createTexts } from './texts/index.ts';
import type { Locale } from './types/chat.ts';
import type { Diagnosis } from './types/platform.ts';

/** Far below the five minutes at which Slack's signatures are refused. */
const toleratedSeconds = 30;

/**
 * This machine's clock beside that of a server, by the `date` header of an answer; nothing where it sent
 * none.
 */
export function diagnoseClock(
  server: string,
  date: string | null,
  locale: Locale,
  now = Date.now(),
): Diagnosis[] {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return [];
  const texts = createTexts(locale);
  const name = texts('doctor.clock');
  const seconds = Math.round((now - theirs) / 1000);
  if (Math.abs(seconds) <= toleratedSeconds)
    return [{ name, ok: true, detail: texts('doctor.clockAgrees', { server }), fix: null }];
  const values = { server, seconds: Math.abs(seconds) };
  const detail = texts(seconds > 0 ? 'doctor.clockAhead' : 'doctor.clockBehind', values);
  return [{ name, ok: false, detail, fix: texts('doctor.setClock') }];
}

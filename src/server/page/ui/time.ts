import { el } from './dom.ts';
import { locale } from '../texts/locale.ts';

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
const dateOnly = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' });

/** When something happened, in words; the exact time on pointing at it. */
export function timeOf(iso: string): HTMLTimeElement {
  const at = new Date(iso);
  return el('time', { datetime: iso, title: full.format(at), data: { live: '' } }, ago(at));
}

/** Keeps every time of the page true. */
export function keepTimes(): void {
  setInterval(() => {
    for (const time of document.querySelectorAll<HTMLTimeElement>('time[data-live]')) {
      time.textContent = ago(new Date(time.dateTime));
    }
  }, 30_000);
}

function ago(at: Date): string {
  const seconds = (Date.now() - at.getTime()) / 1000;
  if (seconds > 7 * 86_400) return dateOnly.format(at);
  for (const [unit, length] of units) {
    if (seconds >= length) return relative.format(-Math.floor(seconds / length), unit);
  }
  return relative.format(0, 'second');
}

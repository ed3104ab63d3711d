import { toAppError } from '#src/errors.ts';
import { createTexts } from '#src/texts/index.ts';
import type { Locale } from '#src/types/chat.ts';
import type { Diagnosis, Platform } from '#src/types/platform.ts';
import type { BotServices } from './services.ts';

/** What a look at one thing finds; a look that fails is a finding too. */
export async function finding(
  name: string,
  look: () => Promise<Diagnosis[]>,
): Promise<Diagnosis[]> {
  try {
    return await look();
  } catch (thrown) {
    const { message } = toAppError(thrown);
    return [{ name, ok: false, detail: message, fix: null }];
  }
}

/** Database, workers, and what these platforms say of rights, scopes and commands. */
export async function diagnose(bot: BotServices, platforms: Platform[], locale: Locale) {
  const texts = createTexts(locale);
  const findings = await Promise.all([
    finding(texts('doctor.database'), async () => {
      await bot.store.ping();
      return [
        { name: texts('doctor.database'), ok: true, detail: texts('doctor.answers'), fix: null },
      ];
    }),
    finding(texts('doctor.queue'), async () => {
      await bot.queue.view();
      const detail = texts('doctor.queueAnswers', { server: bot.queue.server });
      return [{ name: texts('doctor.queue'), ok: true, detail, fix: null }];
    }),
    finding(texts('doctor.workers'), async () => {
      const count = await bot.queue.workersConnected();
      const fix = count > 0 ? null : texts('doctor.startWorker');
      return [{ name: texts('doctor.workers'), ok: count > 0, detail: String(count), fix }];
    }),
    ...platforms.map((platform) => finding(platform.name, () => platform.diagnose(locale))),
  ]);
  return findings.flat();
}

export function describeFinding({ name, ok, detail, fix }: Diagnosis): string {
  return `${ok ? '✓' : '✗'} ${name}: ${detail}${fix === null ? '' : ` → ${fix}`}`;
}

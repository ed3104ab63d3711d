import { z } from 'zod';
import { defineCommand } from '#src/commands/define-command.ts';
import { toAppError } from '#src/errors.ts';

interface Finding {
  name: string;
  ok: boolean;
  detail: string;
  fix: string | null;
}

/** Rights, scopes, database, workers: what is so, and what to do where it is not well. */
export default defineCommand({
  name: 'doctor',
  isForLeads: true,
  options: () => z.object({}),

  async run({ bot, place, reply, texts }) {
    const platform = bot.platformOf(place.platform);
    const check = async (name: string, look: () => Promise<Finding[]>): Promise<Finding[]> => {
      try {
        return await look();
      } catch (thrown) {
        const { message } = toAppError(thrown);
        return [{ name, ok: false, detail: message, fix: null }];
      }
    };
    const findings = (
      await Promise.all([
        check(texts('doctor.database'), async () => {
          await bot.store.ping();
          const detail = texts('doctor.answers');
          return [{ name: texts('doctor.database'), ok: true, detail, fix: null }];
        }),
        check(texts('doctor.workers'), async () => {
          const count = await bot.queue.workersConnected();
          const fix = count > 0 ? null : texts('doctor.startWorker');
          return [{ name: texts('doctor.workers'), ok: count > 0, detail: String(count), fix }];
        }),
        check(texts('doctor.channel'), async () => {
          const { name, missingRights } = await platform.inspect(place);
          const ok = missingRights.length === 0;
          const rights = missingRights.join(', ');
          const fix = ok ? null : texts('doctor.grant', { rights });
          return [{ name: texts('doctor.channel'), ok, detail: name, fix }];
        }),
        check(place.platform, () => platform.diagnose()),
      ])
    ).flat();
    const lines = findings.map(
      ({ name, ok, detail, fix }) =>
        `${ok ? '✓' : '✗'} ${name}: ${detail}${fix === null ? '' : ` → ${fix}`}`,
    );
    await reply({ text: lines.join('\n') });
  },
});

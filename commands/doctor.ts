import { z } from 'zod';
import { defineCommand } from '#src/commands/define-command.ts';
import { describeFinding, diagnose, finding } from '#src/requests/diagnose.ts';

/** Rights, scopes, database, workers: what is so, and what to do where it is not well. */
export default defineCommand({
  name: 'doctor',
  isForLeads: true,
  options: () => z.object({}),

  async run({ bot, place, person, reply, texts }) {
    const platform = bot.platformOf(place.platform);
    const channel = await finding(texts('doctor.channel'), async () => {
      const { name, missingRights } = await platform.inspect(place, texts.locale);
      const ok = missingRights.length === 0;
      const fix = ok ? null : texts('doctor.grant', { rights: missingRights.join(', ') });
      return [{ name: texts('doctor.channel'), ok, detail: name, fix }];
    });
    const others = await diagnose(bot, [platform], person.locale);
    await reply({ text: [...channel, ...others].map(describeFinding).join('\n') });
  },
});

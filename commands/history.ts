import { z } from 'zod';
import { defineCommand } from '#src/commands/define-command.ts';
import { shorten } from '#src/requests/wording.ts';

const defaultCount = 10;
/** How far back one's own are looked for among everybody's. */
const lookBack = 200;

/** One's own latest requests. */
export default defineCommand({
  name: 'history',
  options: () => z.object({ count: z.int().min(1).max(25).optional().meta({ positional: true }) }),

  async run({ bot, options, person, place, reply, texts, typed }) {
    const recent = await bot.store.requests.listRecent({
      workspaceId: place.workspaceId,
      limit: lookBack,
    });
    const own = recent
      .filter(({ requesterId }) => requesterId === person.id)
      .slice(0, options.count ?? defaultCount);
    if (own.length === 0) {
      const words = { prompt: texts('help.examplePrompt') };
      return reply({ text: texts('history.none', { example: typed('imagine', { words }) }) });
    }
    const lines = own.map(({ shortId, status, prompt }) =>
      texts('history.line', {
        id: shortId,
        status: texts(`history.status.${status}`),
        prompt: shorten(prompt, 80),
      }),
    );
    await reply({ text: lines.join('\n') });
  },
});

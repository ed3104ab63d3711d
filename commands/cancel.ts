import { z } from 'zod';
import { defineCommand } from '#src/commands/define-command.ts';
import { isLead } from '#src/requests/place-rules.ts';
import { shorten } from '#src/requests/wording.ts';

/** One request, or all of one's own that wait. Leads cancel anybody's. */
export default defineCommand({
  name: 'cancel',

  options: () =>
    z.object({ which: z.string().optional().meta({ suggest: true, positional: true }) }),

  async run({ bot, options, person, place, reply, texts, typed }) {
    const own = await bot.store.requests.listOpenOf(place.workspaceId, person.id);
    const which = options.which?.trim().toLowerCase();
    if (which === 'all' || which === '全部') {
      const waiting = own.filter(({ status }) => status !== 'running');
      let count = 0;
      for (const { id } of waiting) if ((await bot.cancel(id)) !== 'finished') count += 1;
      return reply({ text: texts('cancel.all', { count }) });
    }
    const request =
      which === undefined ? own.at(-1) : await bot.store.requests.findByShortId(which);
    if (!request || request.workspaceId !== place.workspaceId) {
      const text =
        which === undefined ? texts('cancel.nothing') : texts('cancel.unknown', {
              id: which, queue: typed('queue'), history: typed('history'),
            }); // prettier-ignore
      return reply({ text });
    }
    if (request.requesterId !== person.id && !(await isLead(bot, person, place)))
      return reply({ text: texts('action.cancelOnlyRequester') });
    const result = await bot.cancel(request.id);
    const { shortId: id, prompt } = request;
    const name = { id, prompt: shorten(prompt, 60) };
    if (result === 'finished') return reply({ text: texts('cancel.finished', name) });
    await reply({ text: texts(result === 'cancelled' ? 'cancel.done' : 'cancel.stopping', name) });
  },

  async suggest(_option, _typed, { bot, person, place, texts }) {
    const open = (await bot.store.requests.listOpen()).filter(
      ({ workspaceId }) => workspaceId === place.workspaceId,
    );
    const own = open.filter(({ requesterId }) => requesterId === person.id);
    // Leads may cancel anybody's.
    const others = (await isLead(bot, person, place))
      ? open.filter((one) => !own.includes(one))
      : [];
    return [
      ...[...own, ...others].map(({ shortId, prompt }) => ({
        label: `${shortId} · ${shorten(prompt, 60)}`,
        value: shortId,
      })),
      { label: texts('cancel.allLabel'), value: 'all' },
    ];
  },
});

import { z } from 'zod';
import { defineCommand } from '#src/commands/define-command.ts';
import { nearestName } from '#src/nearest.ts';

/** What there is, or everything about one command. */
export default defineCommand({
  name: 'help',
  options: () =>
    z.object({ command: z.string().optional().meta({ suggest: true, positional: true }) }),

  async run({ bot, options, locale, place, reply, texts, typed }) {
    const commands = bot.commands();
    const wanted = options.command?.trim().toLowerCase().replace(/^\//, '');
    if (wanted === undefined) {
      const lines = commands.map(({ name, description }) =>
        texts('help.line', { name: typed(name), description: description[locale] }),
      );
      const example = typed('imagine', { words: { prompt: texts('help.examplePrompt') } });
      const help = typed('help', { words: { command: 'imagine' } });
      return reply({
        text: [texts('help.start', { example }), ...lines, texts('help.more', { help })].join('\n'),
      });
    }
    const command = commands.find(({ name, localName }) =>
      [name, ...Object.values(localName)].includes(wanted),
    );
    if (!command) {
      const meant = nearestName(
        wanted,
        commands.flatMap((one) => [one.name, one.localName[locale]]),
      );
      const nearest = commands.find(
        (one) => meant !== null && [one.name, one.localName[locale]].includes(meant),
      );
      if (nearest) {
        const said = { name: wanted, nearest: typed(nearest.name) };
        return reply({ text: texts('command.unknownNearest', said) });
      }
      const known = commands.map(({ name }) => typed(name)).join(', ');
      return reply({ text: texts('command.unknown', { name: wanted, known }) });
    }
    const hasFlags = bot.platformOf(place.platform).typing?.option === undefined;
    const lines = command.options.map(({ name, localName, description, min, max, choices }) => {
      const range = min === undefined || max === undefined ? '' : ` (${min}–${max})`;
      const list = choices ? ` (${choices.map(({ label }) => label[locale]).join(', ')})` : '';
      const shown = hasFlags ? `--${name}` : localName[locale];
      return texts('help.line', {
        name: shown,
        description: `${description[locale]}${range}${list}`,
      });
    });
    await reply({
      text: [
        texts('help.line', {
          name: typed(command.name),
          description: command.description[locale],
        }),
        ...lines,
      ].join('\n'),
    });
  },

  async suggest(_option, _typed, { bot, person }) {
    return bot.commands().map(({ name, localName }) => ({
      label: localName[person.locale],
      value: name,
    }));
  },
});

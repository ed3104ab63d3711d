import { z } from 'zod';
import { defineCommand } from '#src/commands/define-command.ts';

/** What there is, or everything about one command. */
export default defineCommand({
  name: 'help',
  options: () =>
    z.object({ command: z.string().optional().meta({ suggest: true, positional: true }) }),

  async run({ bot, options, locale, reply, texts }) {
    const commands = bot.commands();
    const wanted = options.command?.trim().toLowerCase().replace(/^\//, '');
    if (wanted === undefined) {
      const lines = commands.map(
        ({ localName, description }) => `/${localName[locale]}: ${description[locale]}`,
      );
      return reply({ text: [texts('help.start'), ...lines, texts('help.more')].join('\n') });
    }
    const command = commands.find(({ name, localName }) =>
      [name, ...Object.values(localName)].includes(wanted),
    );
    if (!command) {
      const known = commands.map(({ name }) => name).join(', ');
      return reply({ text: texts('command.unknown', { name: wanted, known }) });
    }
    const lines = command.options.map(({ name, description, min, max, choices }) => {
      const range = min === undefined || max === undefined ? '' : ` (${min}–${max})`;
      const list = choices ? ` (${choices.map(({ value }) => value).join(', ')})` : '';
      return `--${name}: ${description[locale]}${range}${list}`;
    });
    await reply({
      text: [`/${command.localName[locale]}: ${command.description[locale]}`, ...lines].join('\n'),
    });
  },

  async suggest(_option, _typed, { bot, person }) {
    return bot.commands().map(({ name, localName }) => ({
      label: localName[person.locale],
      value: name,
    }));
  },
});

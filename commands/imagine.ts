import { z } from 'zod';
import { defineCommand } from '#src/commands/define-command.ts';

const largestSeed = 0xffff_ffff;

/** The main command: its values are checked against the model they are for, all at once. */
export default defineCommand({
  name: 'imagine',
  hasForm: true,
  checksItself: true,

  options: ({ limits }) =>
    z.object({
      prompt: z.string().max(limits.promptLength).meta({ long: true, positional: true }),
      negative: z
        .string()
        .max(limits.promptLength)
        .optional()
        .meta({ long: true, aliases: ['no', 'not', '不要'] }),
      size: z
        .string()
        .optional()
        .meta({ suggest: true, aliases: ['大小'] }),
      ar: z
        .string()
        .optional()
        .meta({ aliases: ['ratio', 'aspect', '宽高比'] }),
      steps: z.int().min(limits.steps.min).max(limits.steps.max).optional(),
      cfg: z
        .number()
        .min(limits.cfg.min)
        .max(limits.cfg.max)
        .optional()
        .meta({ aliases: ['guidance'] }),
      seed: z.int().min(0).max(largestSeed).optional(),
      count: z
        .int()
        .min(1)
        .max(4)
        .optional()
        .meta({ aliases: ['n', '数量'] }),
      style: z.string().optional().meta({ suggest: true }),
      model: z.string().optional().meta({ suggest: true }),
      preset: z
        .string()
        .optional()
        .meta({ suggest: true, aliases: ['quality'] }),
    }),

  async run({ bot, raw, faults, person, place, invocationId, reply }) {
    // Typed options bring numbers, lines and forms bring texts: both are taken as they are.
    await bot.acceptance.accept({ invocationId, person, place, options: raw, faults, reply });
  },

  async suggest(option, _typed, { bot, place, texts }) {
    const cards = bot.models.cards();
    const settings = await bot.store.channels.settings(place.workspaceId, place.channelId);
    const card = cards.find(({ name }) => name === (settings.model ?? bot.models.defaultName));
    switch (option) {
      case 'model':
        return cards.map(({ name }) => ({ label: name, value: name }));
      case 'size':
        return Object.entries(card?.size.presets ?? {}).map(([name, size]) => ({
          label: `${name} (${size})`,
          value: name,
        }));
      case 'preset':
        return Object.entries(card?.presets ?? {}).map(([name, { steps }]) => ({
          label: steps === undefined ? name : `${name} (${texts('results.steps', { steps })})`,
          value: name,
        }));
      case 'style': {
        const own = await bot.store.styles.list(place.workspaceId);
        const names = [...own, ...(card?.styles ?? [])].map(({ name }) => name);
        return [...new Set(names)].map((name) => ({ label: name, value: name }));
      }
      default:
        return [];
    }
  },
});

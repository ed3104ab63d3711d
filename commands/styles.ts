import { z } from 'zod';
import { defineCommand, type BotContext } from '#src/commands/define-command.ts';
import { isLead } from '#src/requests/place-rules.ts';

const namePattern = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u;

interface StyleOptions {
  action: 'list' | 'save' | 'delete';
  name?: string | undefined;
  prompt?: string | undefined;
}

/** Named prompt templates of a workspace, beside the models' own. */
export default defineCommand({
  name: 'styles',

  options: ({ limits }) =>
    z.object({
      action: z.enum(['list', 'save', 'delete']).optional().meta({
        positional: true,
      }),
      name: z.string().max(40).optional().meta({ positional: true, suggest: true }),
      prompt: z.string().max(limits.promptLength).optional().meta({ long: true, positional: true }),
    }),

  async run(context) {
    const options: StyleOptions = { ...context.options, action: context.options.action ?? 'list' };
    if (options.action === 'save') return save(context, options);
    if (options.action === 'delete') return remove(context, options);
    return list(context);
  },

  async suggest(_option, _typed, { bot, place }) {
    const styles = await bot.store.styles.list(place.workspaceId);
    return styles.map(({ name }) => ({ label: name, value: name }));
  },
});

type Context = Pick<BotContext<unknown>, 'bot' | 'person' | 'place' | 'reply' | 'texts' | 'typed'>;

async function list({ bot, place, reply, texts, typed }: Context): Promise<void> {
  const own = await bot.store.styles.list(place.workspaceId);
  const lines = own.map(({ name, prompt }) => `• ${name}: ${prompt}`);
  for (const card of bot.models.cards()) {
    if (card.styles.length === 0) continue;
    const names = card.styles.map(({ name }) => name).join(', ');
    lines.push(texts('styles.ofModel', { model: card.name, names }));
  }
  if (own.length === 0) lines.unshift(texts('styles.none', { save: saveForm({ texts, typed }) }));
  await reply({ text: lines.join('\n') });
}

function saveForm({ texts, typed }: Pick<Context, 'texts' | 'typed'>): string {
  const name = texts('styles.nameHere');
  return typed('styles', { words: { action: 'save', name, prompt: texts('styles.wordsHere') } });
}

async function save(
  { bot, person, place, reply, texts, typed }: Context,
  { name, prompt }: StyleOptions,
): Promise<void> {
  if (name === undefined || prompt === undefined) {
    return reply({ text: texts('styles.saveNeeds', { save: saveForm({ texts, typed }) }) });
  }
  if (!namePattern.test(name)) return reply({ text: texts('styles.badName', { name }) });
  // A template without the placeholder is meant to follow the prompt.
  const template = prompt.includes('{prompt}') ? prompt : `{prompt}, ${prompt}`;
  const isAdded = await bot.store.styles.add(place.workspaceId, {
    name, prompt: template, createdBy: person.id,
  }); // prettier-ignore
  const text = isAdded
    ? texts('styles.saved', { name, prompt: template })
    : texts('styles.taken', { name });
  await reply({ text });
}

async function remove(
  { bot, person, place, reply, texts, typed }: Context,
  { name }: StyleOptions,
): Promise<void> {
  if (name === undefined) {
    const words = { action: 'delete', name: texts('styles.nameHere') };
    return reply({ text: texts('styles.deleteNeeds', { remove: typed('styles', { words }) }) });
  }
  const style = await bot.store.styles.find(place.workspaceId, name);
  if (style === null)
    return reply({ text: texts('styles.unknown', { name, styles: typed('styles') }) });
  if (style.createdBy !== person.id && !(await isLead(bot, person, place)))
    return reply({ text: texts('styles.deleteOnlyOwn') });
  await bot.store.styles.remove(place.workspaceId, name);
  await reply({ text: texts('styles.deleted', { name: style.name }) });
}

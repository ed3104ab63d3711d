import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#src/errors.ts';
import { locales, type Locale } from '#src/types/chat.ts';
import type { CommandScope } from '#src/types/command.ts';
import { findText } from '#src/texts/index.ts';
import type { BotCommand } from './define-command.ts';
import { describeCommand } from './describe.ts';

export const commandsDir = join(import.meta.dirname, '../../commands');
const namePattern = /^[a-z]{1,32}$/;

/** A scope to check options with before any model is there. */
export const emptyScope: CommandScope = {
  models: [],
  styles: [],
  sizes: [],
  presets: [],
  limits: { steps: { min: 1, max: 1 }, cfg: { min: 1, max: 1 }, promptLength: 100 },
};

/**
 * Every file of the folder is one command, by its default export.
 * @throws AppError INTERNAL naming the file: no default export, a wrong shape, a name that is taken or
 * not the file's, or a text that is missing.
 */
export async function loadCommands(folder = commandsDir): Promise<Map<string, BotCommand>> {
  const commands = new Map<string, BotCommand>();
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .sort()) {
    const path = join(folder, file);
    const { default: command } = (await import(path)) as { default?: Partial<BotCommand> };
    const reason = whyUnfit(command, file, commands);
    if (reason !== null) throw new AppError('INTERNAL', `${path} is no command: ${reason}.`);
    commands.set(command?.name as string, command as BotCommand);
  }
  return commands;
}

function whyUnfit(
  command: Partial<BotCommand> | undefined,
  file: string,
  known: Map<string, BotCommand>,
): string | null {
  if (command === undefined) return 'it has no default export';
  const { name, options, run } = command;
  if (typeof name !== 'string' || !namePattern.test(name))
    return 'its name must be 1 to 32 small letters';
  if (`${name}.ts` !== file) return `its name ${name} is not the file's`;
  if (known.has(name)) return `the name ${name} is taken`;
  if (typeof options !== 'function') return 'options(scope) is missing';
  if (typeof run !== 'function') return 'run(context) is missing';
  try {
    describeCommand(command as BotCommand, emptyScope);
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return null;
}

/** A command by its name in any language. */
export function findCommand(
  commands: Map<string, BotCommand>,
  name: string,
): BotCommand | undefined {
  const wanted = name.trim().toLowerCase();
  const isNamed = (command: BotCommand, locale: Locale) =>
    findText(locale, `commands.${command.name}.name`) === wanted;
  return (
    commands.get(wanted) ??
    [...commands.values()].find((command) => locales.some((locale) => isNamed(command, locale)))
  );
}

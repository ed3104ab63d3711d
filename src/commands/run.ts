import { messageIn, toAppError, type Fault } from '#src/errors.ts';
import { isLead } from '#src/requests/place-rules.ts';
import type { BotServices } from '#src/requests/services.ts';
import { typedForm, type TypedParts } from '#src/requests/typed-form.ts';
import { explainFailure } from '#src/requests/wording.ts';
import { createTexts } from '#src/texts/index.ts';
import type { Person, Place } from '#src/types/chat.ts';
import type { CommandScope, Suggestion } from '#src/types/command.ts';
import type { Invocation } from '#src/types/platform.ts';
import type { BotCommand, BotContext } from './define-command.ts';
import { describeOptions } from './describe.ts';
import { checkValues, readRaw } from './read-values.ts';
import { findCommand } from './registry.ts';

const mostSuggestions = 25;

/** Runs commands. Whatever goes wrong, the person hears of it; nothing is thrown. */
export function createCommandRunner(
  bot: BotServices,
  commands: Map<string, BotCommand>,
  scope: () => CommandScope,
) {
  async function run(invocation: Invocation): Promise<void> {
    const { person, place } = invocation;
    const texts = createTexts(person.locale);
    try {
      await attempt(invocation);
    } catch (thrown) {
      const error = toAppError(thrown);
      bot.logger.error(
        {
          command: invocation.command,
          platform: place.platform,
          code: error.code,
          err: error.cause,
        },
        `A command failed: ${error.message}`,
      );
      const text =
        error.faults.length > 0
          ? faultLines([...error.faults])
          : explainFailure(error.code, messageIn(error, person.locale), texts);
      await invocation.reply({ text }).catch((failure: unknown) => {
        bot.logger.warn({}, `A failure could not be told: ${toAppError(failure).message}`);
      });
    }
  }

  async function attempt(invocation: Invocation): Promise<void> {
    const { person, place, reply } = invocation;
    const texts = createTexts(person.locale);
    const platform = bot.platformOf(place.platform);
    const typed = (name: string, parts?: TypedParts) => typedForm(platform, texts, name, parts);
    const command = findCommand(commands, invocation.command);
    if (!command) {
      const known = [...commands.keys()].map((name) => typed(name)).join(', ');
      return reply({ text: texts('command.unknown', { name: invocation.command, known }) });
    }
    if (command.isForLeads && !(await isLead(bot, person, place)))
      return reply({
        text: texts('command.onlyLeads', {
          command: typed(command.name), settings: typed('settings'),
        }), // prettier-ignore
      });

    const current = scope();
    const options = describeOptions(command, current);
    const { raw, faults } = readRaw(invocation.values, options, texts);
    const main = options.find(({ isPositional }) => isPositional);
    if (main && raw[main.name] === undefined && invocation.quoted)
      raw[main.name] = invocation.quoted;

    const checked = checkValues(command.options(current), raw, options, texts, person.locale);
    const all = [...faults, ...('faults' in checked ? checked.faults : [])];
    if (all.length > 0 && !command.checksItself) return reply({ text: faultLines(all) });
    const context: BotContext<Record<string, unknown>> = {
      options: 'values' in checked ? checked.values : {},
      raw,
      faults,
      person,
      place,
      locale: person.locale,
      invocationId: invocation.id,
      reply,
      texts,
      typed,
      bot,
    };
    await command.run(context);
  }

  async function suggest(
    name: string,
    option: string,
    typed: string,
    person: Person,
    place: Place,
  ): Promise<Suggestion[]> {
    const command = findCommand(commands, name);
    if (!command?.suggest) return [];
    const texts = createTexts(person.locale);
    const found = await command.suggest(option, typed, { bot, person, place, texts });
    const wanted = typed.trim().toLowerCase();
    const fits = ({ label, value }: Suggestion) =>
      label.toLowerCase().includes(wanted) || String(value).toLowerCase().includes(wanted);
    return found.filter(fits).slice(0, mostSuggestions);
  }

  return { run, suggest };
}

function faultLines(faults: Fault[]): string {
  return faults.map(({ message }) => `• ${message}`).join('\n');
}

import { startBot } from '../bot.ts';
import { AppError, invalidRequest } from '../errors.ts';
import { createLogger } from '../log.ts';
import type { CliCommand } from './command.ts';
import { keepMemorySteady } from './steady-memory.ts';
import { untilStopped } from './until-stopped.ts';

export default {
  summary: 'start chat platforms and console alone; workers run elsewhere',
  usage: 'bot [flags]',
  flags: { verbose: { value: null, help: 'log more' } },
  settings: ['data-dir', 'host', 'port', 'public-url', 'model'],
  notes: ['Needs DATABASE_URL, the same as the workers have.'],

  async run(line, config) {
    if (line.faults.length > 0) throw invalidRequest(line.faults);
    const { databaseUrl } = config;
    if (databaseUrl === null) throw noDatabase('bot');
    keepMemorySteady();
    const logger = createLogger({ level: line.switches.has('verbose') ? 'debug' : 'info' });
    const bot = await startBot({ config, databaseUrl, logger });
    console.log(`The bot is ready: ${bot.url}`);
    return untilStopped(logger, () => bot.stop());
  },
} satisfies CliCommand;

export function noDatabase(command: string): AppError {
  return new AppError(
    'CONFIG_INVALID',
    `quartet ${command} needs DATABASE_URL, the database that bot and workers share. To run everything on this machine with a database of its own: quartet up.`,
  );
}

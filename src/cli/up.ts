import { invalidRequest, type AppError } from '../errors.ts';
import { createLogger } from '../log.ts';
import { startAll } from '../up.ts';
import type { CliCommand } from './command.ts';
import { keepMemorySteady } from './steady-memory.ts';
import { leaveWhenAsked, untilStopped } from './until-stopped.ts';

const workerSettings = ['data-dir', 'model', 'device', 'step-timeout'];

export default {
  summary: 'start everything on this machine: console, bot, queue, worker',
  usage: 'up [flags]',
  flags: { verbose: { value: null, help: 'log more' } },
  settings: ['data-dir', 'host', 'port', 'public-url', 'model', 'device', 'step-timeout'],
  notes: [
    'Tokens of Discord and Slack, DATABASE_URL and REDIS_URL come from the environment or from .env.',
    'Ctrl-C stops it; what is being drawn goes back into the queue.',
  ],

  async run(line, config) {
    if (line.faults.length > 0) throw invalidRequest(line.faults);
    keepMemorySteady();
    const logger = createLogger({ level: line.switches.has('verbose') ? 'debug' : 'info' });
    const { promise: fatal, resolve: onFatal } = Promise.withResolvers<AppError>();
    const workerArgs = Object.entries(line.settings)
      .filter(([name]) => workerSettings.includes(name))
      .flatMap(([name, value]) => [`--${name}`, value]);
    const started = leaveWhenAsked();
    const up = await startAll({ config, logger, workerArgs, env: process.env, onFatal });
    console.log(`Quartet is ready: ${up.bot.url}`);
    const code = untilStopped(logger, () => up.stop(), fatal);
    started();
    return code;
  },
} satisfies CliCommand;

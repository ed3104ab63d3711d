import { invalidRequest, toAppError } from '../errors.ts';
import { createLogger } from '../log.ts';
import type { FailedStart } from '../worker-process.ts';
import { startWorker, type Worker } from '../worker.ts';
import { noDatabase } from './bot.ts';
import type { CliCommand } from './command.ts';
import { untilStopped } from './until-stopped.ts';

export default {
  summary: 'draw what is queued, with an engine process of its own',
  usage: 'worker [flags]',
  flags: { verbose: { value: null, help: 'log more' } },
  settings: ['data-dir', 'model', 'device', 'step-timeout'],
  notes: ['Needs DATABASE_URL (and REDIS_URL where the queue is there), the same as the bot has.'],

  async run(line, config) {
    if (line.faults.length > 0) throw invalidRequest(line.faults);
    const { databaseUrl } = config;
    if (databaseUrl === null) throw noDatabase('worker');
    const logger = createLogger({ level: line.switches.has('verbose') ? 'debug' : 'info' });
    let worker: Worker;
    try {
      worker = await startWorker({ config, databaseUrl, logger });
    } catch (thrown) {
      // Whoever started it says it, once.
      if (!process.send) throw thrown;
      const { code, message, retryable } = toAppError(thrown);
      process.send({ code, message, retryable } satisfies FailedStart);
      process.disconnect();
      return 1;
    }
    return untilStopped(logger, () => worker.stop({ givesBack: true }));
  },
} satisfies CliCommand;

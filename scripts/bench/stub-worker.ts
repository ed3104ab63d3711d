/** A worker whose engine draws grey squares at once: what `bot.ts` measures the bot with. */
import { loadConfig } from '#src/config.ts';
import { createLogger } from '#src/log.ts';
import { startWorker } from '#src/worker.ts';
import { createStubEngine } from '../../test/helpers/stub-engine.ts';

const config = loadConfig(process.env);
const worker = await startWorker({
  config,
  databaseUrl: config.databaseUrl ?? '',
  logger: createLogger({ level: 'silent' }),
  engine: createStubEngine(),
});
process.send?.('ready');
process.on('disconnect', () => void worker.stop({ givesBack: true }).then(() => process.exit(0)));

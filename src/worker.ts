import { join } from 'node:path';

import { openCatalog } from './catalog/catalog.ts';
import type { Config } from './config.ts';
import { createEngine } from './engine/client.ts';
import { createImageStore } from './images/store.ts';
import type { Logger } from './log.ts';
import { queueName } from './queue/jobs.ts';
import { startQueueWorker } from './queue/worker.ts';
import { createDrawer } from './requests/draw.ts';
import { openStore } from './store/store.ts';
import type { Engine } from './types/engine.ts';

/** One job is drawn while another's pictures are encoded and stored. */
const jobsAtOnce = 2;

export interface WorkerOptions {
  config: Config;
  databaseUrl: string;
  logger: Logger;
  /** Default: a child process of its own. */
  engine?: Engine;
  /** How long a job stays with a worker that gives no sign of life. */
  lockMs?: number;
}

export interface Worker {
  /** Finishes what it draws, or puts it back in its turn. */
  stop(options: { givesBack: boolean }): Promise<void>;
}

/**
 * Takes jobs, draws them in its engine process, stores the pictures.
 * @throws AppError STORAGE_FAILED, MODEL_NOT_FOUND, MODEL_INVALID or DEVICE_UNAVAILABLE.
 */
export async function startWorker({ config, databaseUrl, logger, ...options }: WorkerOptions) {
  await using started = new AsyncDisposableStack();
  const catalog = await openCatalog({ dataDir: config.dataDir });
  const model = catalog.resolve(config.model);
  const engine =
    options.engine ?? createEngine({ device: config.device, timeoutMs: config.stepTimeoutMs });
  started.defer(() => engine.close());
  // Before the first job asks for it, and while the rest starts.
  const loading = engine.load({ family: model.family.id, folder: model.folder });
  loading.catch(() => {});
  const store = await openStore({
    databaseUrl,
    onError: (error) => logger.warn({}, `Database: ${error.message}`),
  });
  started.defer(() => store.close());
  const { device, seconds } = await loading;
  const drawer = createDrawer({
    store,
    catalog,
    engine,
    logger,
    images: createImageStore(join(config.dataDir, 'images')),
  });
  const queueWorker = await startQueueWorker(
    {
      name: queueName,
      concurrency: jobsAtOnce,
      onError: (error) => logger.warn({}, `Queue: ${error.message}`),
      ...(options.lockMs !== undefined && { lockMs: options.lockMs }),
      ...(config.redisUrl === null ? { databaseUrl } : { redisUrl: config.redisUrl }),
    },
    drawer,
  );
  logger.info(
    { model: model.name, device, seconds: Number(seconds.toFixed(2)) },
    `The worker is ready: ${model.name} on ${device}.`,
  );

  const running = started.move();
  return {
    async stop({ givesBack }) {
      await queueWorker.close({ givesBack });
      await running.disposeAsync();
    },
  } satisfies Worker;
}

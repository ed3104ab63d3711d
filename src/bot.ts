import { join } from 'node:path';
import { openCatalog } from './catalog/catalog.ts';
import { describeCommand } from './commands/describe.ts';
import { loadCommands } from './commands/registry.ts';
import { createCommandRunner } from './commands/run.ts';
import type { Config } from './config.ts';
import { AppError, toAppError } from './errors.ts';
import { createImageStore } from './images/store.ts';
import { loadPlatforms } from './load-platforms.ts';
import type { Logger } from './log.ts';
import { connectPlatforms } from './platform-connections.ts';
import { queueName } from './queue/jobs.ts';
import { openQueue, type QueueListener } from './queue/queue.ts';
import { randomSeed } from './request.ts';
import { createAcceptance } from './requests/accept.ts';
import { cancelRequest, createActions } from './requests/actions.ts';
import { createDelivery, type DeliveryOptions } from './requests/deliver.ts';
import { createEstimator } from './requests/estimate.ts';
import { createModels } from './requests/models.ts';
import { createPlaceRules } from './requests/place-rules.ts';
import { createPublisher } from './requests/publisher.ts';
import { createVoteReader } from './requests/read-votes.ts';
import { createRecovery } from './requests/recover.ts';
import type { BotServices } from './requests/services.ts';
import { createTracker } from './requests/tracker.ts';
import { startServer } from './server/server.ts';
import { openStore } from './store/store.ts';
import type { Inbox, Platform } from './types/platform.ts';
import type { PlatformModule } from './types/platform-module.ts';

/** Most requests one person may have waiting. */
const waitingPerPerson = 4;
const defaultClaimSeconds = 10;
const defaultSweepMs = 10_000;
const keepEventsDays = 30;
const dayMs = 24 * 3600 * 1000;

export interface BotOptions {
  config: Config;
  databaseUrl: string;
  logger: Logger;
  /** Default: every file of `src/platforms/`. */
  platforms?: PlatformModule[];
  /** How often what was left behind is looked for. */
  sweepMs?: number;
  /** How long an attempt to post has a message to itself, should its process die. */
  claimSeconds?: number;
  /** Shortest time between two edits of one message. */
  editIntervalMs?: number;
}

export interface Bot {
  services: BotServices;
  /** Where the console is. */
  url: string;
  /** Settles once every platform was tried: each is connected, or its failure is in the log. */
  connected: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Chat platforms, console and the jobs' producer. Never loads ONNX Runtime.
 * @throws AppError CONFIG_INVALID (port taken, model unknown) or STORAGE_FAILED, each with one sentence.
 */
export async function startBot({
  config,
  databaseUrl,
  logger,
  ...options
}: BotOptions): Promise<Bot> {
  await using started = new AsyncDisposableStack();
  const modules = options.platforms ?? (await loadPlatforms());
  const platforms = await Promise.all(
    modules
      .filter((module) => module.isConfigured(config))
      .map(async (module) => module.create({ config, logger })),
  );

  const store = await openStore({
    databaseUrl,
    onError: (error) => logger.warn({}, `Database: ${error.message}`),
  });
  started.defer(() => store.close());
  const queue = await openQueue({
    name: queueName,
    waitingPerPerson,
    onError: (error) => logger.warn({}, `Queue: ${error.message}`),
    ...(config.redisUrl === null ? { databaseUrl } : { redisUrl: config.redisUrl }),
  });
  started.defer(() => queue.close());
  const catalog = await openCatalog({ dataDir: config.dataDir });

  const foundation: DeliveryOptions = {
    store,
    queue,
    images: createImageStore(join(config.dataDir, 'images')),
    models: createModels(catalog, config.model),
    publisher: createPublisher(
      options.editIntervalMs === undefined ? {} : { intervalMs: options.editIntervalMs },
    ),
    logger,
    platforms,
    platformOf: (name) => findPlatform(platforms, name),
    waitingPerPerson,
    publicUrl: config.publicUrl,
    randomSeed,
    claimSeconds: options.claimSeconds ?? defaultClaimSeconds,
  };
  const estimator = createEstimator(store);
  const tracker = createTracker(foundation, createDelivery(foundation), estimator, (requestId) =>
    server.requestChanged(requestId),
  );
  started.defer(() => tracker.close());
  const commands = await loadCommands();
  const services: BotServices = {
    ...foundation,
    tracker,
    estimator,
    acceptance: createAcceptance(foundation, tracker, createPlaceRules(foundation)),
    commands: () =>
      [...commands.values()].map((command) => describeCommand(command, foundation.models.scope())),
    cancel: (requestId) => cancelRequest(services, requestId),
  };
  const runner = createCommandRunner(services, commands, () => foundation.models.scope());
  const action = createActions(services);
  const votes = createVoteReader(services);
  const inboxOf = ({ name }: Platform): Inbox => ({
    describeCommands: services.commands,
    command: runner.run,
    suggest: runner.suggest,
    action,
    gap: () => votes.read(name),
  });

  const server = await startServer({ config, services, platforms });
  started.defer(() => server.close());
  await queue.listen(alsoTelling(tracker.listener, server.queueChanged));
  await store.interactions.forgetOld(keepEventsDays);
  const forgetting = setInterval(() => {
    store.interactions.forgetOld(keepEventsDays).catch((thrown: unknown) => {
      logger.warn({}, `Old events stay for now: ${toAppError(thrown).message}`);
    });
  }, dayMs);
  forgetting.unref();
  started.defer(() => clearInterval(forgetting));
  const recovery = createRecovery(services);
  // Nobody listened before: a start is a gap.
  const connections = connectPlatforms(platforms, inboxOf, logger, async ({ name }) => {
    await Promise.all([recovery.run(true), votes.read(name)]);
  });
  started.defer(() => votes.stop());
  started.defer(() => connections.stop());
  recovery.start(options.sweepMs ?? defaultSweepMs);
  started.defer(async () => {
    const stopped = recovery.stop();
    // What it waits for may be tried again for minutes; the tracker gives that up.
    await tracker.close();
    await stopped;
  });

  const running = started.move();
  return {
    services,
    url: server.url,
    connected: connections.settled,
    stop: () => running.disposeAsync(),
  };
}

/** The console's queue view follows every change. */
function alsoTelling(listener: Required<QueueListener>, changed: () => void): QueueListener {
  const and =
    <Event extends unknown[]>(handle: (...event: Event) => void) =>
    (...event: Event) => {
      handle(...event);
      changed();
    };
  return {
    onStarted: and(listener.onStarted),
    onProgress: listener.onProgress,
    onDone: and(listener.onDone),
    onFailed: and(listener.onFailed),
  };
}

function findPlatform(platforms: Platform[], name: string): Platform {
  const found = platforms.find((platform) => platform.name === name);
  if (found) return found;
  throw new AppError('CONFIG_INVALID', `The platform ${name} is not set up here.`);
}

import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import type { Engine, EngineDrawEvent } from '../types/engine.ts';
import type { DrawRequest } from '../types/model.ts';
import { deathError, oomKills } from './death.ts';
import { createInbox } from './inbox.ts';
import type {
  EngineCall,
  EngineResults,
  EngineSettings,
  FromEngine,
  ModelRef,
  ToEngine,
} from './protocol.ts';

export interface EngineOptions extends EngineSettings {
  /** Longest silence while loading or between two steps before the process is given up. */
  timeoutMs?: number;
  /** The engine process's entry; tests bring their own. */
  entry?: string;
  /** Arguments of the Node that runs it. */
  execArgv?: string[];
  /** Its environment; default: this process's own. */
  env?: NodeJS.ProcessEnv;
}

interface Call {
  onEvent: (event: EngineDrawEvent) => void;
  resolve: (result: EngineResults[keyof EngineResults]) => void;
  reject: (error: AppError) => void;
}

/** One engine process and the calls that wait for it. */
interface Child {
  process: ChildProcess;
  calls: Map<number, Call>;
  stderr: string;
  /** Why this side ended it, if it did. */
  ended?: AppError;
  watchdog?: NodeJS.Timeout;
  oomKills: number;
}

const defaultTimeoutMs = 600_000;
const entryFile = join(import.meta.dirname, 'process.ts');
const stderrTail = 4000;

/**
 * Runs inference in a child process. The process is started at the first call and again after it
 * died, hung or ran out of memory; the model is loaded again by itself.
 *
 * Draws wait for each other. Failures carry ENGINE_DIED, ENGINE_TIMEOUT, OUT_OF_MEMORY, CANCELLED,
 * MODEL_INVALID or DEVICE_UNAVAILABLE.
 */
export function createEngine(options: EngineOptions): Engine {
  const { timeoutMs = defaultTimeoutMs, entry = entryFile } = options;
  const settings: EngineSettings = { device: options.device };
  if (options.threads !== undefined) settings.threads = options.threads;
  let child: Child | undefined;
  let model: ModelRef | undefined;
  let loaded: { child: Child; key: string; result: Promise<EngineResults['load']> } | undefined;
  let nextId = 1;
  let turn: Promise<unknown> = Promise.resolve();

  function start(): Child {
    const spawned: Child = {
      process: fork(entry, {
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        execArgv: options.execArgv ?? [],
        ...(options.env && { env: options.env }),
      }),
      calls: new Map(),
      stderr: '',
      oomKills: oomKills(),
    };
    spawned.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      spawned.stderr = (spawned.stderr + text).slice(-stderrTail);
    });
    spawned.process.on('message', (message) => receive(spawned, message as FromEngine));
    spawned.process.on('error', (cause) => {
      fail(
        spawned,
        new AppError('ENGINE_DIED', `The engine process could not be started: ${cause.message}`, {
          cause,
          retryable: true,
        }),
      );
    });
    // "close" comes after stderr was read to its end, so that the last words are known.
    spawned.process.on('close', (code, signal) =>
      fail(spawned, spawned.ended ?? deathError(spawned, code, signal)),
    );
    return spawned;
  }

  function receive(from: Child, message: FromEngine): void {
    const call = from.calls.get(message.id);
    watch(from);
    if (!call) return;
    if (message.type === 'event') {
      call.onEvent(message.event);
      return;
    }
    from.calls.delete(message.id);
    watch(from);
    if (message.type === 'done') call.resolve(message.result);
    else {
      const error = new AppError(message.error.code, message.error.message);
      // What is left after a failed allocation is in no known state.
      if (error.code === 'OUT_OF_MEMORY') kill(from, error);
      call.reject(error);
    }
  }

  /** Restarts the watchdog while calls wait, stops it when none does. */
  function watch(watched: Child): void {
    clearTimeout(watched.watchdog);
    if (watched.calls.size === 0) return;
    watched.watchdog = setTimeout(() => {
      const seconds = timeoutMs / 1000;
      kill(
        watched,
        new AppError(
          'ENGINE_TIMEOUT',
          `The engine gave no sign of life for ${seconds} s and was ended. Try again, or ask for a smaller size; a slow machine can be given more time with QUARTET_STEP_TIMEOUT.`,
          { retryable: true },
        ),
      );
    }, timeoutMs);
  }

  function kill(victim: Child, error: AppError): void {
    victim.ended ??= error;
    victim.process.kill('SIGKILL');
    fail(victim, error);
  }

  function fail(failed: Child, error: AppError): void {
    if (child === failed) child = undefined;
    if (loaded?.child === failed) loaded = undefined;
    clearTimeout(failed.watchdog);
    const calls = [...failed.calls.values()];
    failed.calls.clear();
    for (const call of calls) call.reject(error);
  }

  function call<Type extends EngineCall['type']>(
    to: Child,
    message: EngineCall & { type: Type },
    onEvent: Call['onEvent'] = () => {},
  ): { id: number; result: Promise<EngineResults[Type]> } {
    const id = nextId++;
    const result = new Promise<EngineResults[keyof EngineResults]>((resolve, reject) => {
      to.calls.set(id, { onEvent, resolve, reject });
      watch(to);
      post(to, { ...message, id });
    });
    return { id, result: result as Promise<EngineResults[Type]> };
  }

  /** The model in a living process; loads it where it is not there. */
  async function ready(): Promise<{ child: Child; load: EngineResults['load'] }> {
    if (!model) throw new AppError('INTERNAL', 'No model was loaded into the engine.');
    child ??= start();
    const key = `${model.family}:${model.folder}`;
    if (loaded?.child !== child || loaded.key !== key) {
      const { result } = call(child, { type: 'load', model, settings });
      loaded = { child, key, result };
      result.catch(() => {
        if (loaded?.result === result) loaded = undefined;
      });
    }
    const { child: holder, result } = loaded;
    return { child: holder, load: await result };
  }

  /** Waits for the draws before this one. */
  function takeTurn(): Promise<() => void> {
    const before = turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    turn = promise;
    return before.then(() => resolve);
  }

  async function* draw(
    request: DrawRequest,
    { signal }: { signal: AbortSignal },
  ): AsyncGenerator<EngineDrawEvent, EngineResults['draw'], void> {
    const leave = await takeTurn();
    try {
      throwIfCancelled(signal);
      const { child: drawer } = await ready();
      throwIfCancelled(signal);
      const inbox = createInbox<EngineDrawEvent>();
      const { id, result } = call(drawer, { type: 'draw', request }, inbox.push);
      result.then(inbox.end, inbox.end);
      const cancel = () => post(drawer, { type: 'cancel', id });
      signal.addEventListener('abort', cancel, { once: true });
      try {
        yield* inbox.read();
      } finally {
        signal.removeEventListener('abort', cancel);
        // Whoever stopped listening early wants no more of it; a finished call ignores this.
        cancel();
        await result.catch(() => {});
      }
      return await result;
    } finally {
      leave();
    }
  }

  async function end(): Promise<void> {
    const ending = child;
    child = undefined;
    loaded = undefined;
    if (!ending || ending.process.exitCode !== null || ending.process.signalCode !== null) return;
    const closed = new Promise((resolve) => ending.process.once('close', resolve));
    ending.ended ??= new AppError('ENGINE_DIED', 'The engine was stopped.', { retryable: true });
    ending.process.kill('SIGKILL');
    await closed;
  }

  return {
    async load(wanted) {
      const leave = await takeTurn();
      try {
        model = wanted;
        return (await ready()).load;
      } finally {
        leave();
      }
    },
    draw,
    async devices() {
      child ??= start();
      return await call(child, { type: 'devices' }).result;
    },
    async health() {
      return child ? await call(child, { type: 'health' }).result : null;
    },
    // The process goes with the model: nothing else gives every byte back on every device.
    unload: end,
    async close() {
      model = undefined;
      await end();
    },
  };
}

function post(child: Child, message: ToEngine): void {
  // A channel that has just broken is told by the process's end, which fails the call.
  if (child.process.connected) child.process.send(message, () => {});
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError('CANCELLED', 'The request was cancelled.');
}

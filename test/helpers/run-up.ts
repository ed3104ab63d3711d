import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cliFile } from './run-cli.ts';

export interface RunningProgram {
  child: ChildProcess;
  /** Where its console is; a worker's model. */
  url: string;
  output(): string;
  /** The exit code, once it ends by itself. */
  ended: Promise<number | null>;
  /** Ctrl-C in a terminal reaches every process of the group. */
  interrupt(): Promise<number | null>;
  kill(): Promise<void>;
}

export interface StartOptions {
  /** In place of the command line. */
  file?: string;
  /** Before it is ready. */
  onStart?(child: ChildProcess): void;
}

export type StartResult = RunningProgram | { code: number | null; output: string };

/** Runs a command that stays, as a person would, in a group of its own; comes back when it is ready or has ended. */
export async function startProgram(
  args: string[],
  env: NodeJS.ProcessEnv = {},
  { file = cliFile, onStart }: StartOptions = {},
): Promise<StartResult> {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  onStart?.(child);
  let output = '';
  const { promise: ready, resolve } = Promise.withResolvers<string>();
  const sign = args[0] === 'worker' ? /worker is ready: (\S+)/ : /ready: (http\S+)/;
  const hear = (text: string) => {
    output += text;
    const url = sign.exec(output)?.[1];
    if (url !== undefined) resolve(url);
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  const ended = once(child, 'close') as Promise<[number | null]>;
  const url = await Promise.race([ready, ended.then(() => null)]);
  if (url === null) return { code: child.exitCode, output };
  return {
    child,
    url,
    output: () => output,
    ended: ended.then(([code]) => code),
    async interrupt() {
      process.kill(-(child.pid as number), 'SIGINT');
      return (await ended)[0];
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

export async function startReady(args: string[], env?: NodeJS.ProcessEnv): Promise<RunningProgram> {
  const result = await startProgram(args, env);
  if ('child' in result) return result;
  throw new Error(`It ended with ${result.code}:\n${result.output}`);
}

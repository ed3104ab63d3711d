import { existsSync } from 'node:fs';
import { loadConfig } from '../config.ts';
import { invalidRequest, toAppError, type AppError } from '../errors.ts';
import { nearestName } from '../nearest.ts';
import { parseCommandLine } from './arguments.ts';
import type { CliCommand } from './command.ts';
import { commandHelp, programHelp } from './help.ts';
import { printError } from './output.ts';

/** Loaded when they are called, so that each starts as fast as it can. */
const commands: Record<string, () => Promise<{ default: CliCommand }>> = {
  up: () => import('./up.ts'),
  bot: () => import('./bot.ts'),
  worker: () => import('./worker.ts'),
  generate: () => import('./generate.ts'),
  model: () => import('./model.ts'),
  setup: () => import('./setup.ts'),
  bench: () => import('./bench.ts'),
  doctor: () => import('./doctor.ts'),
};

/** Exit codes by error: 1 failed, 2 bad request, 130 cancelled. */
export function exitCode({ code }: AppError): number {
  if (code === 'CANCELLED') return 130;
  return ['INVALID_REQUEST', 'MODEL_NOT_FOUND', 'CONFIG_INVALID'].includes(code) ? 2 : 1;
}

/** Runs one command line; never throws. */
export async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  const isJson = rest.includes('--json');
  try {
    if (name === undefined || name === 'help' || name === '--help') {
      console.log(await programHelp(commands));
      return name === undefined ? 2 : 0;
    }
    if (!Object.hasOwn(commands, name)) throw unknownCommand(name);
    const { default: command } = await (commands[name] as () => Promise<{ default: CliCommand }>)();
    const line = parseCommandLine(rest, command.flags, command.settings);
    if (line.switches.has('help')) {
      console.log(commandHelp(command));
      return 0;
    }
    if (existsSync('.env')) process.loadEnvFile('.env');
    return await command.run(line, loadConfig(process.env, line.settings));
  } catch (thrown) {
    const error = toAppError(thrown);
    printError(error, isJson);
    return exitCode(error);
  }
}

function unknownCommand(name: string): AppError {
  const known = Object.keys(commands);
  const nearest = nearestName(name, known);
  const message = `${name} is not a command: use ${known.join(', ')}.${nearest ? ` Did you mean ${nearest}?` : ''}`;
  return invalidRequest([
    { field: 'command', value: name, allowed: known.join(', '), nearest, message },
  ]);
}

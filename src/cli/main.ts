import { existsSync } from 'node:fs';
import packageJson from '../../package.json' with { type: 'json' };
import { loadConfig } from '../config.ts';
import { invalidRequest, toAppError, type AppError, type Fault } from '../errors.ts';
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
  const [name, ...rest] = asHelp(args);
  const isJson = rest.includes('--json');
  try {
    if (name === undefined || name === '--help') {
      console.log(await programHelp(commands));
      return name === undefined ? 2 : 0;
    }
    if (name === '--version') {
      console.log(packageJson.version);
      return 0;
    }
    if (!Object.hasOwn(commands, name)) throw unknownCommand(name);
    const { default: command } = await (commands[name] as () => Promise<{ default: CliCommand }>)();
    const line = parseCommandLine(rest, command.flags, command.settings);
    if (!command.takesWords) line.faults.push(...line.words.map((word) => strayWord(name, word)));
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

/** `help`, `-h`, `help up` and `up -h` are what people try first. */
function asHelp(args: string[]): string[] {
  const [first, second, ...rest] = args;
  if (first === '-h') return ['--help'];
  if (first === '-v') return ['--version'];
  if (first === 'help') return second === undefined ? ['--help'] : [second, '--help'];
  return second === '-h' ? [first as string, '--help', ...rest] : args;
}

function strayWord(command: string, word: string): Fault {
  const message = `${JSON.stringify(word)} means nothing to quartet ${command}: leave it out, or write --FLAG VALUE. See --help.`;
  return { field: 'words', value: word, allowed: 'flags only', nearest: null, message };
}

function unknownCommand(name: string): AppError {
  const known = Object.keys(commands);
  const nearest = nearestName(name, known);
  const message = `${name} is not a command: use ${known.join(', ')}.${nearest ? ` Did you mean ${nearest}?` : ''}`;
  return invalidRequest([
    { field: 'command', value: name, allowed: known.join(', '), nearest, message },
  ]);
}

import { parseArgs } from 'node:util';
import type { Fault } from '../errors.ts';
import { nearestName } from '../nearest.ts';

/** A flag of a command: what its value is called in the help, or null for a switch. */
export interface Flag {
  value: string | null;
  help: string;
}

export interface CommandLine {
  /** Words that are no flags. */
  words: string[];
  /** Text flags by name. */
  values: Record<string, string | undefined>;
  switches: Set<string>;
  /** Settings by flag name. */
  settings: Record<string, string>;
  /** Unknown flags, values that are missing, flags given twice. */
  faults: Fault[];
}

/** Switches that every command has. */
export const commonFlags: Record<string, Flag> = {
  help: { value: null, help: 'show this help' },
  json: { value: null, help: 'print one JSON object on standard output' },
};

/** Reads a command's arguments; whatever is wrong with them is collected, not thrown. */
export function parseCommandLine(
  args: string[],
  flags: Record<string, Flag>,
  settings: readonly string[],
): CommandLine {
  const known: Record<string, Flag> = { ...commonFlags, ...flags };
  for (const name of settings) known[name] ??= { value: 'VALUE', help: '' };
  const { tokens } = parseArgs({
    args: joinValues(args, known),
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(known).map(
        ([name, { value }]) => [name, { type: value === null ? 'boolean' : 'string' }] as const,
      ),
    ),
  });
  const line: CommandLine = {
    words: [],
    values: {},
    switches: new Set(),
    settings: {},
    faults: [],
  };
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'positional') line.words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, value } = token;
    const flag = known[name];
    const fault = argumentFault(name, value, flag, seen, Object.keys(known));
    seen.add(name);
    if (fault) line.faults.push(fault);
    else if (flag?.value === null) line.switches.add(name);
    else if (value !== undefined) {
      if (name in flags) line.values[name] = value;
      if (settings.includes(name)) line.settings[name] = value;
    }
  }
  return line;
}

/**
 * `--seed -1` means the value -1: what follows a flag that takes a value is its value. What follows an
 * unknown one was meant as its value, and is no fault of its own.
 */
function joinValues(args: string[], known: Record<string, Flag>): string[] {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] as string;
    const next = args[i + 1];
    const isFlag = arg.startsWith('--') && arg !== '--' && !arg.includes('=');
    const takesValue = isFlag && known[arg.slice(2)]?.value !== null;
    if (takesValue && next !== undefined && !next.startsWith('--')) {
      joined.push(`${arg}=${next}`);
      i += 1;
    } else joined.push(arg);
  }
  return joined;
}

function argumentFault(
  name: string,
  value: string | undefined,
  flag: Flag | undefined,
  seen: Set<string>,
  known: string[],
): Fault | null {
  const fault = (allowed: string, nearest: string | null, message: string): Fault => ({
    field: name, value: value ?? null, allowed, nearest, message,
  }); // prettier-ignore
  if (!flag) {
    const nearest = nearestName(name, known);
    const hint = nearest ? ` Did you mean --${nearest}?` : '';
    return fault(
      'a flag that this command has',
      nearest,
      `--${name} is not a flag of this command.${hint} See --help.`,
    );
  }
  if (seen.has(name)) return fault('once', null, `--${name} is given twice: say it once.`);
  if (flag.value === null && value !== undefined)
    return fault('no value', null, `--${name} takes no value.`);
  if (flag.value !== null && value === undefined) {
    return fault(flag.value, null, `--${name} needs a value: --${name} ${flag.value}.`);
  }
  return null;
}

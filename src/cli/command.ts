import type { Config } from '../config.ts';
import type { CommandLine, Flag } from './arguments.ts';

/** One command of the program: a file in this folder. */
export interface CliCommand {
  /** One line for the list of commands. */
  summary: string;
  /** How it is typed, without the program's name. */
  usage: string;
  flags: Record<string, Flag>;
  /** It reads words that are no flags; to every other command they are a fault. */
  takesWords?: boolean;
  /** Settings that it heeds, by their flags. */
  settings: readonly string[];
  /** Lines below the flags. */
  notes?: string[];
  /** Gives back the exit code. Faults of the line are the command's to report, together with its own. */
  run(line: CommandLine, config: Config): Promise<number>;
}

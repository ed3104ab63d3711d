import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export const cliFile = join(import.meta.dirname, '../../src/cli.ts');

/** Runs the program in a folder as a person would. */
export function startCli(args: string[], cwd: string) {
  const child = spawn(process.execPath, [cliFile, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const result = new Promise<CliResult>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, result };
}

export function runCli(args: string[], cwd: string): Promise<CliResult> {
  return startCli(args, cwd).result;
}

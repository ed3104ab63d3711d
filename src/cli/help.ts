import { commonFlags, type Flag } from './arguments.ts';
import type { CliCommand } from './command.ts';

export async function programHelp(
  commands: Record<string, () => Promise<{ default: CliCommand }>>,
): Promise<string> {
  const rows = await Promise.all(
    Object.entries(commands).map(async ([name, load]): Promise<[string, string]> => [
      name,
      (await load()).default.summary,
    ]),
  );
  return [
    'quartet: four pictures for every prompt',
    '',
    'Usage: quartet COMMAND [flags]',
    '',
    ...table(rows),
    '',
    'quartet COMMAND --help explains a command.',
  ].join('\n');
}

export function commandHelp({ summary, usage, flags, settings, notes = [] }: CliCommand): string {
  const row = ([name, { value, help }]: [string, Flag]): [string, string] => [
    `--${name}${value === null ? '' : ` ${value}`}`,
    help,
  ];
  return [
    summary,
    '',
    `Usage: quartet ${usage}`,
    '',
    ...table(Object.entries({ ...flags, ...commonFlags }).map(row)),
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
    `Settings, as flags or in the environment as QUARTET_…: ${settings.map((name) => `--${name}`).join(' ')}`,
  ].join('\n');
}

function table(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}

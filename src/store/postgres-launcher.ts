import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, lchownSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';

/** Starts PostgreSQL's programs as a user it accepts. */
export interface PostgresLauncher {
  launch(program: string, flags: string[]): ChildProcess;
  /** Hands a file or folder to that user. */
  own(path: string): void;
}

interface Account {
  uid: number;
  gid: number;
}

/** What it may pass through beyond its own rights: nothing where that is enough. */
const passes = ['', 'dac_read_search', 'dac_override'] as const;
type Pass = (typeof passes)[number];

/**
 * PostgreSQL refuses to run as root. An ordinary user runs it as itself; root runs it as whom the
 * folder belongs to, else as `postgres`. Where that user cannot enter the folders above (such as
 * /root), `setpriv` lets the server pass through them, so nothing has to be moved or opened up.
 * @throws AppError CONFIG_INVALID with what to do.
 */
export function createPostgresLauncher(
  folder: string,
  binaries: PostgresBinaries,
): PostgresLauncher {
  // Ctrl-C goes to the whole group: detached, the database outlives those who still write to it.
  const options = { cwd: folder, env: environment(), detached: true } as const;
  if (process.getuid?.() !== 0) {
    return {
      launch: (program, flags) => spawn(program, flags, options),
      own: () => {},
    };
  }
  const account = accountFor(folder);
  giveTo(account, folder);
  const pass = passes.find((candidate) => canEnter(account, candidate, folder, binaries));
  if (pass === undefined) {
    throw new AppError(
      'CONFIG_INVALID',
      `As root the database runs as user ${account.uid}, who cannot enter ${folder} or ${binaries.postgres}: install setpriv (package util-linux), put both below a folder that every user may enter and set QUARTET_DATA_DIR, or run Quartet as an ordinary user.`,
    );
  }
  return {
    launch: (program, flags) => {
      const [command, rest] = asAccount(account, pass, program, flags);
      return spawn(command, rest, pass === '' ? { ...options, ...account } : options);
    },
    own: (path) => chownSync(path, account.uid, account.gid),
  };
}

/** Without the settings of the program: the server has no business with its tokens. */
function environment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'TZ', 'LD_LIBRARY_PATH', 'SystemRoot', 'TEMP', 'TMP'];
  const kept = names.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

function accountFor(folder: string): Account {
  const { uid, gid } = statSync(folder);
  if (uid !== 0) return { uid, gid };
  const found = lookUp('postgres') ?? createAccount() ?? lookUp('nobody');
  if (found !== null) return found;
  throw new AppError(
    'CONFIG_INVALID',
    'PostgreSQL refuses to run as root and there is no other user here: run Quartet as an ordinary user, or create one with `useradd --system postgres`.',
  );
}

function lookUp(name: string): Account | null {
  const id = (flag: string) =>
    Number(
      execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}

function createAccount(): Account | null {
  const flags = [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/bin/false',
    'postgres',
  ];
  spawnSync('useradd', flags, { stdio: 'ignore' });
  return lookUp('postgres');
}

/** A folder that was copied or restored by root comes with root's files. */
function giveTo(account: Account, folder: string): void {
  for (const path of [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ]) {
    lchownSync(path, account.uid, account.gid);
  }
}

function asAccount(
  account: Account,
  pass: Pass,
  program: string,
  flags: string[],
): [string, string[]] {
  if (pass === '') return [program, flags];
  const setpriv = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  // PostgreSQL asks access(2) for its own programs, which forgets the pass without this bit.
  setpriv.push(
    '--securebits=+no_setuid_fixup',
    `--inh-caps=+${pass}`,
    `--ambient-caps=+${pass}`,
    '--',
  );
  return ['setpriv', [...setpriv, program, ...flags]];
}

/** Tries it rather than reading modes: access lists and mounts decide as well. */
function canEnter(
  account: Account,
  pass: Pass,
  folder: string,
  binaries: PostgresBinaries,
): boolean {
  const script = 'cd "$0" && test -x "$1" && test -x "$2" && "$1" --version && "$2" --version';
  const [command, flags] = asAccount(account, pass, '/bin/sh', [
    '-c',
    script,
    folder,
    binaries.initdb,
    binaries.postgres,
  ]);
  const { status } = spawnSync(command, flags, {
    ...(pass === '' ? account : {}),
    cwd: '/',
    env: environment(),
    stdio: 'ignore',
  });
  return status === 0;
}

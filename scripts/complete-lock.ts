/**
 * Puts optional packages of other platforms into the lock file where npm left them out, as it does
 * when the registry it asked could not give them. Without them `npm ci` refuses the lock file, and
 * with them it installs on every platform. Run it after every change of dependencies:
 *
 *   npm install --package-lock-only && node scripts/complete-lock.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockEntry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const path = join(import.meta.dirname, '../package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, LockEntry> };

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];

/** Platform by the words in a package's name, as these packages are named. */
function platformOf(name: string): Pick<LockEntry, 'os' | 'cpu' | 'libc'> {
  const words = name.split(/[/-]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  const isGnu = words.some((word) => word.startsWith('gnu'));
  const isMusl = words.some((word) => word.startsWith('musl'));
  return {
    ...(os.length > 0 && { os }),
    ...(cpu.length > 0 && { cpu }),
    ...(isGnu && { libc: ['glibc'] }),
    ...(isMusl && { libc: ['musl'] }),
  };
}

let added = 0;
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (lock.packages[key]) continue;
    const platform = platformOf(name);
    if (!platform.os) throw new Error(`${name} is missing in the lock file and names no platform`);
    const exact = version.replace(/^[\^~]/, '');
    lock.packages[key] = {
      version: exact,
      ...(entry.dev && { dev: true }),
      optional: true,
      ...platform,
    };
    added += 1;
  }
}
const [root, ...rest] = Object.entries(lock.packages);
const sorted = rest.toSorted(([a], [b]) => (a < b ? -1 : 1));
lock.packages = Object.fromEntries([root as [string, LockEntry], ...sorted]);
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} entries added.`);

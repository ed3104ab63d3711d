import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { extname, join } from 'node:path';

export interface Asset {
  type: string;
  body: string;
  etag: string;
}

const pageDir = join(import.meta.dirname, 'page');

/** Run before the first paint, without imports. */
const classicScripts = new Set(['early.ts']);

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  // Browsers run a module by its type, whatever its name ends in.
  '.ts': 'text/javascript; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

/** A page's files, by their path below its folder: read once, its modules with their types taken out. */
export function loadAssets(folder = pageDir): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  const names = globSync('**/*.*', { cwd: folder }).toSorted();
  for (const name of names) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const source = readFileSync(join(folder, name), 'utf8');
    const body = name.endsWith('.ts')
      ? withoutWarning(() => stripTypeScriptTypes(source))
      : withPreloads(source, names);
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 20)}"`;
    assets.set(name, { type, body, etag });
  }
  return assets;
}

/** All modules are asked for at once: each alone would wait for those that import it. */
function withPreloads(html: string, names: string[]): string {
  const links = names
    .filter((name) => name.endsWith('.ts') && !classicScripts.has(name))
    .map((name) => `<link rel="modulepreload" href="/assets/${name}" />`);
  return html.replace('<!-- modules -->', links.join('\n    '));
}

/** Node marks the function as experimental, once a process: nothing that whoever starts us can act on. */
function withoutWarning<Result>(run: () => Result): Result {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return run();
  } finally {
    process.emitWarning = emitWarning;
  }
}

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The platforms' own API descriptions: beside the checkout, never part of it. */
const specsFolder = fileURLToPath(new URL('../../../shared/specs/', import.meta.url));

export interface FoundSpec {
  /** Where the description lies, or would lie. */
  path: string;
  found: boolean;
  /** One sentence for a test's skip reason or a log line. */
  reason: string;
}

/** Looks for one description file, such as `discord-openapi.json`. */
export function findSpec(fileName: string): FoundSpec {
  const path = `${specsFolder}${fileName}`;
  const found = existsSync(path);
  const reason = found
    ? `Checking against ${fileName}.`
    : `${fileName} is missing: it is looked for in ../shared/specs, beside the repository's folder. Without it only the fake's own checks run.`;
  return { path, found, reason };
}

/** Whether the folder of descriptions is there at all; a build machine that has it must use it. */
export function hasSpecsFolder(): boolean {
  return existsSync(specsFolder);
}

/** Reads one description, or returns `undefined` when it is not there. */
export function readSpec(fileName: string): unknown {
  const spec = findSpec(fileName);
  return spec.found ? JSON.parse(readFileSync(spec.path, 'utf8')) : undefined;
}

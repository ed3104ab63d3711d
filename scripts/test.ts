/**
 * Runs the tests: all of them, or the files and folders given as arguments.
 *
 * A skipped test is shown with its reason. Where CI is set a skip is a failure, but for tests of
 * data that is not part of this repository and is not there.
 */
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { hasSpecsFolder } from '../test/fakes/specs.ts';

const root = join(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const patterns = (wanted.length > 0 ? wanted : ['test']).map((path) =>
  statSync(join(root, path)).isDirectory() ? `${path}/**/*.test.ts` : path,
);
const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();

const skipped: string[] = [];
let passed = 0;
/** A file that hangs is ended and named; the longest takes a quarter of it. */
const longestFileMs = 15 * 60_000;
const stream = run({
  files: files.map((file) => join(root, file)),
  concurrency: 2,
  timeout: longestFileMs,
});
stream.on('test:pass', ({ name, skip, details }) => {
  if (skip !== undefined) {
    const isForSpecs = String(skip).includes('../shared/specs') && !hasSpecsFolder();
    if (!isForSpecs) skipped.push(`${name}: ${String(skip)}`);
  } else if (details.type !== 'suite') passed += 1;
});
stream.on('test:fail', () => (process.exitCode = 1));
const report = stream.compose(new spec());
report.pipe(process.stdout);
await finished(report);

if (passed === 0) {
  console.error('No test ran.');
  process.exitCode = 1;
}
if (process.env.CI && skipped.length > 0) {
  console.error(`In CI nothing may be skipped:\n${skipped.join('\n')}`);
  process.exitCode = 1;
}

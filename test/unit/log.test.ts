import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { formatPlain } from '#src/log.ts';

const time = '2026-11-25T12:00:00.000Z';
const clock = new Date(time).toTimeString().slice(0, 8);
const plain = (line: object) => formatPlain(JSON.stringify({ time, ...line }));

/** What a program that logs this writes where nobody looks on. */
function logged(statement: string): Record<string, unknown>[] {
  const file = join(import.meta.dirname, '../../src/log.ts');
  const script = `import { createLogger } from ${JSON.stringify(file)}; const log = createLogger(); ${statement}`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  const lines = stderr.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('is a line of JSON each, with level and time in words, where no terminal is', () => {
    const [line] = logged("log.warn({ requestId: 'r1' }, 'Slow.')");
    assert.deepEqual([line?.level, line?.requestId, line?.msg], ['warn', 'r1', 'Slow.']);
    assert.match(String(line?.time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('shows no secret by its name, however deep', () => {
    const [line] = logged("log.error({ token: 's3', config: { databaseUrl: 's3' } }, 'x')");
    assert.doesNotMatch(JSON.stringify(line), /s3/);
  });

  it('is a line for people in a terminal', () => {
    assert.equal(
      plain({ level: 'info', msg: 'Job drawn.', requestId: 'r1', seconds: 1.6396587 }),
      `${clock}   Job drawn. requestId=r1 seconds=1.64\n`,
    );
  });

  it('tells a known failure in that line, and where an unknown one came from', () => {
    const err = { message: 'disk full', stack: 'Error: disk full\n    at write' };
    assert.equal(
      plain({ level: 'error', msg: 'A command failed.', code: 'STORAGE_FAILED', err }),
      `${clock} ✗ A command failed. code=STORAGE_FAILED cause=disk full\n`,
    );
    assert.match(
      plain({ level: 'error', msg: 'disk full', err }),
      /disk full\nError: .*\n {4}at write/,
    );
  });
});

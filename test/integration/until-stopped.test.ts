import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { it } from 'node:test';

const program = join(import.meta.dirname, '../fixtures/stopped-at-once.ts');

it('a program that is interrupted in the moment in which it is ready stops', async (context) => {
  const child = spawn(process.execPath, [program], { stdio: 'ignore', signal: context.signal });
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

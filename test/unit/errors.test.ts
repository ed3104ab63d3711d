import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AppError, errorCodes, invalidRequest, toAppError } from '#src/errors.ts';

describe('error codes', () => {
  it('each have a line in the documentation, and no line is left over', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');
    const documented = Array.from(page.matchAll(/^\| `([A-Z_]+)`/gm), ([, code]) => code);
    assert.deepEqual(documented.toSorted(), errorCodes.toSorted());
  });
});

describe('an AppError', () => {
  it('says one line per fault', () => {
    const fault = {
      field: 'steps',
      value: 0,
      allowed: '1 to 9',
      nearest: 1,
      message: 'steps 0 does not fit.',
    };
    const error = invalidRequest([
      fault,
      { ...fault, field: 'seed', message: 'seed -1 does not fit.' },
    ]);
    assert.equal(error.message, 'steps 0 does not fit.\nseed -1 does not fit.');
    assert.equal(error.code, 'INVALID_REQUEST');
  });

  it('stays itself, and anything else that was thrown becomes its cause', () => {
    const error = new AppError('CANCELLED', 'x');
    assert.equal(toAppError(error), error);
    for (const thrown of [new Error('boom'), 'boom']) {
      const wrapped = toAppError(thrown);
      assert.deepEqual(
        [wrapped.code, wrapped.message, wrapped.cause],
        ['INTERNAL', 'boom', thrown],
      );
    }
    assert.equal(toAppError(null).message, 'null');
  });
});

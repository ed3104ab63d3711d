import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { AppError } from '#src/errors.ts';
import { createPublisher, type Publisher, type Update } from '#src/requests/publisher.ts';

const budget = { key: 'general', perMinute: 30 };
let publisher: Publisher;
let sent: string[];

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  publisher = createPublisher({ intervalMs: 3000, retryMs: 1000 });
  sent = [];
});
afterEach(() => mock.timers.reset());

function update(fingerprint: string, changes: Partial<Update> = {}): Update {
  return {
    message: 'm1',
    budget,
    fingerprint,
    isFinal: false,
    send: async () => void sent.push(fingerprint),
    ...changes,
  };
}

/** Lets what is under way settle, then the clock go on. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    await new Promise((resolve) => setImmediate(resolve));
    mock.timers.tick(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the publisher', () => {
  it('edits a message at most every three seconds; the newest state wins', async () => {
    for (const state of ['a', 'b', 'c']) void publisher.publish(update(state));
    await pass(100);
    for (const state of ['d', 'e']) void publisher.publish(update(state));
    await pass(2500);
    assert.deepEqual(sent, ['a']);
    await pass(1000);
    assert.deepEqual(sent, ['a', 'e']);
  });

  it('does not send what people see already', async () => {
    void publisher.publish(update('a'));
    await pass(4000);
    await publisher.publish(update('a'));
    await pass(4000);
    assert.deepEqual(sent, ['a']);
  });

  it('counts no end as shown that was not sent before it closed', async () => {
    void publisher.publish(update('first'));
    await pass(100);
    const progress = publisher.publish(update('step', { message: 'm2' }));
    const end = publisher.publish(update('end', { isFinal: true }));
    const rejected = assert.rejects(end, { code: 'PLATFORM_FAILED', retryable: true });
    await publisher.close();
    await rejected;
    await progress;
    await assert.rejects(publisher.publish(update('end', { isFinal: true })), { retryable: true });
    assert.ok(!sent.includes('end'));
  });

  it('lets no late progress take the place of the end', async () => {
    void publisher.publish(update('first'));
    await pass(100);
    void publisher.publish(update('end', { isFinal: true }));
    void publisher.publish(update('late'));
    await pass(7000);
    assert.equal(sent.at(-1), 'end');
    assert.ok(!sent.includes('late'));
  });

  it('keeps to the budget of a minute over all messages, and keeps a part of it for ends', async () => {
    const small = { key: 'busy', perMinute: 5 };
    for (let i = 0; i < 10; i += 1)
      void publisher.publish(update(`m${i}`, { message: `m${i}`, budget: small }));
    await pass(100);
    assert.equal(sent.length, 4);
    void publisher.publish(update('end', { message: 'm9', budget: small, isFinal: true }));
    await pass(100);
    assert.equal(sent.at(-1), 'end');
    await pass(60_000);
    assert.ok(sent.length > 5);
  });

  const failing = (failures: number, state: string) => async () => {
    failures -= 1;
    if (failures >= 0) throw new AppError('PLATFORM_FAILED', 'busy', { retryable: true });
    sent.push(state);
  };

  for (const isFinal of [true, false]) {
    it(`tries ${isFinal ? 'an end' : 'a state'} again when it failed and may succeed`, async () => {
      const done = publisher.publish(update('a', { isFinal, send: failing(2, 'a') }));
      await pass(12_000);
      await done;
      assert.deepEqual(sent, ['a']);
    });
  }

  it('tries nothing again where something newer came, but for an end', async () => {
    for (const [state, isFinal] of [
      ['old', false],
      ['end', true],
    ] as const) {
      const slow = Promise.withResolvers<void>();
      const send = failing(1, state);
      void publisher.publish(update(state, { isFinal, send: () => slow.promise.then(send) }));
      await pass(0);
      void publisher.publish(update('progress'));
      slow.resolve();
      await pass(12_000);
    }
    assert.deepEqual(sent, ['progress', 'end']);
  });

  it('tells what will never work', async () => {
    const error = new AppError('PERMISSION_MISSING', 'no');
    const failed = publisher.publish(
      update('end', { isFinal: true, send: () => Promise.reject(error) }),
    );
    const rejected = assert.rejects(failed, error);
    await pass(200);
    await rejected;
  });

  it('takes a shorter interval where the platform has one', async () => {
    const quick = { ...budget, perMinute: 600, intervalMs: 200 };
    for (const state of ['a', 'b', 'c']) {
      void publisher.publish(update(state, { budget: quick }));
      await pass(300);
    }
    assert.deepEqual(sent, ['a', 'b', 'c']);
  });
});

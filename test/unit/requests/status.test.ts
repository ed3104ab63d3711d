import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { progressText, unknownState, waitingLines, type LiveState } from '#src/requests/status.ts';
import { createTexts } from '#src/texts/index.ts';

const en = createTexts('en');
const zh = createTexts('zh-CN');

function waiting(peopleBefore: number, ownBefore: number, rest: Partial<LiveState> = {}) {
  const position = { place: peopleBefore + ownBefore + 1, peopleBefore, ownBefore };
  return { ...unknownState, position, ...rest };
}

describe('a status', () => {
  it('says the place and everything that is before it', () => {
    const lines = [waiting(0, 0), waiting(2, 0), waiting(0, 1), waiting(1, 2)].map(
      (state) => waitingLines(state, en)[0],
    );
    assert.deepEqual(lines, [
      '⏳ Next in the queue.',
      '⏳ Place 3 in the queue: 2 people before you.',
      '⏳ Place 2 in the queue: 1 request of your own before it.',
      '⏳ Place 4 in the queue: 1 person and 2 requests of your own before it.',
    ]);
    assert.equal(
      waitingLines(waiting(1, 2), zh)[0],
      '⏳ 排在第 4 位：前面有 1 人，还有您自己的 2 个请求。',
    );
  });

  it('says when it is ready, or that nobody draws', () => {
    assert.equal(waitingLines(waiting(0, 0, { secondsLeft: 42 }), en)[1], 'Ready in about 42 s.');
    const [, nobody] = waitingLines(waiting(0, 0, { secondsLeft: 42, hasWorker: false }), en);
    assert.match(nobody ?? '', /no worker is connected/);
  });

  it('says seconds a step as people do, however long they take', () => {
    const text = (secondsPerStep: number) =>
      progressText(
        4,
        unknownState,
        { candidate: 1, step: 2, steps: 8, secondsPerStep, preview: null },
        en,
      );
    assert.equal(text(0.0312), 'picture 1 of 4, step 2 of 8 · 0.031 s a step');
    assert.match(text(123.4), / · 123 s a step$/);
    assert.match(text(9.96), / · 10 s a step$/);
  });
});

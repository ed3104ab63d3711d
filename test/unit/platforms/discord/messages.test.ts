import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addressed,
  privateBodies,
  progressBar,
  readButton,
  readMark,
  resultsBody,
  statusBody,
} from '#src/platforms/discord/messages.ts';
import { nonceOf } from '#src/platforms/discord/own-messages.ts';
import { actions, type ResultsView } from '#src/types/chat.ts';

const requestId = '0198c1f2-7a3b-7c4d-8e5f-0123456789ab';
const results: ResultsView = {
  requestId,
  locale: 'en',
  title: 'a red apple',
  lines: [],
  candidates: [],
  isComplete: false,
  controls: [],
  reactions: [],
};
const control = (action: (typeof actions)[number]) => ({
  id: `${action}:${requestId}`,
  action,
  label: action.repeat(20),
  style: 'normal' as const,
});

test('fills the bar by the share that is done', () => {
  assert.equal(progressBar(0, 8), '▱▱▱▱▱▱▱▱▱▱▱▱');
  assert.equal(progressBar(4, 8), '▰▰▰▰▰▰▱▱▱▱▱▱');
  assert.equal(progressBar(9, 8), '▰▰▰▰▰▰▰▰▰▰▰▰');
  assert.equal(progressBar(1, 0), '▱▱▱▱▱▱▱▱▱▱▱▱');
});

test('puts five buttons into a row', () => {
  const { components } = resultsBody({ ...results, controls: actions.map(control) }, []);
  assert.deepEqual(
    components.map((row) => row.components.length),
    [5, 5, 1],
  );
});

test('knows its own messages by their controls', () => {
  const growing = resultsBody(results, []);
  assert.deepEqual(readMark(growing), { requestId, kind: 'results' });
  const status = statusBody({
    requestId,
    state: 'queued',
    title: '',
    lines: [],
    progress: null,
    preview: null,
    controls: [control('cancel')],
  });
  assert.deepEqual(readMark(status), { requestId, kind: 'status' });
  assert.deepEqual(readMark({ ...status, attachments: [{}] }), { requestId, kind: 'results' });
  assert.equal(readMark({ components: [] }), null);
  assert.equal(readMark({ components: [{ components: [{ custom_id: 'other:1' }] }] }), null);
});

test('says that more comes in the language of the request', () => {
  const labels = (locale: 'en' | 'zh-CN') =>
    JSON.stringify(resultsBody({ ...results, locale }, []).components);
  assert.match(labels('en'), /"More to come"/);
  assert.match(labels('zh-CN'), /"还有更多"/);
});

test('has no button for more pictures when none will come', () => {
  assert.deepEqual(resultsBody({ ...results, isComplete: true }, []).components, []);
});

test('reads a button of its own only', () => {
  assert.deepEqual(readButton('vote-1:a:b'), { action: 'vote-1', requestId: 'a:b' });
  for (const other of ['vote-1:', 'vote-1', 'dance:r1', '']) assert.equal(readButton(other), null);
});

test('puts the buttons of a private answer under its last message', () => {
  const text = Array.from({ length: 50 }, (_, i) => `line ${i} ${'x'.repeat(90)}`).join('\n');
  const bodies = privateBodies({ text, controls: [control('cancel')] });
  assert.ok(bodies.length > 1 && bodies.every(({ content }) => content.length <= 2000));
  assert.deepEqual(
    bodies.map(({ components }) => components.length),
    [...bodies.slice(1).map(() => 0), 1],
  );
  assert.equal(bodies.map(({ content }) => content).join('\n'), text);
});

test('parts a long line inside no word, no character and no escape', () => {
  for (const [text, shown] of [
    ['🍎'.repeat(1500), '🍎'],
    [`x${'🍎'.repeat(1500)}`, '🍎'],
    ['*'.repeat(1999), '\\*'],
    [`x${'*'.repeat(1999)}`, '\\*'],
  ] as const) {
    const bodies = privateBodies({ text });
    assert.ok(bodies.length > 1);
    for (const { content } of bodies) {
      assert.ok(content.length <= 2000);
      assert.equal(content.replace(/^x/, '').replaceAll(shown, ''), '');
    }
  }
  const words = privateBodies({ text: 'apple '.repeat(500) });
  for (const { content } of words) assert.match(content.trim(), /^apple( apple)*$/);
});

test('shows words as they are: no mention, no markdown, no line break in a heading', () => {
  const title = '@everyone **a** <@1>\n# big `code` ||x|| قطة';
  const { content } = resultsBody({ ...results, title }, []);
  assert.equal(content, '**@everyone \\*\\*a\\*\\* \\<@1> # big \\`code\\` \\|\\|x\\|\\| قطة**');
});

test('keeps a line for one person within a message', () => {
  const line = addressed('1', '*'.repeat(3000));
  assert.ok(line.length <= 2000);
  assert.match(line, /^<@1> \\\*/);
});

test('gives the same message the same nonce', () => {
  assert.equal(nonceOf('c', 'status/r1'), nonceOf('c', 'status/r1'));
  assert.notEqual(nonceOf('c', 'status/r1'), nonceOf('d', 'status/r1'));
  assert.ok(nonceOf('c', 'k'.repeat(500)).length <= 25);
});

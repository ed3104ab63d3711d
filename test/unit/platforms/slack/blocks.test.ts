import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  filesOfBlocks,
  paragraphs,
  progressBar,
  readButton,
  resultsBody,
  statusBody,
} from '#src/platforms/slack/blocks.ts';
import type { CandidateView, ResultsView, StatusView } from '#src/types/chat.ts';

const status: StatusView = {
  requestId: 'r1',
  state: 'running',
  title: 'a *red* apple, for Alice',
  lines: ['1 person before you', 'about 20 s'],
  progress: { done: 6, total: 12, text: 'step 6 of 12' },
  preview: null,
  controls: [{ id: 'cancel:r1', action: 'cancel', label: 'Cancel', style: 'danger' }],
};

function candidate(number: number): CandidateView {
  return {
    number,
    seed: 40 + number,
    width: 128,
    height: 128,
    altText: 'an apple',
    votes: 0,
    fileName: `${number}.png`,
    sha256: `sha${number}`,
    read: async () => Buffer.alloc(0),
  };
}

function results(count: number): ResultsView {
  return {
    requestId: 'r1',
    locale: 'en',
    title: 'a red apple',
    lines: ['128 x 128, 8 steps'],
    candidates: Array.from({ length: count }, (_, index) => candidate(index + 1)),
    isComplete: true,
    controls: [],
    reactions: [],
  };
}

test('shows progress as a bar with the same in words', () => {
  const { blocks, text } = statusBody(status);
  assert.match(JSON.stringify(blocks), /▰▰▰▰▰▰▱▱▱▱▱▱ step 6 of 12/);
  assert.match(text, /step 6 of 12/);
});

test('draws no more than a full and no less than an empty bar', () => {
  assert.equal(progressBar(20, 12, 4), '▰▰▰▰');
  assert.equal(progressBar(0, 0, 4), '▱▱▱▱');
});

test('titles a picture in the language of the request', () => {
  const { blocks } = resultsBody(
    { ...results(1), locale: 'zh-CN' },
    new Map([['sha1', { fileId: 'F1', isShared: false }]]),
    null,
  );
  assert.match(JSON.stringify(blocks), /"1 · 种子 41"/);
});

test('gives a button its action and the request', () => {
  const row = statusBody(status).blocks.at(-1);
  assert.ok(row?.type === 'actions');
  const [button] = row.elements;
  assert.ok(button?.type === 'button' && button.action_id !== undefined);
  assert.equal(button.value, 'cancel:r1');
  assert.deepEqual(readButton(button.action_id, button.value), {
    action: 'cancel',
    requestId: 'r1',
  });
});

test('reads no action from a button of another kind', () => {
  assert.equal(readButton('open_form', 'imagine'), null);
  assert.equal(readButton('cancel#0', undefined), null);
});

test('shows each uploaded picture with number, seed and description', () => {
  const files = new Map([['sha1', { fileId: 'F1', isShared: false }]]);
  const images = resultsBody(results(2), files, null).blocks.filter((one) => one.type === 'image');
  assert.equal(images.length, 1);
  assert.deepEqual(images[0], {
    type: 'image',
    block_id: 'picture:1:sha1:F1',
    slack_file: { id: 'F1' },
    alt_text: 'an apple',
    title: { type: 'plain_text', text: '1 · seed 41', emoji: false },
  });
});

test('shows words as they are: no formatting, no emoji, no mention', () => {
  for (const prompt of ['a _quiet_ lake', '`code`', ':tada:', 'a ~b~', '> said', 'a *red* one']) {
    const [shown, line] = statusBody({ ...status, title: prompt, lines: [prompt] }).blocks;
    for (const block of [shown, line]) {
      assert.ok(block?.type === 'section');
      assert.equal(block.text?.type, 'plain_text', prompt);
    }
  }
  const [shown] = statusBody({ ...status, title: '@here in #general <!channel>' }).blocks;
  assert.ok(shown?.type === 'section');
  assert.deepEqual(shown.text, {
    type: 'mrkdwn',
    text: '*@here in #general &lt;!channel&gt;*',
    verbatim: true,
  });
});

test('finds the files again in the blocks of its message', () => {
  const files = new Map([
    ['sha1', { fileId: 'F1', isShared: false }],
    ['sha2', { fileId: 'F2', isShared: true }],
  ]);
  assert.deepEqual(filesOfBlocks(resultsBody(results(2), files, 'note').blocks), files);
  assert.deepEqual(filesOfBlocks(undefined), new Map());
});

test('keeps every section and the whole message within the limits', () => {
  const lines = Array.from({ length: 50 }, () => '<&>'.repeat(300));
  const sections = paragraphs(lines);
  const lengths = sections.map((one) =>
    one.type === 'section' ? one.text!.text.length : Infinity,
  );
  assert.ok(lengths.every((length) => length <= 3000));
  assert.ok(lengths.reduce((sum, length) => sum + length, 0) <= 10_000);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cutText,
  escapeAndCut,
  plainLine,
  plainText,
  withoutMention,
} from '#src/platforms/slack/wording.ts';

test('escapes what could mention a channel', () => {
  assert.equal(escapeAndCut('<!channel> & co', 100), '&lt;!channel&gt; &amp; co');
});

test('cuts escaped text within the limit and never inside an escape', () => {
  const cut = escapeAndCut('&'.repeat(100), 23);
  assert.equal(cut, '&amp;&amp;&amp;&amp;…');
  assert.ok(cut.length <= 23);
});

test('cuts no emoji in half', () => {
  assert.equal(cutText('ab🔁cd', 4), 'ab…');
  assert.equal(cutText('ab🔁cd', 6), 'ab🔁cd');
});

test('reads links, mentions and escapes as what the person saw', () => {
  assert.equal(
    plainText('see <https://a.b/c?d=1&amp;e|a.b> &lt;ok&gt;'),
    'see https://a.b/c?d=1&e <ok>',
  );
  assert.equal(plainText('for <@U1|alice> in <#C1|general>'), 'for alice in general');
});

test('turns a dash that a client made of two hyphens back into a flag', () => {
  assert.equal(plainLine('a cat —steps 4 –no “red text”'), 'a cat --steps 4 --no "red text"');
});

test('leaves dashes and curly quotes of a prompt alone', () => {
  assert.equal(plainLine('a sign “open” — by night'), 'a sign “open” — by night');
  assert.equal(plainLine('写着“你好”的杯子'), '写着“你好”的杯子');
});

test('takes its own mention out of a message', () => {
  assert.equal(withoutMention('hey <@UBOT> a cat <@U2>', 'UBOT'), 'hey a cat <@U2>');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutText, escapeAndCut, plainText, withoutMention } from '#src/platforms/slack/wording.ts';

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
  assert.equal(plainText('<mailto:a@b.c|a@b.c> <tel:+123|+1 23> <@U7>'), 'a@b.c +123 @U7');
  assert.equal(plainText('for <@U1|alice> in <#C1|general>'), 'for alice in general');
});

test('takes its own mention out of a message', () => {
  assert.equal(withoutMention('hey <@UBOT> a cat <@U2>', 'UBOT'), 'hey a cat <@U2>');
});

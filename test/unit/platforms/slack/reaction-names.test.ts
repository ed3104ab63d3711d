import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionOfReaction, reactionOfAction } from '#src/platforms/slack/reaction-names.ts';
import { reactionEmoji, type Action } from '#src/types/chat.ts';

test('finds every action by the name that is put under a message', () => {
  for (const action of Object.keys(reactionEmoji) as Action[]) {
    const name = reactionOfAction(action);
    assert.ok(name);
    assert.equal(actionOfReaction(name), action);
  }
});

test('reads other names and skin tones as the same reaction', () => {
  assert.equal(actionOfReaction('keycap_1'), 'vote-1');
  assert.equal(actionOfReaction('repeat::skin-tone-3'), 'reroll');
});

test('knows no action for other reactions', () => {
  assert.equal(actionOfReaction('tada'), null);
  assert.equal(reactionOfAction('cancel'), null);
});

import { reactionEmoji, type Action } from '#src/types/chat.ts';

/** Other names that Slack has for the same pictures. */
const aliases: Record<string, string> = {
  '1': 'one',
  '2': 'two',
  '3': 'three',
  '4': 'four',
  keycap_1: 'one',
  keycap_2: 'two',
  keycap_3: 'three',
  keycap_4: 'four',
  up_arrow: 'arrow_up',
  upwards_black_arrow: 'arrow_up',
  clockwise_rightwards_and_leftwards_open_circle_arrows: 'repeat',
  die: 'game_die',
  trashcan: 'wastebasket',
};

const actionsByName = new Map<string, Action>(
  Object.entries(reactionEmoji).map(([action, emoji]) => [emoji.slackName, action as Action]),
);

/** The action of a reaction as Slack names it (`repeat`, `+1::skin-tone-3`), or null. */
export function actionOfReaction(reaction: string): Action | null {
  const name = reaction.replace(/::skin-tone-\d$/, '');
  return actionsByName.get(aliases[name] ?? name) ?? null;
}

/** The name to add a reaction by; null for actions that have none. */
export function reactionOfAction(action: Action): string | null {
  return reactionEmoji[action]?.slackName ?? null;
}

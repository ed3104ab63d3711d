import type { Store } from '#src/store/store.ts';
import type { ActionEvent } from '#src/types/platform.ts';
import { voteOf } from './read-votes.ts';

/** Deals with each reaction and button once, whoever hears of it how often. */
export interface Claims {
  /** false: there is nothing to do, or it was done when the platform told the same before. */
  claim(event: ActionEvent): Promise<boolean>;
  /** It failed: a repetition may try again. */
  release(event: ActionEvent): Promise<void>;
}

export function createClaims({ interactions }: Store): Claims {
  const nameOf = ({ id, action }: ActionEvent, isAdded: boolean) =>
    `${id}:${action}:${isAdded ? 'on' : 'off'}`;

  return {
    async claim(event) {
      const { action, isAdded, idLastsSeconds, place } = event;
      const { platform } = place;
      // Without ids of its own, what is put on once more is named alike.
      if (idLastsSeconds !== undefined) {
        await interactions.releaseEvent(platform, nameOf(event, !isAdded));
      }
      const isVote = voteOf(action) !== null;
      if (!isAdded && !isVote && action !== 'reroll') return false;
      // A vote is there or not: told twice, it changes nothing.
      if (isVote && idLastsSeconds !== undefined) return true;
      return interactions.claimEvent(platform, nameOf(event, isAdded), idLastsSeconds);
    },
    release: (event) =>
      interactions.releaseEvent(event.place.platform, nameOf(event, event.isAdded)),
  };
}

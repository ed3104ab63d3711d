import type { Gateway } from './gateway.ts';
import type { InteractionBook } from './interaction-book.ts';
import type { World } from './world.ts';

/** What every route and every person's action works on. */
export interface Core {
  world: World;
  gateway: Gateway;
  interactions: InteractionBook;
  /** For how long a nonce that was already used gives back the first message. */
  nonceWindowMs: number;
  /** Tells listeners that something in the world is different now. */
  changed: () => void;
}

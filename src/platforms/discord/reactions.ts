import { Routes, type APIMessage, type APIUser, type Client } from 'discord.js';
import { reactionEmoji, type Action, type MessageRef } from '#src/types/chat.ts';
import { codeOf, codes } from './failures.ts';
import { targetOf } from './places.ts';

const pageSize = 100;

/** Some clients and libraries leave the variation selector out. */
const plain = (character: string) => character.replaceAll('\u{fe0f}', '');

const actionsByCharacter = new Map<string, Action>(
  Object.entries(reactionEmoji).map(([action, { character }]) => [
    plain(character),
    action as Action,
  ]),
);

interface Emoji {
  id?: string | null;
  name?: string | null;
}

/** The action of a reaction, or null for every other emoji; a server's own ones have an id. */
export function actionOfEmoji({ id, name }: Emoji): Action | null {
  if (id || !name) return null;
  return actionsByCharacter.get(plain(name)) ?? null;
}

export interface Reactions {
  add(ref: MessageRef, actions: readonly Action[]): Promise<void>;
  read(ref: MessageRef): Promise<{ action: Action; personId: string }[]>;
}

/** Every call rejects with what Discord or the network said. */
export function createReactions(client: () => Client): Reactions {
  async function reactionsOf(ref: MessageRef) {
    const message = (await client().rest.get(
      Routes.channelMessage(targetOf(ref), ref.messageId),
    )) as APIMessage;
    return (message.reactions ?? []).flatMap(({ emoji, me, count }) => {
      const action = actionOfEmoji(emoji);
      return action === null ? [] : [{ action, emoji: emoji.name ?? '', isOurs: me, count }];
    });
  }

  async function peopleOf(ref: MessageRef, emoji: string): Promise<string[]> {
    const people: string[] = [];
    for (;;) {
      const query = new URLSearchParams({ limit: String(pageSize) });
      const last = people.at(-1);
      if (last !== undefined) query.set('after', last);
      const route = Routes.channelMessageReaction(
        targetOf(ref),
        ref.messageId,
        encodeURIComponent(emoji),
      );
      const page = (await client().rest.get(route, { query })) as APIUser[];
      people.push(...page.map(({ id }) => id));
      if (page.length < pageSize) return people;
    }
  }

  return {
    async add(ref, actions) {
      const there = new Set(
        (await reactionsOf(ref)).filter(({ isOurs }) => isOurs).map(({ action }) => action),
      );
      for (const action of actions) {
        const emoji = reactionEmoji[action]?.character;
        if (emoji === undefined || there.has(action)) continue;
        try {
          await client().rest.put(
            Routes.channelMessageOwnReaction(
              targetOf(ref),
              ref.messageId,
              encodeURIComponent(emoji),
            ),
          );
        } catch (error) {
          // People filled it with theirs; the buttons do the same.
          if (codeOf(error) === codes.tooManyReactions) return;
          throw error;
        }
      }
    },
    async read(ref) {
      const self = client().user?.id;
      const found: { action: Action; personId: string }[] = [];
      for (const { action, emoji, isOurs, count } of await reactionsOf(ref)) {
        if (isOurs && count === 1) continue;
        const people = await peopleOf(ref, emoji);
        for (const personId of people) {
          if (personId !== self) found.push({ action, personId });
        }
      }
      return found;
    },
  };
}

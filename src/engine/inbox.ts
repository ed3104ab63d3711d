/** What is pushed from outside, to be read in order until its end. */
export interface Inbox<Item> {
  push: (item: Item) => void;
  end: () => void;
  read: () => AsyncGenerator<Item, void, void>;
}

export function createInbox<Item>(): Inbox<Item> {
  const items: Item[] = [];
  let isEnded = false;
  let wake = () => {};

  async function* read(): AsyncGenerator<Item, void, void> {
    for (;;) {
      const item = items.shift();
      if (item !== undefined) yield item;
      else if (isEnded) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  return {
    push: (item) => {
      items.push(item);
      wake();
    },
    end: () => {
      isEnded = true;
      wake();
    },
    read,
  };
}

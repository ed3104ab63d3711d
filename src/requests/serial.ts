/** Work on the same thing one after the other, on different things side by side. */
export interface Serial {
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
  isBusy(key: string): boolean;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export function createSerial(): Serial {
  const last = new Map<string, Promise<unknown>>();
  return {
    run(key, work) {
      const before = last.get(key) ?? Promise.resolve();
      const mine = before.then(work, work);
      const settled = mine.then(
        () => {},
        () => {},
      );
      last.set(key, settled);
      void settled.then(() => {
        if (last.get(key) === settled) last.delete(key);
      });
      return mine;
    },
    isBusy: (key) => last.has(key),
    async idle() {
      while (last.size > 0) await Promise.all(last.values());
    },
  };
}

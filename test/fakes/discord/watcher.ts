/** Tells listeners that the world changed, and waits for something to become true in it. */
export class Watcher {
  private readonly listeners = new Set<() => void>();

  /** Calls the listener after every change; returns how to stop that. */
  readonly onChange = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly changed = (): void => {
    for (const listener of this.listeners) listener();
  };

  /**
   * Resolves with what the predicate gives as soon as that is neither `undefined`, `null` nor `false`.
   *
   * @param what Named in the error when it never comes true.
   */
  waitFor<T>(predicate: () => T, timeoutMs: number, what: string): Promise<NonNullable<T>> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        try {
          const value = predicate();
          if (value === undefined || value === null || value === false) return;
          stop();
          resolve(value);
        } catch (error) {
          stop();
          reject(error);
        }
      };
      const stop = (): void => {
        clearTimeout(timer);
        clearInterval(poll);
        unsubscribe();
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`Waited ${timeoutMs} ms in vain for ${what}.`));
      }, timeoutMs);
      // What happens in a client cannot be watched from here, only looked at again.
      const poll = setInterval(check, 10);
      const unsubscribe = this.onChange(check);
      check();
    });
  }
}

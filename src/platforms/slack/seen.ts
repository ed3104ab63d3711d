/** Remembers the last keys, so that what Slack sends again is handled once. */
export function createSeen(capacity = 5000): { isNew(key: string): boolean } {
  const keys = new Set<string>();
  return {
    isNew(key) {
      if (keys.has(key)) return false;
      keys.add(key);
      if (keys.size > capacity) {
        const oldest = keys.values().next().value;
        if (oldest !== undefined) keys.delete(oldest);
      }
      return true;
    },
  };
}

const discordEpochMs = 1_420_070_400_000;

/** Makes ids as Discord does: they hold their time and never repeat or go back. */
export function createSnowflakes(now: () => number): () => string {
  let last = 0n;
  return () => {
    const fresh = BigInt(Math.floor(now()) - discordEpochMs) << 22n;
    last = fresh > last ? fresh : last + 1n;
    return String(last);
  };
}

export function isSnowflake(text: string): boolean {
  return /^[1-9]\d{0,19}$/.test(text);
}

/** Sorts ids by age, oldest first. */
export function compareIds(left: string, right: string): number {
  const difference = BigInt(left) - BigInt(right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

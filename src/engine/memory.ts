import { readFileSync, writeFileSync } from 'node:fs';

/**
 * The most memory this process held since it was last asked. Linux keeps the mark itself; elsewhere
 * it is what is held now, so a peak between two readings is missed.
 */
export interface PeakMemory {
  reset(): void;
  /** Unit: bytes of resident memory. */
  read(): number;
}

export function createPeakMemory(): PeakMemory {
  return {
    reset() {
      try {
        // "5" resets the high-water mark. Source: Linux, Documentation/filesystems/proc.rst.
        writeFileSync('/proc/self/clear_refs', '5');
      } catch {
        // Not Linux, or not allowed: the mark then covers the whole life of the process.
      }
    },
    read: () => highWaterMark() ?? process.memoryUsage.rss(),
  };
}

function highWaterMark(): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

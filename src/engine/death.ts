import { readFileSync } from 'node:fs';
import { AppError } from '../errors.ts';

interface Deceased {
  /** The end of what it wrote. */
  stderr: string;
  /** `oomKills` when it was started. */
  oomKills: number;
}

/** Why an engine process ended that nobody here ended. */
export function deathError(child: Deceased, code: number | null, signal: string | null): AppError {
  const lastWords = child.stderr.trim().split('\n').slice(-3).join(' ');
  const outOfMemory =
    /heap out of memory|bad_alloc|out of memory/i.test(child.stderr) ||
    (signal === 'SIGKILL' && oomKills() > child.oomKills);
  if (outOfMemory) {
    return new AppError(
      'OUT_OF_MEMORY',
      'The engine process ran out of memory. Ask for a smaller size or a smaller tile; the next request starts a fresh engine.',
      { cause: lastWords },
    );
  }
  const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
  return new AppError(
    'ENGINE_DIED',
    `The engine process ${how} before the picture was done. The next request starts a fresh one.${lastWords ? ` Its last words: ${lastWords}` : ''}`,
    { retryable: true },
  );
}

/** How often the kernel has ended a process for lack of memory since it booted; 0 where it does not say. */
export function oomKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

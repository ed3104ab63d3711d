import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's young generation at its first size: under load it would grow to 100 MB and stay there,
 * for no gain that could be measured (`scripts/bench/bot.ts`).
 */
export function keepMemorySteady(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

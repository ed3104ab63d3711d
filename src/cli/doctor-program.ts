import { z } from 'zod';
import type { Config } from '../config.ts';
import { toAppError } from '../errors.ts';
import { loadPlatforms } from '../load-platforms.ts';
import { createLogger } from '../log.ts';
import type { Diagnosis } from '../types/platform.ts';

const answer = z.object({
  findings: z.array(
    z.object({ name: z.string(), ok: z.boolean(), detail: z.string(), fix: z.string().nullable() }),
  ),
});
const patienceMs = 20_000;

/**
 * What the running program says of database, workers, rights and scopes; where none runs, what the
 * tokens alone can be asked.
 */
export async function diagnoseProgram(config: Config): Promise<Diagnosis[]> {
  const address = `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${config.port}`;
  const running = await askRunning(address, config);
  if (running)
    return [{ name: 'program', ok: true, detail: `runs at ${address}`, fix: null }, ...running];
  const findings: Diagnosis[] = [
    {
      name: 'program',
      ok: true,
      detail: `does not run at ${address}; npm start starts it`,
      fix: null,
    },
  ];
  for (const module of await loadPlatforms()) {
    if (!module.isConfigured(config)) continue;
    try {
      const platform = await module.create({ config, logger: createLogger({ level: 'silent' }) });
      findings.push(...(await platform.diagnose()));
      await platform.stop();
    } catch (thrown) {
      findings.push({
        name: module.name,
        ok: false,
        detail: toAppError(thrown).message,
        fix: null,
      });
    }
  }
  return findings;
}

/** null: nobody answers there, or somebody else does. */
async function askRunning(address: string, { apiKey }: Config): Promise<Diagnosis[] | null> {
  const headers: Record<string, string> =
    apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
  try {
    const response = await fetch(`${address}/api/doctor`, {
      headers,
      signal: AbortSignal.timeout(patienceMs),
    });
    return answer.parse(await response.json()).findings;
  } catch {
    return null;
  }
}

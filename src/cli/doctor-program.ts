import { isIPv6 } from 'node:net';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { toAppError } from '../errors.ts';
import { loadPlatforms } from '../load-platforms.ts';
import { createLogger } from '../log.ts';
import { connectQueue } from '../queue/connection.ts';
import { openDatabase } from '../store/database.ts';
import type { Diagnosis } from '../types/platform.ts';

const answer = z.object({
  findings: z.array(
    z.object({ name: z.string(), ok: z.boolean(), detail: z.string(), fix: z.string().nullable() }),
  ),
});
const patienceMs = 40_000;

/**
 * What the running program says of database, workers, rights and scopes; where none runs, what
 * servers and tokens can be asked from here.
 */
export async function diagnoseProgram(config: Config): Promise<Diagnosis[]> {
  const address = addressOf(config);
  const name = 'program';
  const running = await askRunning(address, config);
  if (running === null) {
    const detail = `does not run at ${address}; npm start starts it`;
    return [{ name, ok: true, detail, fix: null }, ...(await diagnoseFromHere(config))];
  }
  if (running.isAnswered) {
    return [{ name, ok: true, detail: `runs at ${address}`, fix: null }, ...running.findings];
  }
  return [{ name, ok: false, detail: running.detail, fix: running.fix }];
}

function addressOf({ host, port }: Config): string {
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const reached = everywhere[host] ?? host;
  return `http://${isIPv6(reached) ? `[${reached}]` : reached}:${port}`;
}

type Running =
  | { isAnswered: true; findings: Diagnosis[] }
  | { isAnswered: false; detail: string; fix: string };

/** null: nobody listens there. */
async function askRunning(address: string, { apiKey }: Config): Promise<Running | null> {
  const headers: Record<string, string> =
    apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
  const unclear = (detail: string, fix: string): Running => ({ isAnswered: false, detail, fix });
  let response: Response;
  try {
    const signal = AbortSignal.timeout(patienceMs);
    response = await fetch(`${address}/api/doctor`, { headers, signal });
  } catch (thrown) {
    if ((thrown as Error).name !== 'TimeoutError') return null;
    return unclear(
      `gives no answer at ${address} within ${patienceMs / 1000} s`,
      'Look at its log, and start it again.',
    );
  }
  if (response.status === 401) {
    return unclear(
      `runs at ${address} and asks for its login token`,
      'Run doctor with the QUARTET_API_KEY that the program has.',
    );
  }
  const said = answer.safeParse(await response.json().catch(() => null));
  if (said.success) return { isAnswered: true, findings: said.data.findings };
  return unclear(
    `something else answers at ${address} (HTTP ${response.status})`,
    'Stop that program, or choose another port with QUARTET_PORT.',
  );
}

async function diagnoseFromHere(config: Config): Promise<Diagnosis[]> {
  const { databaseUrl, redisUrl } = config;
  const findings: Diagnosis[] = [];
  if (databaseUrl !== null) {
    findings.push(
      await tried('database', async () => {
        const database = openDatabase({ databaseUrl, connections: 1 });
        try {
          await database.query('SELECT 1');
          return 'answers';
        } finally {
          await database.close();
        }
      }),
    );
  }
  if (redisUrl !== null) {
    findings.push(
      await tried('queue', async () => {
        const link = await connectQueue({ redisUrl, name: 'doctor', onError: () => {} });
        await link.close();
        return `answers (${link.server})`;
      }),
    );
  }
  for (const module of await loadPlatforms()) {
    if (!module.isConfigured(config)) continue;
    try {
      const platform = await module.create({ config, logger: createLogger({ level: 'silent' }) });
      findings.push(...(await platform.diagnose('en')));
      await platform.stop();
    } catch (thrown) {
      const detail = toAppError(thrown).message;
      findings.push({ name: module.name, ok: false, detail, fix: null });
    }
  }
  return findings;
}

/** The sentence of a failure says what to do as well. */
async function tried(name: string, look: () => Promise<string>): Promise<Diagnosis> {
  try {
    return { name, ok: true, detail: await look(), fix: null };
  } catch (thrown) {
    return { name, ok: false, detail: toAppError(thrown).message, fix: null };
  }
}

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ConsoleFeed, ConsoleRequest } from '#src/types/console.ts';
import { descendants, isRunning } from '../helpers/processes.ts';
import { until } from '../helpers/product.ts';
import { cliFile } from '../helpers/run-cli.ts';
import { startProgram, startReady, type RunningProgram } from '../helpers/run-up.ts';

let dataDir: string;
let running: RunningProgram[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'quartet-up-'));
});
afterEach(async () => {
  for (const program of running) {
    if (program.child.exitCode === null && program.child.signalCode === null)
      await program.interrupt();
  }
  running = [];
  rmSync(dataDir, { recursive: true, force: true });
});

async function up(env?: NodeJS.ProcessEnv): Promise<RunningProgram> {
  const program = await startReady(['up', '--data-dir', dataDir, '--port', '0'], env);
  running.push(program);
  return program;
}

async function imagine({ url }: RunningProgram, id: string, values: string): Promise<void> {
  const answer = await fetch(`${url}/api/commands`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, command: 'imagine', values, threadId: null }),
  });
  assert.equal(answer.status, 200);
}

const feed = async ({ url }: RunningProgram) =>
  ((await (await fetch(`${url}/api/feed`)).json()) as ConsoleFeed).requests;
const finished = (program: RunningProgram, state: ConsoleRequest['status']['state'] = 'done') =>
  until(async () => (await feed(program)).find(({ status }) => status.state === state));

type Pids = Record<'program' | 'worker' | 'engine' | 'database', number>;

function pidsOf({ child }: RunningProgram): Pids {
  const program = child.pid as number;
  const find = (part: string) =>
    descendants(program).find(({ command }) => command.includes(part))?.pid as number;
  return {
    program,
    worker: find('cli.ts worker'),
    engine: find('engine/process.ts'),
    database: find('bin/postgres -D'),
  };
}

describe('npm start', () => {
  it('brings everything up; a picture is drawn; Ctrl-C ends it, and the next start knows it', async () => {
    const first = await up();
    await imagine(first, 'a', 'a red apple --steps 2 --seed 7');
    const drawn = await finished(first);
    assert.equal(drawn.results?.candidates.length, 4);
    assert.equal(await first.interrupt(), 0);
    assert.equal(first.output().match(/Stopping\./g)?.length, 1);
    assert.doesNotMatch(first.output(), /administrator command/);
    assert.ok(readdirSync(join(dataDir, 'images')).length > 0);
    const second = await up();
    const [again] = await feed(second);
    assert.equal(again?.id, drawn.id);
    assert.equal((await fetch(`${second.url}${again?.results?.candidates[0]?.url}`)).status, 200);
  });

  it('puts back what it draws at Ctrl-C, and finishes it at the next start', async () => {
    const first = await up();
    await imagine(first, 'a', 'a red apple --steps 20 --size 256x256');
    await until(async () => (await feed(first)).find(({ status }) => status.state === 'running'));
    assert.equal(await first.interrupt(), 0);
    const second = await up();
    await finished(second);
    assert.equal((await feed(second)).length, 1);
  });

  it('leaves nothing running when it is told to stop while it still starts', async () => {
    const starting = spawn(
      process.execPath,
      [cliFile, 'up', '--data-dir', dataDir, '--port', '0'],
      {
        stdio: 'ignore',
        detached: true,
      },
    );
    const started = await until(() => {
      const all = descendants(starting.pid as number);
      return all.some(({ command }) => command.includes('initdb')) ? all : null;
    });
    process.kill(-(starting.pid as number), 'SIGINT');
    const [code] = (await once(starting, 'exit')) as [number];
    assert.equal(code, 130);
    await until(() => started.every(({ pid }) => !isRunning(pid)));
    await up();
  });

  it('ends when its terminal is closed, and its database with it', async () => {
    const program = await up();
    const all = descendants(program.child.pid as number);
    assert.ok(all.some(({ command }) => command.includes('bin/postgres')));
    process.kill(-(program.child.pid as number), 'SIGHUP');
    assert.equal(await program.ended, 0);
    await until(() => all.every(({ pid }) => !isRunning(pid)));
  });

  it('is refused a second time on the same data folder, with a sentence', async () => {
    await up();
    const second = await startProgram(['up', '--data-dir', dataDir, '--port', '0']);
    assert.ok('code' in second);
    assert.equal(second.code, 2);
    assert.match(second.output, /in use|already/i);
    assert.equal(second.output.trim().split('\n').length, 1);
  });

  it('says that the port is taken, and leaves nothing running', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const refused = await startProgram(['up', '--data-dir', dataDir, '--port', String(port)]);
    server.close();
    assert.ok('code' in refused);
    assert.equal(refused.code, 2);
    assert.match(refused.output, new RegExp(`Port ${port} is taken`));
    assert.equal(refused.output.trim().split('\n').length, 1);
    await up();
  });

  it('works on after its worker was killed', async () => {
    const program = await up();
    await imagine(program, 'a', 'a red apple --steps 20 --size 256x256');
    await until(async () => (await feed(program)).find(({ status }) => status.state === 'running'));
    const worker = descendants(program.child.pid as number).find(({ command }) =>
      command.includes('cli.ts worker'),
    );
    assert.ok(worker);
    process.kill(worker.pid, 'SIGKILL');
    const request = await finished(program);
    assert.equal(request.results?.candidates.length, 4);
  });

  it('ends with one sentence where no worker could ever start, and leaves nothing running', async () => {
    const program = await startProgram(['up', '--data-dir', dataDir, '--port', '0'], {
      QUARTET_DEVICE: 'coreml',
    });
    const { output, code } =
      'child' in program
        ? { code: await program.ended, output: program.output() }
        : { code: program.code, output: program.output };
    assert.equal(code, 1);
    assert.equal(output.match(/Device coreml is not available here/g)?.length, 1, output);
    assert.doesNotMatch(output, /Another starts|administrator command/);
    await up();
  });

  for (const [what, kill] of [
    ['it was killed alone', (pids: Pids) => [pids.program]],
    ['its database was killed', (pids: Pids) => [pids.database]],
  ] as const) {
    it(`leaves nothing running when ${what}, and the next start goes on`, async () => {
      const first = await up();
      await imagine(first, 'a', 'a red apple --steps 16 --count 2 --size 256x256');
      await until(async () => (await feed(first)).find(({ status }) => status.state === 'running'));
      const pids = pidsOf(first);
      const ended = once(first.child, 'exit');
      for (const pid of kill(pids)) process.kill(pid, 'SIGKILL');
      await ended;
      await until(() => ![pids.worker, pids.engine].some(isRunning));
      const second = await up();
      assert.equal(isRunning(pids.database), false);
      assert.equal((await feed(second)).length, 1);
      if (what === 'it was killed alone') {
        assert.equal((await finished(second)).results?.candidates.length, 2);
      } else {
        assert.match(
          first.output(),
          /The database in .* ended by itself \(SIGKILL\): restart Quartet/,
        );
      }
    });
  }

  it('tells a wrong Discord token without showing it, and the console works', async () => {
    const program = await up({
      DISCORD_TOKEN: 'MTIz.secret.value',
      DISCORD_API_URL: 'http://127.0.0.1:9/api',
    });
    await imagine(program, 'a', 'a cat --steps 1 --count 1');
    await finished(program);
    await until(() => /discord is not connected/.test(program.output()));
    assert.doesNotMatch(program.output(), /secret\.value/);
  });
});

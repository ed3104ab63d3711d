import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createEngine, type EngineOptions } from '#src/engine/client.ts';
import type { Engine, EngineDrawEvent } from '#src/types/engine.ts';
import type { DrawRequest } from '#src/types/model.ts';
import { tinyModel } from '../helpers/golden.ts';

const model = { family: 'z-image', folder: tinyModel };
const request: DrawRequest = {
  prompt: 'a red apple',
  negative: '',
  width: 64,
  height: 48,
  steps: 3,
  cfg: 1,
  seeds: [7, 8],
  tile: 0,
};
const engines: Engine[] = [];
const folders: string[] = [];
after(async () => {
  for (const engine of engines) await engine.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function startEngine(options: Partial<EngineOptions> = {}): Engine {
  const engine = createEngine({ device: 'cpu', ...options });
  engines.push(engine);
  return engine;
}

async function loadedEngine(options: Partial<EngineOptions> = {}): Promise<Engine> {
  const engine = startEngine(options);
  await engine.load(model);
  return engine;
}

async function draw(
  engine: Engine,
  changes: Partial<DrawRequest> = {},
  onEvent: (event: EngineDrawEvent) => void | Promise<void> = () => {},
  signal = new AbortController().signal,
): Promise<EngineDrawEvent[]> {
  const events: EngineDrawEvent[] = [];
  for await (const event of engine.draw({ ...request, ...changes }, { signal })) {
    events.push(event);
    await onEvent(event);
  }
  return events;
}

const pixels = (events: EngineDrawEvent[]) =>
  events.flatMap((event) =>
    event.type === 'candidate' ? [Buffer.from(event.picture.pixels).toString('base64')] : [],
  );

describe('an engine process', () => {
  it('reports every step and delivers each candidate before the next one begins', async () => {
    const engine = await loadedEngine();
    const order = (await draw(engine)).map((event) =>
      event.type === 'step'
        ? `${event.candidate}:${event.step}/${event.steps}`
        : `picture ${event.candidate}`,
    );
    assert.deepEqual(order, [
      '0:1/3',
      '0:2/3',
      '0:3/3',
      'picture 0',
      '1:1/3',
      '1:2/3',
      '1:3/3',
      'picture 1',
    ]);
  });

  it('gives each picture with its seed, its seconds per stage and the peak of memory', async () => {
    const engine = await loadedEngine();
    const pictures = (await draw(engine)).filter((event) => event.type === 'candidate');
    assert.deepEqual(
      pictures.map(({ seed }) => seed),
      [7, 8],
    );
    for (const { seconds, peakBytes, picture } of pictures) {
      assert.ok(seconds.denoise > 0 && seconds.decode > 0);
      assert.ok((peakBytes ?? 0) > 1e6);
      assert.equal(picture.pixels.length, 64 * 48 * 3);
    }
  });

  it('draws the same bytes for the same request, whatever is drawn with it', async () => {
    const engine = await loadedEngine();
    const together = pixels(
      await draw(engine, { seeds: [7, 8, 9, 10], cfg: 3, negative: 'blurry' }),
    );
    for (const [i, seed] of [7, 8, 9, 10].entries()) {
      const alone = pixels(await draw(engine, { seeds: [seed], cfg: 3, negative: 'blurry' }));
      assert.deepEqual(alone, [together[i]]);
    }
    assert.equal(new Set(together).size, 4);
    const other = await loadedEngine();
    assert.deepEqual(
      pixels(await draw(other, { seeds: [7, 8, 9, 10], cfg: 3, negative: 'blurry' })),
      together,
    );
  });

  it('does not change its pictures when previews are wanted, and draws one per step', async () => {
    const engine = await loadedEngine();
    const plain = await draw(engine);
    const previewed = await draw(engine, { wantPreviews: true });
    assert.deepEqual(pixels(previewed), pixels(plain));
    const previews = previewed.flatMap((event) =>
      event.type === 'step' && event.preview ? [event.preview] : [],
    );
    assert.equal(previews.length, 6);
    assert.deepEqual([previews[0]?.width, previews[0]?.height], [8, 6]);
    assert.equal(
      plain.some((event) => 'preview' in event),
      false,
    );
  });

  it('stops before the next step when the request is cancelled, and draws again after', async () => {
    const engine = await loadedEngine();
    const cancel = new AbortController();
    const seen: EngineDrawEvent[] = [];
    await assert.rejects(
      draw(
        engine,
        { steps: 150 },
        (event) => {
          seen.push(event);
          if (seen.length === 2) cancel.abort();
        },
        cancel.signal,
      ),
      { code: 'CANCELLED' },
    );
    // Events that were on their way when the cancel was sent may still arrive; 150 steps do not.
    assert.ok(seen.length < 50, `${seen.length} events`);
    assert.equal((await draw(engine)).length, 8);
  });

  it('answers a cancel that came before the draw began', async () => {
    const engine = await loadedEngine();
    await assert.rejects(
      draw(engine, {}, () => {}, AbortSignal.abort()),
      { code: 'CANCELLED' },
    );
  });

  it('lets draws wait for each other', async () => {
    const engine = await loadedEngine();
    const [one, two] = await Promise.all([draw(engine), draw(engine)]);
    assert.deepEqual(pixels(one), pixels(two));
  });

  it('tells its health and gives all memory back on unload', async () => {
    const engine = await loadedEngine();
    const health = await engine.health();
    assert.equal(health?.model, tinyModel);
    assert.equal(health?.device, 'cpu');
    assert.ok((health?.residentBytes ?? 0) > 1e6);
    await engine.unload();
    assert.equal(await engine.health(), null);
    assert.throws(() => process.kill(health?.pid ?? 0, 0), { code: 'ESRCH' });
    assert.equal((await draw(engine)).length, 8);
  });

  it('fails a draw with ENGINE_DIED when it is killed, and the next one gets a fresh process', async () => {
    const engine = await loadedEngine();
    const before = await engine.health();
    await assert.rejects(
      draw(engine, { steps: 150 }, (event) => {
        if (event.type === 'step' && event.step === 2) process.kill(before?.pid ?? 0, 'SIGKILL');
      }),
      { code: 'ENGINE_DIED', message: /SIGKILL/ },
    );
    assert.equal((await draw(engine)).length, 8);
    assert.notEqual((await engine.health())?.pid, before?.pid);
  });

  /** An engine whose first process hangs or fills its memory. */
  function failingOnce(failure: 'hang' | 'memory', options: Partial<EngineOptions>): Engine {
    const folder = mkdtempSync(join(tmpdir(), 'quartet-fails-'));
    folders.push(folder);
    return startEngine({
      ...options,
      entry: join(import.meta.dirname, '../fixtures/engines/fails-once.ts'),
      env: { ...process.env, FAILURE: failure, MARKER: join(folder, 'failed') },
    });
  }

  it('is ended with ENGINE_TIMEOUT when it gives no sign of life, and the next draw gets a fresh one', async () => {
    const engine = failingOnce('hang', { timeoutMs: 3000 });
    await assert.rejects(engine.load(model), {
      code: 'ENGINE_TIMEOUT',
      message: /no sign of life for 3 s/,
    });
    assert.equal(await engine.health(), null);
    assert.equal((await draw(engine)).length, 8);
  });

  it('fails with OUT_OF_MEMORY when memory runs out, and the next draw gets a fresh one', async () => {
    const engine = failingOnce('memory', { execArgv: ['--max-old-space-size=100'] });
    await assert.rejects(engine.load(model), { code: 'OUT_OF_MEMORY' });
    assert.equal((await draw(engine)).length, 8);
  });

  it('passes its last words on when it ends by itself', async () => {
    const engine = startEngine({
      entry: join(import.meta.dirname, '../fixtures/engines/exits.ts'),
    });
    await assert.rejects(engine.load(model), {
      code: 'ENGINE_DIED',
      message: /code 3.*cannot find the card/s,
    });
  });

  it('refuses a device that is not there instead of falling back', async () => {
    const engine = startEngine({ device: 'dml' });
    await assert.rejects(engine.load(model), {
      code: 'DEVICE_UNAVAILABLE',
      message: /dml is not available here; this machine has .*cpu/,
    });
  });

  it('names what is wrong with a model that cannot be loaded', async () => {
    const engine = startEngine();
    await assert.rejects(engine.load({ family: 'z-image', folder: '/nowhere' }), {
      code: 'MODEL_INVALID',
      message: /\/nowhere/,
    });
  });

  it('writes no telemetry', async () => {
    const home = mkdtempSync(join(tmpdir(), 'quartet-home-'));
    folders.push(home);
    mkdirSync(join(home, 'tmp'));
    const engine = startEngine({
      env: {
        PATH: process.env.PATH,
        HOME: home,
        TMPDIR: join(home, 'tmp'),
        XDG_CACHE_HOME: join(home, 'cache'),
      },
    });
    await engine.load(model);
    await draw(engine);
    await engine.close();
    assert.equal(existsSync(join(home, 'cache')), false);
    assert.deepEqual(readdirSync(home), ['tmp']);
    assert.deepEqual(readdirSync(join(home, 'tmp')), []);
  });

  it('reads weights through symbolic links, as a hub cache keeps them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quartet-links-'));
    folders.push(folder);
    for (const component of readdirSync(tinyModel, { withFileTypes: true })) {
      const from = join(tinyModel, component.name);
      if (!component.isDirectory()) {
        symlinkSync(from, join(folder, component.name));
        continue;
      }
      mkdirSync(join(folder, component.name));
      for (const file of readdirSync(from))
        symlinkSync(join(from, file), join(folder, component.name, file));
    }
    const engine = startEngine();
    await engine.load({ family: 'z-image', folder });
    assert.deepEqual(pixels(await draw(engine)), pixels(await draw(await loadedEngine())));
  });
});

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { StoredRequest } from '#src/store/requests.ts';
import { useBench } from '../helpers/bench.ts';
import { alice, bao, carol } from '../helpers/memory-platform.ts';
import { until } from '../helpers/product.ts';

const bench = useBench();

describe('votes', () => {
  it('count once per person, the latest first, and are taken back', async () => {
    await bench.product.startWorker(bench.engine);
    const { request, results } = await bench.drawn();
    const votes = () => results.pictures.map((picture) => picture.votes);
    await bench.chat.react(alice, 'vote-2', results);
    await bench.chat.react(alice, 'vote-2', results);
    await bench.chat.react(bao, 'vote-3', results);
    await bench.chat.react(alice, 'vote-3', results);
    await until(() => votes().join() === '0,0,2,0');
    await bench.chat.react(alice, 'vote-3', results, false);
    await until(() => votes().join() === '0,1,1,0');
    assert.match(results.text.join('\n'), /a tie; picture 2/);
    const [pressed] = await bench.chat.press(carol, `vote-3:${request.id}`);
    assert.equal(pressed?.text, 'Your vote: picture 3.');
    await until(() => votes().join() === '0,1,2,0');
    await bench.chat.press(carol, `vote-3:${request.id}`);
    await until(() => votes().join() === '0,1,1,0');
  });

  it('work after a restart', async () => {
    await bench.product.startWorker(bench.engine);
    const { results } = await bench.drawn();
    await bench.product.stopBot();
    await bench.product.startBot();
    await bench.chat.react(alice, 'vote-4', results);
    await until(() => results.pictures[3]?.votes === 1);
  });
});

describe('votes while nobody listens', () => {
  it('are read back at the next start: those that were given, and those that were taken off', async () => {
    await bench.product.startWorker(bench.engine);
    const { results } = await bench.drawn();
    const votes = () => results.pictures.map((picture) => picture.votes).join();
    await bench.chat.react(alice, 'vote-1', results);
    await bench.chat.react(bao, 'vote-2', results);
    await until(() => votes() === '1,1,0,0');
    await bench.product.stopBot();
    await bench.chat.react(alice, 'vote-1', results, false);
    await bench.chat.react(carol, 'vote-4', results);
    await bench.product.startBot();
    await until(() => votes() === '0,1,0,1');
    // Its end was missed: the same again is a vote again.
    await bench.chat.react(alice, 'vote-1', results);
    await until(() => votes() === '1,1,0,1');
  });
});

describe('votes on pictures', () => {
  it('that are still to come count once they are there; on others they do not', async () => {
    const held = Promise.withResolvers<void>();
    bench.engine.beforeStep = (_request, candidate) =>
      candidate === 1 ? held.promise : Promise.resolve();
    await bench.product.startWorker(bench.engine);
    const { id } = await bench.imagine('a cat --steps 1 --count 2');
    const results = await bench.message('results');
    await bench.chat.react(alice, 'vote-2', results);
    await bench.chat.react(bao, 'vote-3', results);
    held.resolve();
    await until(() => results.pictures.map(({ votes }) => votes).join() === '0,1');
    const [pressed] = await bench.chat.press(carol, `vote-4:${id}`);
    assert.equal(pressed?.text, 'There is no picture 4 here.');
  });
});

describe('a reroll', () => {
  it('has new seeds, goes into the same thread and names its parent; a burst is one', async () => {
    await bench.product.startWorker(bench.engine);
    const { request, results } = await bench.drawn();
    const held = Promise.withResolvers<void>();
    bench.engine.beforeStep = () => held.promise;
    await Promise.all(
      [alice, bao, carol].map((person) => bench.chat.react(person, 'reroll', results)),
    );
    held.resolve();
    await until(
      async () => bench.chat.of('mention').length === 2 && (await bench.openCount()) === 0,
    );
    const [again, ...others] = bench.chat.of('results').slice(1);
    assert.equal(others.length, 0);
    assert.equal(again?.threadId, results.threadId);
    // In the language of whoever was first.
    const lineage = new RegExp(`(From request|来自请求) ${request.shortId}`);
    assert.match(again?.text.join('\n') ?? '', lineage);
    const child = (await bench.store().requests.find(again?.requestId as string)) as StoredRequest;
    assert.equal(child.parentId, request.id);
    assert.equal(child.relation, 'reroll');
    const seedsOf = (one: StoredRequest) => one.options.seeds as number[];
    assert.equal(
      seedsOf(child).some((seed) => seedsOf(request).includes(seed)),
      false,
    );
    // After it is posted, another one starts another.
    await bench.chat.react(bao, 'reroll', results, false);
    await bench.chat.react(bao, 'reroll', results);
    await until(() => bench.chat.of('results').length === 3);
  });

  it('is refused to others where only the requester may, and said once', async () => {
    await bench.product.startWorker(bench.engine);
    const { results } = await bench.drawn();
    await bench.chat.command(carol, 'settings', { reroll: 'requester' });
    await bench.chat.react(bao, 'reroll', results);
    await bench.chat.react(bao, 'reroll', results, false);
    await bench.chat.react(bao, 'reroll', results);
    const notices = await until(() =>
      bench.chat.of('notice').length > 0 ? bench.chat.of('notice') : null,
    );
    assert.equal(notices.length, 1);
    assert.match(notices[0]?.text[0] ?? '', /只有本人/);
    assert.equal(bench.chat.of('status').length, 1);
  });

  it('that needs two people waits for the second', async () => {
    await bench.product.startWorker(bench.engine);
    const { results } = await bench.drawn();
    await bench.chat.command(carol, 'settings', { reroll: '2' });
    await bench.chat.react(bao, 'reroll', results);
    assert.equal(bench.chat.of('status').length, 1);
    await bench.chat.react(alice, 'reroll', results);
    await until(() => bench.chat.of('status').length === 2);
  });
});

describe('a reroll that waits', () => {
  it('is joined by anyone, whatever they have waiting and whoever may reroll', async () => {
    await bench.product.startWorker(bench.engine);
    const { request, results } = await bench.drawn('a cat --steps 1 --count 1');
    await bench.chat.command(carol, 'settings', { reroll: 'requester' });
    await bench.product.stopWorker();
    await bench.chat.react(alice, 'reroll', results);
    for (let i = 0; i < 4; i += 1) await bench.imagine(`tree ${i}`, bao);
    const [said] = await bench.chat.press(bao, `reroll:${request.id}`);
    assert.match(said?.text ?? '', /已经在进行/);
    await bench.chat.react(bao, 'reroll', results);
    assert.equal(bench.chat.of('notice').length, 0);
    assert.equal((await bench.store().requests.listChildren(request.id)).length, 1);
  });

  it('needs so many people anew once it is posted', async () => {
    await bench.product.startWorker(bench.engine);
    const { request, results } = await bench.drawn('a cat --steps 1 --count 1');
    await bench.chat.command(carol, 'settings', { reroll: '2' });
    const held = Promise.withResolvers<void>();
    bench.engine.beforeStep = () => held.promise;
    await bench.chat.react(alice, 'reroll', results);
    await bench.chat.react(bao, 'reroll', results);
    await bench.chat.react(carol, 'reroll', results);
    held.resolve();
    await until(() => bench.chat.of('mention').length === 2);
    await until(async () => (await bench.openCount()) === 0);
    const [said] = await bench.chat.press(carol, `reroll:${request.id}`);
    assert.equal(said?.text, '1 of 2 people want a reroll.');
  });
});

describe('a reaction that cannot be followed', () => {
  it('is answered once per person and wish, however often it comes', async () => {
    await bench.product.startWorker(bench.engine);
    const { results } = await bench.drawn('a cat --size 512x512 --steps 1 --count 1');
    for (const person of [alice, alice, bao, alice]) {
      await bench.chat.react(person, 'enlarge', results);
      await bench.chat.react(person, 'enlarge', results, false);
    }
    assert.deepEqual(
      bench.chat.of('notice').map(({ text }) => /1024x1024/.test(text.join())),
      [true, true],
    );
  });

  it('says so where somebody has too many waiting', async () => {
    await bench.product.startWorker(bench.engine);
    const { results } = await bench.drawn('a cat --steps 1 --count 1');
    await bench.product.stopWorker();
    for (let i = 0; i < 4; i += 1) await bench.imagine(`tree ${i}`);
    await bench.chat.react(alice, 'vary', results);
    assert.match(bench.chat.of('notice')[0]?.text[0] ?? '', /You have 4 waiting \(limit 4\)/);
  });
});

describe('the other actions', () => {
  it('enlarge draws the leading picture again at twice its size, and says which', async () => {
    await bench.product.startWorker(bench.engine);
    const { request, results } = await bench.drawn();
    await bench.chat.react(alice, 'vote-3', results);
    const [reply] = await bench.chat.press(alice, `enlarge:${request.id}`);
    assert.match(reply?.text ?? '', /^From picture 3: it leads\. Queued as/);
    const larger = await until(() =>
      bench.chat
        .of('results')
        .find((one) => one.requestId !== request.id && one.state === 'complete'),
    );
    assert.equal(larger.pictures.length, 1);
    assert.match(larger.text.join('\n'), /256x256/);
    const drawing = bench.engine.drawn.at(-1);
    assert.deepEqual(drawing?.seeds, [9]);
    assert.equal(drawing?.image?.strength, 0.1);
    assert.equal(drawing?.image?.pixels.length, 256 * 256 * 3);
  });

  it('enlarge says so when the model draws nothing that large', async () => {
    await bench.product.startWorker(bench.engine);
    const { request } = await bench.drawn('a cat --size 512x512 --steps 1 --count 1');
    const [reply] = await bench.chat.press(alice, `enlarge:${request.id}`);
    assert.match(reply?.text ?? '', /1024x1024.*at most 512/);
  });

  it('vary draws four neighbours of the leading picture', async () => {
    await bench.product.startWorker(bench.engine);
    const { request } = await bench.drawn();
    const [reply] = await bench.chat.press(bao, `vary:${request.id}`);
    assert.match(reply?.text ?? '', /取自第 1 张：还没有人投票/);
    await until(() => bench.chat.of('mention').length === 2);
    assert.deepEqual(bench.engine.drawn.at(-1)?.variation, { baseSeed: 7, strength: 0.3 });
    assert.equal(bench.engine.drawn.at(-1)?.seeds.length, 4);
  });

  it('details say everything', async () => {
    await bench.product.startWorker(bench.engine);
    const { request } = await bench.drawn();
    const [reply] = await bench.chat.press(alice, `details:${request.id}`);
    assert.match(
      reply?.text ?? '',
      /Prompt: a red apple[^]*1: seed 7[^]*4: seed 10[^]*Request [a-z0-9]{6}/,
    );
  });

  it('delete takes the messages and pictures away, by the requester or a lead alone', async () => {
    await bench.product.startWorker(bench.engine);
    const { request, results } = await bench.drawn();
    const [refused] = await bench.chat.press(bao, `delete:${request.id}`);
    assert.match(refused?.text ?? '', /只有本人或管理者/);
    const { images } = bench.product.bot().services;
    const candidates = await bench.store().candidates.list(request.id);
    await bench.chat.press(carol, `delete:${request.id}`);
    assert.equal(bench.chat.messages.includes(results), false);
    assert.equal(bench.chat.messages.length, 0);
    assert.equal(await bench.store().requests.find(request.id), null);
    for (const { sha256 } of candidates) assert.equal(await images.has(sha256), false);
  });
});

describe('deleting', () => {
  it('keeps the thread while others have pictures in it, and what they are drawn from', async () => {
    await bench.product.startWorker(bench.engine);
    const { request } = await bench.drawn('a cat --steps 1 --count 1');
    const { images } = bench.product.bot().services;
    const [source] = await bench.store().candidates.list(request.id);
    const address = source?.sha256 ?? '';
    await bench.product.stopWorker();
    await bench.chat.press(bao, `enlarge:${request.id}`);
    await bench.chat.press(alice, `delete:${request.id}`);
    assert.equal(bench.chat.of('results').length, 0);
    assert.equal(bench.chat.of('status').length, 2);
    assert.equal(await images.has(address), true);
    await bench.product.startWorker(bench.engine);
    const larger = await bench.message('results', 'complete');
    assert.equal(larger.threadId, bench.chat.of('status')[0]?.id);
    await until(async () => (await bench.openCount()) === 0);
    await bench.chat.press(bao, `delete:${larger.requestId}`);
    assert.equal(await images.has(address), false);
  });

  it('what is being drawn leaves neither message nor picture', async () => {
    const held = Promise.withResolvers<void>();
    bench.engine.beforeStep = (_request, candidate) =>
      candidate === 1 ? held.promise : Promise.resolve();
    await bench.product.startWorker(bench.engine);
    const { id } = await bench.imagine('a cat --steps 1 --count 2');
    await bench.message('results');
    await bench.chat.press(alice, `delete:${id}`);
    held.resolve();
    await bench.product.stopWorker();
    assert.deepEqual(bench.chat.messages, []);
    const folder = join(bench.product.config.dataDir, 'images');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    assert.deepEqual(
      files.filter((name) => name.endsWith('.png')),
      [],
    );
  });
});

describe('cancelling', () => {
  it('a waiting one ends at once', async () => {
    const request = await bench.imagine();
    await bench.chat.press(alice, `cancel:${request.id}`);
    await bench.message('status', 'cancelled');
    await bench.product.startWorker(bench.engine);
    assert.equal((await bench.store().requests.find(request.id))?.status, 'cancelled');
    assert.deepEqual(bench.engine.drawn, []);
  });

  it('a running one ends before its next step and keeps what is drawn', async () => {
    bench.engine.beforeStep = async (_request, candidate, _step, signal) => {
      if (candidate === 1)
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
    };
    await bench.product.startWorker(bench.engine);
    const request = await bench.imagine();
    await until(() => bench.chat.of('results').length === 1);
    const [reply] = await bench.chat.press(alice, `cancel:${request.id}`);
    assert.equal(reply?.text, 'It stops before its next step.');
    const status = await bench.message('status', 'cancelled');
    assert.match(status.text.join(), /Cancelled after 1 of 4/);
    assert.equal(bench.chat.of('results')[0]?.pictures.length, 1);
  });

  it("somebody else's is for leads", async () => {
    const request = await bench.imagine();
    const [refused] = await bench.chat.press(bao, `cancel:${request.id}`);
    assert.match(refused?.text ?? '', /只有本人或管理者/);
    await bench.chat.press(carol, `cancel:${request.id}`);
    await bench.message('status', 'cancelled');
  });

  it('all of mine leaves the others alone', async () => {
    await bench.imagine('one', alice);
    await bench.imagine('two', alice);
    await bench.imagine('three', bao);
    const [reply] = await bench.chat.command(alice, 'cancel', 'all');
    assert.equal(reply?.text, '2 waiting requests cancelled.');
    assert.equal(await bench.openCount(), 1);
  });
});

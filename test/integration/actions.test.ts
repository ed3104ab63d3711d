import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StoredRequest } from '#src/store/requests.ts';
import type { Person } from '#src/types/chat.ts';
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

describe('the other actions', () => {
  it('enlarge draws the leading picture again at twice its size, and says which', async () => {
    await bench.product.startWorker(bench.engine);
    const { request, results } = await bench.drawn();
    await bench.chat.react(alice, 'vote-3', results);
    const [reply] = await bench.chat.press(alice, `enlarge:${request.id}`);
    assert.match(reply?.text ?? '', /^Picture 3 leads\. Queued as/);
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
    assert.match(reply?.text ?? '', /还没有投票：取了第 1 张/);
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

describe('commands', () => {
  it('say what they can, in the language of the person', async () => {
    const [help] = await bench.chat.command(alice, 'help', {});
    assert.match(help?.text ?? '', /\/imagine: Draw four candidates/);
    const [chinese] = await bench.chat.command(bao, '帮助', '画图');
    assert.match(chinese?.text ?? '', /--steps：去噪步数/);
    const [unknown] = await bench.chat.command(alice, 'help', 'imagin');
    assert.match(unknown?.text ?? '', /There is no command imagin\. Did you mean \/imagine\?/);
    const [far] = await bench.chat.command(bao, 'help', 'zzzzzzzz');
    assert.match(far?.text ?? '', /没有 zzzzzzzz 这个命令。可用的有：\/cancel/);
  });

  it('keep styles: saved, used, listed, deleted by whoever saved them or a lead', async () => {
    await bench.product.startWorker(bench.engine);
    await bench.chat.command(alice, 'styles', 'save noir black and white, film grain');
    const [list] = await bench.chat.command(bao, 'styles', '');
    assert.match(list?.text ?? '', /noir: {prompt}, black and white, film grain/);
    await bench.drawn('a cat --style noir --steps 1 --count 1');
    assert.equal(bench.engine.drawn[0]?.prompt, 'a cat, black and white, film grain');
    const [refused] = await bench.chat.command(bao, 'styles', 'delete noir');
    assert.match(refused?.text ?? '', /只有保存者或管理者/);
    const [deleted] = await bench.chat.command(carol, 'styles', 'delete noir');
    assert.equal(deleted?.text, 'Deleted noir.');
  });

  it('change settings for leads alone; the channel’s style and language apply', async () => {
    await bench.product.startWorker(bench.engine);
    const [refused] = await bench.chat.command(alice, 'settings', { style: 'flat' });
    assert.match(refused?.text ?? '', /for leads/);
    await bench.chat.command(carol, 'settings', { style: 'flat', language: 'zh-CN' });
    const { request } = await bench.drawn('a cat --steps 1 --count 1');
    assert.equal(request.options.style, 'flat');
    assert.match(bench.chat.of('status')[0]?.text.join() ?? '', /完成 1 张/);
    const line = 'a dog --steps 1 --count 1 --cfg 1 --no frames';
    const [answer] = await bench.chat.command(alice, 'imagine', line);
    assert.match(answer?.text ?? '', /A negative prompt does nothing at cfg 1/);
    const told = await until(() => bench.chat.of('status')[1]);
    await until(() => told.state === 'done');
    assert.match(told.text.join(), /反向提示词不起作用/);
    const [bad] = await bench.chat.command(carol, 'settings', { style: 'flt', reroll: 'never' });
    assert.match(
      bad?.text ?? '',
      /style flt does not fit[^]*Nearest: flat\.[^]*reroll never does not fit/,
    );
  });

  it('name leads by mention, name or id, and nobody who is not there', async () => {
    await bench.imagine('one', alice);
    const leads = async (values: object) =>
      (await bench.chat.command(carol, 'settings', { ...values })).at(-1)?.text ?? '';
    assert.match(await leads({ lead: '@alice' }), /Leads by name: Alice/);
    assert.match(await leads({ unlead: '<@alice|Alice>' }), /Leads by name: –/);
    assert.match(
      await leads({ lead: '<@123456789012345678>' }),
      /Leads by name: 123456789012345678/,
    );
    assert.equal(
      await leads({ lead: '@nobody', style: 'flt' }),
      '• style flt does not fit: use one of flat, 3d, cartoon, sticker, default. Nearest: flat.\n' +
        '• Nobody named nobody is known here: mention them, or let them use any command of mine first.',
    );
  });

  it('show the queue with turns and reasons', async () => {
    await bench.imagine('one', alice);
    await bench.imagine('two', alice);
    await bench.imagine('three', bao);
    const [reply] = await bench.chat.command(alice, 'queue', {});
    const lines = (reply?.text ?? '').split('\n');
    assert.match(lines[0] ?? '', /no worker is connected/);
    assert.deepEqual(lines.slice(1), [
      '1. you: one (next: nobody has an earlier turn)',
      '2. Bao: three (after 1 other person)',
      '3. you: two (after 1 other person and 1 of the same person)',
      'People take turns: whoever waits has one drawn before anybody has a second one.',
    ]);
    const [chinese] = await bench.chat.command(bao, 'queue', {});
    assert.match(chinese?.text ?? '', /2\. 您：three（前面有 1 人）/);
  });

  it('show history, and doctor what is so', async () => {
    const request = await bench.imagine('a tree');
    const [history] = await bench.chat.command(alice, 'history', '');
    assert.match(history?.text ?? '', new RegExp(`${request.shortId} · queued · a tree`));
    const [doctor] = await bench.chat.command(carol, 'doctor', {});
    assert.match(doctor?.text ?? '', /✓ database: answers[^]*✗ workers: 0 → start one/);
  });

  it('offer suggestions from models and styles', async () => {
    const place = {
      platform: 'discord',
      workspaceId: 'w1',
      channelId: 'general',
      threadId: null,
    } as const;
    const sizes = await bench.chat.inbox().suggest('imagine', 'size', 'squ', alice, place);
    assert.deepEqual(
      sizes.map(({ value }) => value),
      ['square'],
    );
    const styles = await bench.chat.inbox().suggest('imagine', 'style', '', alice, place);
    assert.deepEqual(
      styles.map(({ value }) => value),
      ['flat', '3d', 'cartoon', 'sticker'],
    );
    const presets = await bench.chat.inbox().suggest('imagine', 'preset', 'dra', bao, place);
    assert.deepEqual(presets, [{ label: 'draft (步数 8)', value: 'draft' }]);
    const { shortId } = await bench.imagine('a tree', alice);
    const offered = async (person: Person) =>
      (await bench.chat.inbox().suggest('cancel', 'which', '', person, place)).map(
        ({ value }) => value,
      );
    assert.deepEqual(await offered(alice), [shortId, 'all']);
    assert.deepEqual(await offered(bao), ['all']);
    assert.deepEqual(await offered(carol), [shortId, 'all'], 'a lead may cancel anybody’s');
  });
});

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { AppError } from '#src/errors.ts';
import type { StoredRequest } from '#src/store/requests.ts';
import {
  alice,
  bao,
  carol,
  createMemoryChat,
  type MemoryChat,
  type MemoryMessage,
} from '../helpers/memory-platform.ts';
import { startTestPostgres, type TestPostgres } from '../helpers/postgres.ts';
import { createProduct, until, type Product } from '../helpers/product.ts';
import { createStubEngine, type StubEngine } from '../helpers/stub-engine.ts';

let postgres: TestPostgres;
let chat: MemoryChat;
let product: Product;
let engine: StubEngine;

before(async () => {
  postgres = await startTestPostgres();
});
after(() => postgres.stop());
beforeEach(async () => {
  chat = createMemoryChat();
  product = createProduct(await postgres.createDatabase(), [chat.module]);
  engine = createStubEngine();
  await product.startBot();
});
afterEach(() => product.stop());

const store = () => product.bot().services.store;
const retryable = (text: string) => new AppError('PLATFORM_FAILED', text, { retryable: true });
const openCount = async () => (await store().requests.listOpen()).length;

/** The one message of a kind, once it is there and as it should be. */
const message = (kind: MemoryMessage['kind'], state?: string) =>
  until(() => chat.of(kind).find((one) => state === undefined || one.state === state));

async function imagine(
  line = 'a red apple --seed 7 --steps 2',
  person = alice,
): Promise<StoredRequest> {
  const count = chat.of('status').length;
  await chat.command(person, 'imagine', line);
  const status = await until(() => chat.of('status')[count]);
  return (await store().requests.find(status.requestId as string)) as StoredRequest;
}

/** A request whose pictures are posted. */
async function drawn(
  line?: string,
  person = alice,
): Promise<{ request: StoredRequest; results: MemoryMessage }> {
  const request = await imagine(line, person);
  await until(async () => (await store().requests.find(request.id))?.status === 'done');
  const results = chat
    .of('results')
    .find(({ requestId }) => requestId === request.id) as MemoryMessage;
  return { request, results };
}

describe('a request', () => {
  it('is answered privately, drawn into its thread and mentions whoever asked, once each', async () => {
    await product.startWorker(engine);
    const replies = await chat.command(alice, 'imagine', 'a red apple --seed 7 --steps 2');
    assert.match(replies[0]?.text ?? '', /^Queued as [a-z0-9]{6}\./);
    const status = await message('status', 'done');
    const results = await message('results', 'complete');
    await until(async () => (await openCount()) === 0);
    assert.match(status.text[0] ?? '', /“a red apple” for Alice/);
    assert.match(status.text[1] ?? '', /4 pictures in/);
    assert.equal(results.threadId, status.id);
    assert.deepEqual(
      results.pictures.map(({ fileName }) => fileName),
      ['1.png', '2.png', '3.png', '4.png'],
    );
    assert.match(results.pictures[1]?.altText ?? '', /Picture 2 of 4.*a red apple/);
    assert.match(results.text.join('\n'), /128x128 · steps 2 · cfg 3 · seed 7–10 · pocket/);
    assert.deepEqual(results.reactions, [
      'reroll', 'vote-1', 'vote-2', 'vote-3', 'vote-4', 'enlarge', 'vary', 'details', 'delete',
    ]); // prettier-ignore
    const mentions = chat.of('mention');
    assert.deepEqual(
      mentions.map((one) => [one.threadId, one.mentions]),
      [[status.id, ['alice']]],
    );
    assert.equal(chat.messages.length, 3);
  });

  it('speaks the language of whoever asked', async () => {
    await product.startWorker(engine);
    const { results } = await drawn('一个红苹果 --步数 2', bao);
    assert.match(chat.of('status')[0]?.text.join('\n') ?? '', /完成 4 张/);
    assert.match(results.pictures[0]?.altText ?? '', /第 1 张/);
    assert.match(chat.told.get('bao')?.[0]?.text ?? '', /已排队/);
  });

  it('delivered twice by the platform is one request', async () => {
    await product.startWorker(engine);
    await chat.command(alice, 'imagine', 'a cat --steps 1 --count 1', { id: 'same' });
    await chat.command(alice, 'imagine', 'a cat --steps 1 --count 1', { id: 'same' });
    await message('mention');
    assert.equal(chat.of('status').length, 1);
    assert.equal(engine.drawn.length, 1);
  });

  it('shows its first picture before the last is drawn, and its steps in words', async () => {
    const held = Promise.withResolvers<void>();
    engine.beforeStep = (_request, candidate) =>
      candidate === 3 ? held.promise : Promise.resolve();
    await product.startWorker(engine);
    await imagine();
    const results = await until(() =>
      chat.of('results').find(({ pictures }) => pictures.length === 3),
    );
    assert.equal(results.state, 'partial');
    assert.deepEqual(results.reactions, []);
    const status = await until(() =>
      chat.of('status').find(({ progress }) => (progress?.done ?? 0) > 0),
    );
    assert.match(status.progress?.text ?? '', /picture \d of 4, step \d of 2/);
    held.resolve();
    await message('results', 'complete');
  });

  it('says its place and the reason for it, and that nobody draws', async () => {
    await imagine('one', alice);
    await imagine('two', bao);
    const second = chat.of('status')[1] as MemoryMessage;
    await until(() => second.text.join().includes('前面有 1 人'));
    const first = chat.of('status')[0] as MemoryMessage;
    await until(() => first.text.join().includes('no worker is connected'));
  });

  it('with faults is refused with all of them at once, and its correction can be sent', async () => {
    await product.startWorker(engine);
    const [reply] = await chat.command(
      alice,
      'imagine',
      'a red apple --size 1010x512 --steps 900 --cfg 4',
    );
    assert.match(reply?.text ?? '', /width 1010/);
    assert.match(reply?.text ?? '', /steps 900/);
    assert.equal(chat.of('status').length, 0);
    const control = reply?.controls?.[0];
    assert.equal(control?.action, 'use-correction');
    await chat.press(alice, control?.id ?? '');
    await chat.press(alice, control?.id ?? '');
    await message('results', 'complete');
    assert.equal(chat.of('status').length, 1);
    const [asked] = await store().requests.listRecent({ limit: 1 });
    assert.equal(asked?.options.cfg, 4);
    assert.equal(asked?.options.height, 512);
  });

  it("does not take somebody else's correction", async () => {
    const [reply] = await chat.command(alice, 'imagine', 'a red apple --steps 900');
    const answer = await chat.press(bao, reply?.controls?.[0]?.id ?? '');
    assert.match(answer[0]?.text ?? '', /不在了/);
    assert.equal(chat.of('status').length, 0);
  });

  it('beyond the cap of waiting ones is refused with the cap', async () => {
    for (let i = 0; i < 4; i += 1) await imagine(`apple ${i}`);
    const [reply] = await chat.command(alice, 'imagine', 'one more');
    assert.match(reply?.text ?? '', /You have 4 waiting \(limit 4\)/);
    assert.equal(chat.of('status').length, 4);
  });

  it('of blocked or adult words is refused with the word; the mark of the channel lifts the latter', async () => {
    await chat.command(carol, 'settings', { block: 'acme' });
    const [blocked] = await chat.command(alice, 'imagine', 'the ACME logo');
    assert.match(blocked?.text ?? '', /“acme” is blocked/);
    const [adult] = await chat.command(alice, 'imagine', 'a nude statue');
    assert.match(adult?.text ?? '', /marked for adults/);
    const [refused] = await chat.command(carol, 'settings', { adult: 'yes' });
    assert.match(refused?.text ?? '', /not marked for adults/);
    chat.facts.isAdult = true;
    await product.stopBot();
    await product.startBot();
    await imagine('a nude statue');
  });

  it('in a channel without the rights, or that is turned off, is refused with the reason', async () => {
    chat.facts.missingRights = ['Attach Files'];
    const [reply] = await chat.command(alice, 'imagine', 'a cat');
    assert.match(reply?.text ?? '', /#general.*Attach Files/);
    chat.facts.missingRights = [];
    await chat.command(carol, 'settings', { allowed: false });
    const [off] = await chat.command(alice, 'imagine', 'a cat');
    assert.match(off?.text ?? '', /turned off in this channel/);
  });

  it('of a model that is not registered names those that are, and no folder of the machine', async () => {
    const [reply] = await chat.command(alice, 'imagine', 'a cat --model /etc');
    assert.match(reply?.text ?? '', /pocket/);
    assert.equal(chat.of('status').length, 0);
  });
});

describe('posting', () => {
  for (const call of ['publishStatus', 'publishResults', 'mention'] as const) {
    for (const when of ['before', 'after'] as const) {
      it(`survives a failure of ${call} ${when} it was carried out, without a duplicate`, async () => {
        await product.startWorker(engine);
        chat.failNext(call, retryable('the line broke'), when);
        await imagine();
        await until(async () => (await openCount()) === 0);
        assert.equal(chat.of('status').length, 1);
        assert.equal(chat.of('results').length, 1);
        assert.equal(chat.of('results')[0]?.pictures.length, 4);
        assert.equal(chat.of('mention').length, 1);
        assert.equal(chat.of('status')[0]?.state, 'done');
      });
    }
  }

  it('leaves the reactions out where they are not allowed: the buttons do the same', async () => {
    await product.startWorker(engine);
    chat.failNext('addReactions', new AppError('PERMISSION_MISSING', 'Add Reactions is missing.'));
    const { results } = await drawn();
    assert.deepEqual(results.reactions, []);
    assert.ok(results.controls.some((id) => id.startsWith('reroll:')));
  });

  it('ends with a sentence when the pictures cannot be posted', async () => {
    await product.startWorker(engine);
    const reason = 'I cannot attach files in #general: the right "Attach Files" is missing.';
    for (let i = 0; i < 8; i += 1)
      chat.failNext('publishResults', new AppError('PERMISSION_MISSING', reason));
    await imagine();
    const status = await message('status', 'failed');
    assert.ok(status.text.includes(reason));
  });

  it('does not bring back a status message that somebody deleted', async () => {
    const held = Promise.withResolvers<void>();
    engine.beforeStep = () => held.promise;
    await product.startWorker(engine);
    await imagine();
    chat.messages.splice(0, 1);
    held.resolve();
    await message('results', 'complete');
    await until(async () => (await openCount()) === 0);
    assert.equal(chat.of('status').length, 0);
  });
});

describe('votes', () => {
  it('count once per person, the latest first, and are taken back', async () => {
    await product.startWorker(engine);
    const { request, results } = await drawn();
    const votes = () => results.pictures.map((picture) => picture.votes);
    await chat.react(alice, 'vote-2', results);
    await chat.react(alice, 'vote-2', results);
    await chat.react(bao, 'vote-3', results);
    await chat.react(alice, 'vote-3', results);
    await until(() => votes().join() === '0,0,2,0');
    await chat.react(alice, 'vote-3', results, false);
    await until(() => votes().join() === '0,1,1,0');
    assert.match(results.text.join('\n'), /a tie; picture 2/);
    const [pressed] = await chat.press(carol, `vote-3:${request.id}`);
    assert.equal(pressed?.text, 'Your vote: picture 3.');
    await until(() => votes().join() === '0,1,2,0');
    await chat.press(carol, `vote-3:${request.id}`);
    await until(() => votes().join() === '0,1,1,0');
  });

  it('work after a restart', async () => {
    await product.startWorker(engine);
    const { results } = await drawn();
    await product.stopBot();
    await product.startBot();
    await chat.react(alice, 'vote-4', results);
    await until(() => results.pictures[3]?.votes === 1);
  });
});

describe('a reroll', () => {
  it('has new seeds, goes into the same thread and names its parent; a burst is one', async () => {
    await product.startWorker(engine);
    const { request, results } = await drawn();
    await Promise.all([alice, bao, carol].map((person) => chat.react(person, 'reroll', results)));
    await until(async () => chat.of('mention').length === 2 && (await openCount()) === 0);
    const [again, ...others] = chat.of('results').slice(1);
    assert.equal(others.length, 0);
    assert.equal(again?.threadId, results.threadId);
    assert.match(again?.text.join('\n') ?? '', new RegExp(`From request ${request.shortId}`));
    const child = (await store().requests.find(again?.requestId as string)) as StoredRequest;
    assert.equal(child.parentId, request.id);
    assert.equal(child.relation, 'reroll');
    const seedsOf = (one: StoredRequest) => one.options.seeds as number[];
    assert.equal(
      seedsOf(child).some((seed) => seedsOf(request).includes(seed)),
      false,
    );
    // After it is posted, another one starts another.
    await chat.react(bao, 'reroll', results, false);
    await chat.react(bao, 'reroll', results);
    await until(() => chat.of('results').length === 3);
  });

  it('is refused to others where only the requester may, and said once', async () => {
    await product.startWorker(engine);
    const { results } = await drawn();
    await chat.command(carol, 'settings', { reroll: 'requester' });
    await chat.react(bao, 'reroll', results);
    await chat.react(bao, 'reroll', results, false);
    await chat.react(bao, 'reroll', results);
    const notices = await until(() => (chat.of('notice').length > 0 ? chat.of('notice') : null));
    assert.equal(notices.length, 1);
    assert.match(notices[0]?.text[0] ?? '', /只有本人/);
    assert.equal(chat.of('status').length, 1);
  });

  it('that needs two people waits for the second', async () => {
    await product.startWorker(engine);
    const { results } = await drawn();
    await chat.command(carol, 'settings', { reroll: '2' });
    await chat.react(bao, 'reroll', results);
    assert.equal(chat.of('status').length, 1);
    await chat.react(alice, 'reroll', results);
    await until(() => chat.of('status').length === 2);
  });
});

describe('the other actions', () => {
  it('enlarge draws the leading picture again at twice its size, and says which', async () => {
    await product.startWorker(engine);
    const { request, results } = await drawn();
    await chat.react(alice, 'vote-3', results);
    const [reply] = await chat.press(alice, `enlarge:${request.id}`);
    assert.match(reply?.text ?? '', /^Picture 3 leads\. Queued as/);
    const larger = await until(() =>
      chat.of('results').find((one) => one.requestId !== request.id && one.state === 'complete'),
    );
    assert.equal(larger.pictures.length, 1);
    assert.match(larger.text.join('\n'), /256x256/);
    const drawing = engine.drawn.at(-1);
    assert.deepEqual(drawing?.seeds, [9]);
    assert.equal(drawing?.image?.strength, 0.35);
    assert.equal(drawing?.image?.pixels.length, 256 * 256 * 3);
  });

  it('enlarge says so when the model draws nothing that large', async () => {
    await product.startWorker(engine);
    const { request } = await drawn('a cat --size 512x512 --steps 1 --count 1');
    const [reply] = await chat.press(alice, `enlarge:${request.id}`);
    assert.match(reply?.text ?? '', /1024x1024.*at most 512/);
  });

  it('vary draws four neighbours of the leading picture', async () => {
    await product.startWorker(engine);
    const { request } = await drawn();
    const [reply] = await chat.press(bao, `vary:${request.id}`);
    assert.match(reply?.text ?? '', /还没有投票：取了第 1 张/);
    await until(() => chat.of('mention').length === 2);
    assert.deepEqual(engine.drawn.at(-1)?.variation, { baseSeed: 7, strength: 0.3 });
    assert.equal(engine.drawn.at(-1)?.seeds.length, 4);
  });

  it('details say everything', async () => {
    await product.startWorker(engine);
    const { request } = await drawn();
    const [reply] = await chat.press(alice, `details:${request.id}`);
    assert.match(
      reply?.text ?? '',
      /Prompt: a red apple[^]*1: seed 7[^]*4: seed 10[^]*Request [a-z0-9]{6}/,
    );
  });

  it('delete takes the messages and pictures away, by the requester or a lead alone', async () => {
    await product.startWorker(engine);
    const { request, results } = await drawn();
    const [refused] = await chat.press(bao, `delete:${request.id}`);
    assert.match(refused?.text ?? '', /只有本人或管理者/);
    const { images } = product.bot().services;
    const candidates = await store().candidates.list(request.id);
    await chat.press(carol, `delete:${request.id}`);
    assert.equal(chat.messages.includes(results), false);
    assert.equal(chat.messages.length, 0);
    assert.equal(await store().requests.find(request.id), null);
    for (const { sha256 } of candidates) assert.equal(await images.has(sha256), false);
  });
});

describe('cancelling', () => {
  it('a waiting one ends at once', async () => {
    const request = await imagine();
    await chat.press(alice, `cancel:${request.id}`);
    await message('status', 'cancelled');
    await product.startWorker(engine);
    assert.equal((await store().requests.find(request.id))?.status, 'cancelled');
    assert.deepEqual(engine.drawn, []);
  });

  it('a running one ends before its next step and keeps what is drawn', async () => {
    const held = Promise.withResolvers<void>();
    engine.beforeStep = (_request, candidate) =>
      candidate === 1 ? held.promise : Promise.resolve();
    await product.startWorker(engine);
    const request = await imagine();
    await until(() => chat.of('results').length === 1);
    const [reply] = await chat.press(alice, `cancel:${request.id}`);
    assert.equal(reply?.text, 'It stops before its next step.');
    // The worker looks every half second whether it was told.
    await new Promise((resolve) => setTimeout(resolve, 700));
    held.resolve();
    const status = await message('status', 'cancelled');
    assert.match(status.text.join(), /Cancelled after 1 of 4/);
    assert.equal(chat.of('results')[0]?.pictures.length, 1);
  });

  it("somebody else's is for leads", async () => {
    const request = await imagine();
    const [refused] = await chat.press(bao, `cancel:${request.id}`);
    assert.match(refused?.text ?? '', /只有本人或管理者/);
    await chat.press(carol, `cancel:${request.id}`);
    await message('status', 'cancelled');
  });

  it('all of mine leaves the others alone', async () => {
    await imagine('one', alice);
    await imagine('two', alice);
    await imagine('three', bao);
    const [reply] = await chat.command(alice, 'cancel', 'all');
    assert.equal(reply?.text, '2 waiting requests cancelled.');
    assert.equal(await openCount(), 1);
  });
});

describe('a failure', () => {
  it('of the engine is tried once more, then told with what to do', async () => {
    engine.beforeStep = async () => {
      throw new AppError('ENGINE_DIED', 'The engine died.', { retryable: true });
    };
    await product.startWorker(engine);
    await imagine();
    const status = await message('status', 'failed');
    assert.match(status.text.join('\n'), /engine stopped twice[^]*Request [a-z0-9]{6}/);
    assert.equal(engine.drawn.length, 2);
    assert.ok(status.controls[0]?.startsWith('reroll:'));
  });

  it('can be tried again by its button', async () => {
    engine.beforeStep = async () => {
      throw new AppError('OUT_OF_MEMORY', 'Not enough memory.');
    };
    await product.startWorker(engine);
    await imagine();
    const status = await message('status', 'failed');
    engine.beforeStep = async () => {};
    await chat.press(alice, status.controls[0] as string);
    await message('results', 'complete');
  });
});

describe('commands', () => {
  it('say what they can, in the language of the person', async () => {
    const [help] = await chat.command(alice, 'help', {});
    assert.match(help?.text ?? '', /\/imagine: Draw four candidates/);
    const [chinese] = await chat.command(bao, '帮助', '画图');
    assert.match(chinese?.text ?? '', /--steps: 去噪步数/);
    const [unknown] = await chat.command(alice, 'help', 'imagin');
    assert.match(unknown?.text ?? '', /There is no command imagin/);
  });

  it('keep styles: saved, used, listed, deleted by whoever saved them or a lead', async () => {
    await product.startWorker(engine);
    await chat.command(alice, 'styles', 'save noir black and white, film grain');
    const [list] = await chat.command(bao, 'styles', '');
    assert.match(list?.text ?? '', /noir: {prompt}, black and white, film grain/);
    await drawn('a cat --style noir --steps 1 --count 1');
    assert.equal(engine.drawn[0]?.prompt, 'a cat, black and white, film grain');
    const [refused] = await chat.command(bao, 'styles', 'delete noir');
    assert.match(refused?.text ?? '', /只有保存者或管理者/);
    const [deleted] = await chat.command(carol, 'styles', 'delete noir');
    assert.equal(deleted?.text, 'Deleted noir.');
  });

  it('change settings for leads alone; the channel’s style and language apply', async () => {
    await product.startWorker(engine);
    const [refused] = await chat.command(alice, 'settings', { style: 'flat' });
    assert.match(refused?.text ?? '', /for leads/);
    await chat.command(carol, 'settings', { style: 'flat', language: 'zh-CN' });
    const { request } = await drawn('a cat --steps 1 --count 1');
    assert.equal(request.options.style, 'flat');
    assert.match(chat.of('status')[0]?.text.join() ?? '', /完成 1 张/);
    const [bad] = await chat.command(carol, 'settings', { style: 'flt', reroll: 'never' });
    assert.match(bad?.text ?? '', /style flt does not fit[^]*reroll never does not fit/);
  });

  it('show the queue with turns and reasons', async () => {
    await imagine('one', alice);
    await imagine('two', alice);
    await imagine('three', bao);
    const [reply] = await chat.command(alice, 'queue', {});
    const lines = (reply?.text ?? '').split('\n');
    assert.match(lines[1] ?? '', /1\. you: one/);
    assert.match(lines[2] ?? '', /2\. Bao: three/);
    assert.match(lines[3] ?? '', /3\. you: two/);
  });

  it('show history, and doctor what is so', async () => {
    const request = await imagine('a tree');
    const [history] = await chat.command(alice, 'history', '');
    assert.match(history?.text ?? '', new RegExp(`${request.shortId} · queued · a tree`));
    const [doctor] = await chat.command(carol, 'doctor', {});
    assert.match(doctor?.text ?? '', /✓ database: answers[^]*✗ workers: 0 → start one/);
  });

  it('offer suggestions from models and styles', async () => {
    const place = {
      platform: 'discord',
      workspaceId: 'w1',
      channelId: 'general',
      threadId: null,
    } as const;
    const sizes = await chat.inbox().suggest('imagine', 'size', 'squ', alice, place);
    assert.deepEqual(
      sizes.map(({ value }) => value),
      ['square'],
    );
    const styles = await chat.inbox().suggest('imagine', 'style', '', alice, place);
    assert.deepEqual(
      styles.map(({ value }) => value),
      ['flat', '3d', 'cartoon', 'sticker'],
    );
  });
});

describe('after a restart of the bot', () => {
  it('what was drawn meanwhile is posted, on the same status message', async () => {
    await imagine();
    await product.stopBot();
    await product.startWorker(engine);
    await until(() => engine.drawn.length === 1);
    await product.startBot();
    await message('status', 'done');
    assert.equal(chat.of('status').length, 1);
    await until(() => chat.of('mention').length === 1);
  });

  it('a job that was never queued is queued', async () => {
    const { request } = await store().requests.accept({
      invocationId: 'x', platform: 'discord', workspaceId: 'w1', channelId: 'general', threadId: null,
      requesterId: 'alice', locale: 'en', prompt: 'a cat',
      options: {
        model: 'pocket', prompt: 'a cat', typedPrompt: 'a cat', negative: '', width: 128, height: 128,
        steps: 1, cfg: 1, seeds: [1], tile: 0, style: null, wantPreviews: false,
      },
    }); // prettier-ignore
    await product.stopBot();
    await product.startBot();
    await product.startWorker(engine);
    await until(async () => (await store().requests.find(request.id))?.status === 'done');
    assert.equal(chat.of('results').length, 1);
  });
});

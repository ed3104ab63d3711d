import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#src/errors.ts';
import { useBench } from '../helpers/bench.ts';
import { alice, bao, carol, type MemoryMessage } from '../helpers/memory-platform.ts';
import { until } from '../helpers/product.ts';

const bench = useBench();
const retryable = (text: string) => new AppError('PLATFORM_FAILED', text, { retryable: true });

describe('a request', () => {
  it('is answered privately, drawn into its thread and mentions whoever asked, once each', async () => {
    await bench.product.startWorker(bench.engine);
    const replies = await bench.chat.command(alice, 'imagine', 'a red apple --seed 7 --steps 2');
    assert.match(replies[0]?.text ?? '', /^Queued as [a-z0-9]{6}\./);
    const status = await bench.message('status', 'done');
    const results = await bench.message('results', 'complete');
    await until(async () => (await bench.openCount()) === 0);
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
    const mentions = bench.chat.of('mention');
    assert.deepEqual(
      mentions.map((one) => [one.threadId, one.mentions]),
      [[status.id, ['alice']]],
    );
    assert.equal(bench.chat.messages.length, 3);
  });

  it('speaks the language of whoever asked', async () => {
    await bench.product.startWorker(bench.engine);
    const { results } = await bench.drawn('一个红苹果 --步数 2', bao);
    assert.match(bench.chat.of('status')[0]?.text.join('\n') ?? '', /完成 4 张/);
    assert.match(results.pictures[0]?.altText ?? '', /第 1 张/);
    assert.match(bench.chat.told.get('bao')?.[0]?.text ?? '', /已排队/);
  });

  it('delivered twice by the platform is one request', async () => {
    await bench.product.startWorker(bench.engine);
    await bench.chat.command(alice, 'imagine', 'a cat --steps 1 --count 1', { id: 'same' });
    await bench.chat.command(alice, 'imagine', 'a cat --steps 1 --count 1', { id: 'same' });
    await bench.message('mention');
    assert.equal(bench.chat.of('status').length, 1);
    assert.equal(bench.engine.drawn.length, 1);
  });

  it('shows its first picture before the last is drawn, and its steps in words', async () => {
    const held = Promise.withResolvers<void>();
    bench.engine.beforeStep = (_request, candidate) =>
      candidate === 3 ? held.promise : Promise.resolve();
    await bench.product.startWorker(bench.engine);
    await bench.imagine();
    const results = await until(() =>
      bench.chat.of('results').find(({ pictures }) => pictures.length === 3),
    );
    assert.equal(results.state, 'partial');
    assert.deepEqual(results.reactions, []);
    const status = await until(() =>
      bench.chat.of('status').find(({ progress }) => (progress?.done ?? 0) > 0),
    );
    assert.match(status.progress?.text ?? '', /picture \d of 4, step \d of 2/);
    held.resolve();
    await bench.message('results', 'complete');
  });

  it('shows a picture that was drawn before its bot knew that its job was queued', async () => {
    const held = Promise.withResolvers<void>();
    bench.engine.beforeStep = async (_, candidate) => {
      if (candidate === 1) await held.promise;
    };
    await bench.product.startWorker(bench.engine);
    const { queue } = bench.product.bot().services;
    const add = queue.add;
    const told = Promise.withResolvers<void>();
    await queue.listen({
      onProgress: (_, { type }) => {
        if (type === 'candidate') told.resolve();
      },
    });
    queue.add = async (job) => {
      await add(job);
      await told.promise;
    };
    await bench.imagine();
    const results = await bench.message('results', 'partial');
    assert.equal(results.pictures.length, 1);
    assert.equal(results.threadId, bench.chat.of('status')[0]?.id);
    held.resolve();
    await bench.message('results', 'complete');
  });

  it('says its place and the reason for it, and that nobody draws', async () => {
    await bench.imagine('one', alice);
    await bench.imagine('two', bao);
    const second = bench.chat.of('status')[1] as MemoryMessage;
    await until(() => second.text.join().includes('前面有 1 人'));
    const first = bench.chat.of('status')[0] as MemoryMessage;
    await until(() => first.text.join().includes('no worker is connected'));
  });

  it('with faults is refused with all of them at once, and its correction can be sent', async () => {
    await bench.product.startWorker(bench.engine);
    const [reply] = await bench.chat.command(
      alice,
      'imagine',
      'a red apple --size 1010x512 --steps 900 --cfg 4',
    );
    assert.match(reply?.text ?? '', /width 1010/);
    assert.match(reply?.text ?? '', /steps 900/);
    assert.equal(bench.chat.of('status').length, 0);
    const control = reply?.controls?.[0];
    assert.equal(control?.action, 'use-correction');
    await bench.chat.press(alice, control?.id ?? '');
    await bench.chat.press(alice, control?.id ?? '');
    await bench.message('results', 'complete');
    assert.equal(bench.chat.of('status').length, 1);
    const [asked] = await bench.store().requests.listRecent({ limit: 1 });
    assert.equal(asked?.options.cfg, 4);
    assert.equal(asked?.options.height, 512);
  });

  it("does not take somebody else's correction", async () => {
    const [reply] = await bench.chat.command(alice, 'imagine', 'a red apple --steps 900');
    const answer = await bench.chat.press(bao, reply?.controls?.[0]?.id ?? '');
    assert.match(answer[0]?.text ?? '', /不在了/);
    assert.equal(bench.chat.of('status').length, 0);
  });

  it('beyond the cap of waiting ones is refused with the cap', async () => {
    for (let i = 0; i < 4; i += 1) await bench.imagine(`apple ${i}`);
    const [reply] = await bench.chat.command(alice, 'imagine', 'one more');
    assert.match(reply?.text ?? '', /You have 4 waiting \(limit 4\)/);
    assert.equal(bench.chat.of('status').length, 4);
  });

  it('beyond the cap is told when there is room, by what was measured and who draws', async () => {
    await bench.product.startWorker(bench.engine);
    await bench.drawn('measured --steps 2');
    const held = Promise.withResolvers<void>();
    bench.engine.beforeStep = (_, __, step) => (step > 1 ? held.promise : Promise.resolve());
    await bench.imagine('first --steps 2');
    await bench.message('status', 'running');
    for (let i = 0; i < 4; i += 1) await bench.imagine(`apple ${i} --steps 2`);
    const told = await until(async () => {
      const [reply] = await bench.chat.command(alice, 'imagine', 'one more');
      return reply?.text.includes('The next is free') ? reply.text : null;
    });
    assert.match(told, /^• You have 4 waiting \(limit 4\)\. The next is free in about [\d.]+ s\.$/);
    held.resolve();
  });

  it('of blocked or adult words is refused with the word; the mark of the channel lifts the latter', async () => {
    await bench.chat.command(carol, 'settings', { block: 'acme' });
    const [blocked] = await bench.chat.command(alice, 'imagine', 'the ACME logo');
    assert.match(blocked?.text ?? '', /“acme” is blocked/);
    await bench.chat.command(alice, 'styles', 'save sly an acme sign');
    const [styled] = await bench.chat.command(alice, 'imagine', 'a cat --style sly');
    assert.match(styled?.text ?? '', /“acme” is blocked/);
    const [adult] = await bench.chat.command(alice, 'imagine', 'a nude statue');
    assert.match(adult?.text ?? '', /marked for adults/);
    const [refused] = await bench.chat.command(carol, 'settings', { adult: 'yes' });
    assert.match(refused?.text ?? '', /not marked for adults/);
    bench.chat.facts.isAdult = true;
    await bench.product.stopBot();
    await bench.product.startBot();
    await bench.imagine('a nude statue');
  });

  it('in a channel without the rights, or that is turned off, is refused with the reason', async () => {
    bench.chat.facts.missingRights = ['Attach Files'];
    const [reply] = await bench.chat.command(alice, 'imagine', 'a cat');
    assert.match(reply?.text ?? '', /#general.*Attach Files/);
    bench.chat.facts.missingRights = [];
    await bench.chat.command(carol, 'settings', { allowed: false });
    const [off] = await bench.chat.command(alice, 'imagine', 'a cat');
    assert.match(off?.text ?? '', /turned off in this channel/);
  });

  it('of a model that is not registered names those that are, and no folder of the machine', async () => {
    const [reply] = await bench.chat.command(alice, 'imagine', 'a cat --model /etc');
    assert.match(reply?.text ?? '', /pocket/);
    assert.equal(bench.chat.of('status').length, 0);
  });
});

describe('posting', () => {
  for (const call of ['publishStatus', 'publishResults', 'mention'] as const) {
    for (const when of ['before', 'after'] as const) {
      it(`survives a failure of ${call} ${when} it was carried out, without a duplicate`, async () => {
        await bench.product.startWorker(bench.engine);
        bench.chat.failNext(call, retryable('the line broke'), when);
        await bench.imagine();
        await until(async () => (await bench.openCount()) === 0);
        assert.equal(bench.chat.of('status').length, 1);
        assert.equal(bench.chat.of('results').length, 1);
        assert.equal(bench.chat.of('results')[0]?.pictures.length, 4);
        assert.equal(bench.chat.of('mention').length, 1);
        assert.equal(bench.chat.of('status')[0]?.state, 'done');
      });
    }
  }

  it('leaves the reactions out where they are not allowed: the buttons do the same', async () => {
    await bench.product.startWorker(bench.engine);
    bench.chat.failNext(
      'addReactions',
      new AppError('PERMISSION_MISSING', 'Add Reactions is missing.'),
    );
    const { results } = await bench.drawn();
    assert.deepEqual(results.reactions, []);
    assert.ok(results.controls.some((id) => id.startsWith('reroll:')));
  });

  it('ends with a sentence when the pictures cannot be posted', async () => {
    await bench.product.startWorker(bench.engine);
    const reason = 'I cannot attach files in #general: the right "Attach Files" is missing.';
    for (let i = 0; i < 8; i += 1)
      bench.chat.failNext('publishResults', new AppError('PERMISSION_MISSING', reason));
    await bench.imagine();
    const status = await bench.message('status', 'failed');
    assert.ok(status.text.includes(reason));
  });

  it('does not bring back a status message that somebody deleted', async () => {
    const held = Promise.withResolvers<void>();
    bench.engine.beforeStep = () => held.promise;
    await bench.product.startWorker(bench.engine);
    await bench.imagine();
    bench.chat.messages.splice(0, 1);
    held.resolve();
    await bench.message('results', 'complete');
    await until(async () => (await bench.openCount()) === 0);
    assert.equal(bench.chat.of('status').length, 0);
  });
});

describe('a failure', () => {
  it('of the engine is tried once more, then told with what to do', async () => {
    bench.engine.beforeStep = async () => {
      throw new AppError('ENGINE_DIED', 'The engine died.', { retryable: true });
    };
    await bench.product.startWorker(bench.engine);
    await bench.imagine();
    const status = await bench.message('status', 'failed');
    assert.match(status.text.join('\n'), /engine stopped twice[^]*Request [a-z0-9]{6}/);
    assert.equal(bench.engine.drawn.length, 2);
    assert.ok(status.controls[0]?.startsWith('reroll:'));
  });

  it('to store a picture while others are drawn is told, and the worker goes on', async () => {
    await bench.product.startWorker(bench.engine);
    bench.engine.beforeStep = () => sleep(10);
    const images = join(bench.product.config.dataDir, 'images');
    rmSync(images, { recursive: true, force: true });
    writeFileSync(images, 'a file where the folder was');
    await bench.imagine();
    const status = await bench.message('status', 'failed');
    assert.match(status.text.join(' '), /could not be stored/);
    rmSync(images);
    await bench.drawn();
  });

  it('can be tried again by its button', async () => {
    bench.engine.beforeStep = async () => {
      throw new AppError('OUT_OF_MEMORY', 'Not enough memory.');
    };
    await bench.product.startWorker(bench.engine);
    await bench.imagine();
    const status = await bench.message('status', 'failed');
    bench.engine.beforeStep = async () => {};
    await bench.chat.press(alice, status.controls[0] as string);
    await bench.message('results', 'complete');
  });
});

describe('after a restart of the bot', () => {
  it('what was drawn meanwhile is posted, on the same status message', async () => {
    await bench.imagine();
    await bench.product.stopBot();
    await bench.product.startWorker(bench.engine);
    await until(() => bench.engine.drawn.length === 1);
    await bench.product.startBot();
    await bench.message('status', 'done');
    assert.equal(bench.chat.of('status').length, 1);
    await until(() => bench.chat.of('mention').length === 1);
  });

  it('a job that was never queued is queued', async () => {
    const { request } = await bench.store().requests.accept({
      invocationId: 'x', platform: 'discord', workspaceId: 'w1', channelId: 'general', threadId: null,
      requesterId: 'alice', locale: 'en', prompt: 'a cat',
      options: {
        model: 'pocket', prompt: 'a cat', typedPrompt: 'a cat', negative: '', width: 128, height: 128,
        steps: 1, cfg: 1, seeds: [1], tile: 0, style: null, wantPreviews: false,
      },
    }); // prettier-ignore
    await bench.product.stopBot();
    await bench.product.startBot();
    await bench.product.startWorker(bench.engine);
    await until(async () => (await bench.store().requests.find(request.id))?.status === 'done');
    assert.equal(bench.chat.of('results').length, 1);
  });
});

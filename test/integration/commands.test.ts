import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Person } from '#src/types/chat.ts';
import { useBench } from '../helpers/bench.ts';
import { alice, bao, carol } from '../helpers/memory-platform.ts';
import { until } from '../helpers/product.ts';

const bench = useBench();

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
    assert.match(
      doctor?.text ?? '',
      /✓ database: answers[^]*✓ queue: answers[^]*✗ workers: 0 → start one/,
    );
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

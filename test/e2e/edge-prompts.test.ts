import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { defaultIds, type FakeDiscord } from '../fakes/discord/fake-discord.ts';
import { slackIds, type FakeSlack } from '../fakes/slack/fake-slack.ts';
import { useChatProduct } from '../helpers/chat-product.ts';
import { until, type Product } from '../helpers/product.ts';

/** Prompts that have broken other bots. None is longer than the built-in model reads. */
const prompts = [
  '@everyone @here <@1> <@&2> <#3> <!channel> a cat',
  '**bold** _it_ ~~no~~ `code` ||x|| [a](https://example.org/a_b) # big',
  'first line\nsecond line\n> said\n- one\n-# small',
  '👩‍👩‍👧 '.repeat(5),
  'قطة حمراء على سجادة \u202e txet',
  '一只戴着墨镜的橘猫，坐在红色沙发上，旁边有一杯咖啡。'.repeat(3),
  ':tada: &lt;b&gt; & <b> "quoted" ‘smart’ — dash',
  '  spaces   around  ',
];

const start = useChatProduct('discord', 'slack');
let discord: FakeDiscord;
let slack: FakeSlack;
let product: Product;

beforeEach(async () => {
  ({ discord, slack, product } = await start());
});

const finished = async (count: number) => {
  const { store } = product.bot().services;
  const requests = await until(async () => {
    const all = await store.requests.listRecent({ limit: 20 });
    return all.length === count && all.every(({ status }) => status === 'done') ? all : null;
  });
  return requests.map(({ prompt }) => prompt).toSorted();
};

describe('whatever a prompt holds', () => {
  it('is drawn on Discord, shown as it is, pings nobody and names a thread', async () => {
    for (const [i, prompt] of prompts.entries()) {
      const { alice, bao, general } = defaultIds;
      const who = i % 2 === 0 ? alice : bao;
      discord.asUser(who).slash('imagine', { prompt, steps: 1, count: 1 }, { channelId: general });
    }
    assert.deepEqual(await finished(prompts.length), prompts.toSorted());
    const all = [...discord.world.messages.values()];
    for (const { content, attachments } of all) {
      assert.ok(content.length <= 2000 && content.isWellFormed());
      for (const { description } of attachments) assert.ok((description ?? '').isWellFormed());
    }
    const pinged = all.flatMap(({ pings }) => pings);
    assert.equal(pinged.length, prompts.length, 'once for each, when it is done');
    const threads = [...discord.world.channels.values()].filter(({ parentId }) => parentId);
    assert.equal(threads.length, prompts.length);
    for (const { name } of threads) {
      assert.ok((name ?? '').length <= 100 && (name ?? '').isWellFormed());
      assert.doesNotMatch(name ?? '', /\n/);
    }
  });

  it('is drawn in Slack, shown as it is, and mentions only whoever asked', async () => {
    const { alice, bao, general } = slackIds;
    for (const [i, prompt] of prompts.entries()) {
      const who = i % 2 === 0 ? alice : bao;
      await slack
        .asUser(who)
        .slash('/imagine', `${prompt} --steps 1 --count 1`, { channel: general });
    }
    await finished(prompts.length);
    const texts = JSON.stringify(slack.messages(general).map(({ blocks, text }) => [blocks, text]));
    assert.doesNotMatch(texts, /<!|<@1>|<#3>/);
  });

  it('is refused in full where it is longer than any model reads', async () => {
    const long = '很长的提示词'.repeat(1000);
    const { alice, general } = slackIds;
    await slack.asUser(alice).slash('/imagine', long, { channel: general });
    const told = await until(() => slack.asUser(alice).ephemerals().at(-1));
    assert.match(told.text, /prompt has \d+ tokens: at most 128 fit\. Take out about \d+\./);
  });
});

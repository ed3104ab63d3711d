import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { defaultIds, type FakeDiscord } from '../fakes/discord/fake-discord.ts';
import type { FakeMessage } from '../fakes/discord/world-types.ts';
import { useChatProduct } from '../helpers/chat-product.ts';
import { until, type Product } from '../helpers/product.ts';
import type { StubEngine } from '../helpers/stub-engine.ts';

const { alice, bao, carol, general, design } = defaultIds;

const start = useChatProduct('discord');
let discord: FakeDiscord;
let product: Product;
let engine: StubEngine;

beforeEach(async () => {
  ({ discord, product, engine } = await start());
});

const status = (channelId: string = general) =>
  until(() => discord.messages(channelId).find(({ content }) => content.includes('“')));
const isComplete = ({ reactions }: FakeMessage) =>
  reactions.some(({ emoji }) => emoji.name.startsWith('🗑'));
const resultsIn = (channelId: string) =>
  discord.messages(channelId).filter(({ attachments }) => attachments.length > 0);
const ephemerals = (personId: string) =>
  [...discord.world.messages.values()].filter(({ ephemeralFor }) => ephemeralFor === personId);

async function drawn(
  prompt = 'a red apple',
  options: object = {},
): Promise<{ status: FakeMessage; results: FakeMessage }> {
  discord.asUser(alice).slash('imagine', { prompt, steps: 2, ...options }, { channelId: general });
  const posted = await status();
  return { status: posted, results: await until(() => resultsIn(posted.id).find(isComplete)) };
}

describe('Quartet on Discord', () => {
  it('draws what /imagine asks for: one status, four pictures with alt text in its thread, one mention', async () => {
    const { status: posted, results } = await drawn('a red apple', { seed: 7 });
    await until(() => posted.content.includes('4 pictures in'));
    assert.deepEqual(
      results.attachments.map(({ filename }) => filename),
      ['1.png', '2.png', '3.png', '4.png'],
    );
    assert.match(results.attachments[1]?.description ?? '', /Picture 2 of 4.*a red apple/);
    assert.match(results.content, /seed 7–10/);
    assert.deepEqual(
      results.reactions.map(({ emoji }) => emoji.name.replaceAll('\u{fe0f}', '')),
      ['🔁', '1⃣', '2⃣', '3⃣', '4⃣', '⬆', '🎲', '📋', '🗑'],
    );
    const mention = await until(() =>
      discord.messages(posted.id).find(({ pings }) => pings.includes(alice)),
    );
    assert.match(mention.content, /ready/);
    assert.equal(discord.messages(posted.id).length, 2);
    assert.deepEqual(posted.pings, []);
    assert.match(ephemerals(alice).at(-1)?.content ?? '', /Queued as/);
  });

  it('suggests sizes and styles of the model while one types', async () => {
    const typed = discord
      .asUser(alice)
      .autocomplete('imagine', { prompt: 'x', size: 'squ' }, 'size');
    await typed.answered();
    assert.deepEqual(
      typed.choices?.map(({ value }) => value),
      ['square'],
    );
  });

  it('counts reactions, rerolls into the same thread, and works on after a restart', async () => {
    const { status: posted, results } = await drawn();
    discord.asUser(bao).react(results, '3️⃣');
    await until(() => results.content.includes('3: 1'));
    await product.stopBot();
    discord.asUser(carol).react(results, '2️⃣');
    await product.startBot();
    await until(() => results.content.includes('2: 1'));
    discord.asUser(bao).unreact(results, '3️⃣');
    discord.asUser(carol).react(results, '🔁');
    await until(() => resultsIn(posted.id).filter(isComplete).length === 2);
    const again = resultsIn(posted.id)[1] as FakeMessage;
    assert.match(again.content, /reroll/);
    assert.equal(engine.drawn.length, 2);
  });

  it('answers what does not fit in private and in Chinese, with a button that sends the corrected one', async () => {
    discord
      .asUser(bao)
      .slash('imagine', { prompt: '一个苹果', size: '1000x512' }, { channelId: general });
    const answer = await until(() =>
      ephemerals(bao).find(({ content }) => content.includes('不可用')),
    );
    assert.equal(discord.messages(general).length, 0);
    const id = JSON.stringify(answer.components).match(/use-correction:[0-9a-f]+/)?.[0] ?? '';
    discord.asUser(bao).clickButton(answer, id);
    const posted = await status();
    await until(() => resultsIn(posted.id).find(isComplete));
  });

  it('opens a form for /imagine without a prompt, and draws a message’s text', async () => {
    const opened = discord.asUser(alice).slash('imagine', {}, { channelId: general });
    await opened.answered();
    discord.asUser(alice).submitModal(opened, { prompt: 'a green cactus' });
    await until(() =>
      discord.messages(general).some(({ content }) => content.includes('a green cactus')),
    );
    const said = discord.asUser(bao).say('a blue umbrella', { channelId: design });
    const form = discord.asUser(alice).messageCommand('Imagine this', said);
    await form.answered();
    if (form.modal !== null) discord.asUser(alice).submitModal(form, { prompt: 'a blue umbrella' });
    await until(() =>
      discord
        .messages(design)
        .some(({ content, authorId }) => authorId !== bao && content.includes('a blue umbrella')),
    );
  });

  it('enlarges and varies by button, in the same thread', async () => {
    const { status: posted, results } = await drawn();
    const press = (action: string) => {
      const id =
        JSON.stringify(results.components).match(new RegExp(`${action}:[0-9a-f-]+`))?.[0] ?? '';
      discord.asUser(alice).clickButton(results, id);
    };
    press('enlarge');
    await until(() => resultsIn(posted.id).find(({ content }) => content.includes('256x256')));
    press('vary');
    await until(() =>
      resultsIn(posted.id).find(({ content }) => content.includes('variations of picture 1')),
    );
  });

  it('says which right is missing, by its name and the channel’s', async () => {
    discord.setPermissions(general, { deny: ['ATTACH_FILES'] });
    discord.asUser(alice).slash('imagine', { prompt: 'a cat' }, { channelId: general });
    const answer = await until(() => ephemerals(alice).find(({ content }) => content !== ''));
    assert.match(answer.content, /general.*Attach Files/);
  });

  it('goes on without threads and without reactions where those rights are missing', async () => {
    discord.setPermissions(general, { deny: ['CREATE_PUBLIC_THREADS', 'ADD_REACTIONS'] });
    discord.asUser(alice).slash('imagine', { prompt: 'a cat', steps: 1 }, { channelId: general });
    const buttons = ({ components }: FakeMessage) => JSON.stringify(components);
    const results = await until(() =>
      resultsIn(general).find((message) => buttons(message).includes('reroll:')),
    );
    assert.equal(results.attachments.length, 4);
    await until(async () => (await product.bot().services.store.requests.listOpen()).length === 0);
  });

  it('ends a request whose channel was deleted, and goes on with others', async () => {
    const held = Promise.withResolvers<void>();
    engine.beforeStep = () => held.promise;
    discord.asUser(alice).slash('imagine', { prompt: 'a cat', steps: 1 }, { channelId: design });
    await status(design);
    discord.channelDelete(design);
    held.resolve();
    await until(async () => (await product.bot().services.store.requests.listOpen()).length === 0);
    await drawn('a dog');
  });

  it('works in direct messages', async () => {
    const { dmChannelId } = discord.asUser(alice);
    discord
      .asUser(alice)
      .slash('imagine', { prompt: 'a star', steps: 1, count: 1 }, { channelId: dmChannelId });
    await until(() => resultsIn(dmChannelId).find(({ attachments }) => attachments.length === 1));
  });

  it('is asked for its health by a lead', async () => {
    discord.asUser(carol).slash('doctor', {}, { channelId: general });
    const answer = await until(() =>
      ephemerals(carol).find(({ content }) => content.includes('database')),
    );
    assert.match(answer.content, /✓ workers: 1/);
    assert.match(answer.content, /Discord rights in Studio/);
  });
});

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { defaultIds, type FakeDiscord } from '../fakes/discord/fake-discord.ts';
import type { PermissionName } from '../fakes/discord/permissions.ts';
import type { FakeMessage } from '../fakes/discord/world-types.ts';
import { publicly, publicLink as link, useChatProduct } from '../helpers/chat-product.ts';
import { until, type Product } from '../helpers/product.ts';
import type { StubEngine } from '../helpers/stub-engine.ts';

const { alice, bao, carol, general, design } = defaultIds;

const start = useChatProduct('discord');
let discord: FakeDiscord;
let product: Product;
let engine: StubEngine;

beforeEach(async () => {
  ({ discord, product, engine } = await start(publicly));
});

const withPictures = (channelId: string) =>
  discord.messages(channelId).filter(({ attachments }) => attachments.length > 0);
const directly = (personId: string) => discord.messages(discord.asUser(personId).dmChannelId);
const noneIsOpen = () =>
  until(async () => (await product.bot().services.store.requests.listOpen()).length === 0);
const deny = (channelId: string, ...rights: PermissionName[]) =>
  discord.setPermissions(channelId, { deny: rights });
const mentionsIn = (channelId: string) =>
  discord.messages(channelId).filter(({ pings }) => pings.length > 0);

/** A request for two pictures that waits before picture `number` (from 1) until it is let go. */
async function drawingUpTo(number: number, channelId: string = general, personId: string = alice) {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  engine.beforeStep = async (_, candidate) => {
    if (candidate !== number - 1) return;
    reached.resolve();
    await gate.promise;
  };
  discord.asUser(personId).slash('imagine', { prompt: 'a cat', steps: 1, count: 2 }, { channelId });
  const status = await until(() =>
    discord.messages(channelId).find(({ content }) => content.includes('“')),
  );
  await reached.promise;
  const first = number === 1 ? null : await until(() => withPictures(status.id)[0]);
  return { status, first: first as FakeMessage, goOn: gate.resolve };
}

describe('at the edges of Discord', () => {
  it('says which right went missing while it drew, and where the pictures are', async () => {
    const { status, goOn } = await drawingUpTo(1);
    deny(general, 'ATTACH_FILES');
    goOn();
    await until(() => status.content.includes('Attach Files'));
    assert.match(
      status.content,
      /I cannot attach files in .*: the right "Attach Files" is missing/,
    );
    assert.match(status.content, link);
    await noneIsOpen();
  });

  it('says so in Chinese to those who speak it', async () => {
    const { status, goOn } = await drawingUpTo(1, general, bao);
    deny(general, 'ATTACH_FILES');
    goOn();
    await until(() => status.content.includes('Attach Files'));
    assert.match(status.content, /我无法在 .* 发送图片：缺少权限 “Attach Files”/);
    assert.match(status.content, /图片在这里：https:/);
  });

  for (const right of ['VIEW_CHANNEL', 'SEND_MESSAGES'] as const) {
    it(`tells who asked, wherever they are, when ${right} went missing`, async () => {
      const { status, goOn } = await drawingUpTo(1);
      deny(general, right, 'CREATE_PUBLIC_THREADS');
      goOn();
      const said = await until(() =>
        [status, ...directly(alice)].find(({ content }) => content.includes('is missing')),
      );
      assert.match(said.content, right === 'VIEW_CHANNEL' ? /"View Channel"/ : /"Send Messages"/);
      assert.match(said.content, link);
      await noneIsOpen();
    });
  }

  it('posts into the channel when the bot may no longer write in threads', async () => {
    const { goOn } = await drawingUpTo(1);
    deny(general, 'SEND_MESSAGES_IN_THREADS');
    goOn();
    await until(() => withPictures(general)[0]?.attachments.length === 2);
    await noneIsOpen();
  });

  it('tells who asked by direct message that the channel is gone', async () => {
    const { goOn } = await drawingUpTo(1, design);
    discord.channelDelete(design);
    goOn();
    // The answer to the command may come there too: its channel is gone.
    const said = await until(() =>
      directly(alice).find(({ content }) => content.includes('someone deleted it')),
    );
    assert.match(said.content, /a cat.*no longer there: someone deleted it/s);
    assert.match(said.content, link);
    await noneIsOpen();
  });

  it('goes on in the channel when the status message was deleted', async () => {
    const { status, goOn } = await drawingUpTo(1);
    discord.asUser(carol).deleteMessage(status);
    goOn();
    const results = await until(() => withPictures(general)[0]);
    await until(() => results.attachments.length === 2);
    await until(() => mentionsIn(general)[0]);
    await noneIsOpen();
  });

  it('says that the message with the pictures was deleted, and calls nobody to it', async () => {
    const { status, first, goOn } = await drawingUpTo(2);
    discord.asUser(carol).deleteMessage(first);
    goOn();
    await until(() => status.content.includes('2 pictures in'));
    assert.match(status.content, /The message with them was deleted\./);
    assert.match(status.content, link);
    await noneIsOpen();
    assert.deepEqual(mentionsIn(status.id), []);
    assert.deepEqual(withPictures(status.id), []);
  });

  it('says that the thread with the pictures was deleted', async () => {
    const { status, goOn } = await drawingUpTo(2);
    discord.channelDelete(status.id);
    goOn();
    await until(() => status.content.includes('was deleted'));
    assert.match(status.content, link);
    await noneIsOpen();
  });

  it('opens a thread again that was archived while it drew', async () => {
    const { status, first, goOn } = await drawingUpTo(2);
    discord.setThread(status.id, { isArchived: true });
    goOn();
    await until(() => status.content.includes('2 pictures in'));
    assert.equal(first.attachments.length, 2);
    assert.equal(discord.world.channels.get(status.id)?.thread?.isArchived, false);
    await noneIsOpen();
  });

  it('says that a thread was locked, and where the pictures are', async () => {
    const { status, goOn } = await drawingUpTo(2);
    discord.setThread(status.id, { isArchived: true, isLocked: true });
    goOn();
    await until(() => status.content.includes('Ask in the channel itself'));
    assert.match(status.content, link);
    await noneIsOpen();
  });

  it('keeps what it owes when the token is taken away, and delivers it once after the restart', async () => {
    const { status, first, goOn } = await drawingUpTo(2);
    const refused = { status: 401, code: 0, message: '401: Unauthorized' };
    discord.failNext('PATCH /channels/:channel/messages/:message', refused);
    goOn();
    const login = async () =>
      (await product.bot().services.platforms[0]?.diagnose('en'))?.find(
        ({ name }) => name === 'Discord login',
      );
    await until(async () => (await login())?.ok === false);
    assert.match((await login())?.fix ?? '', /DISCORD_TOKEN/);
    assert.equal((await product.bot().services.store.requests.listOpen()).length, 1);
    await product.stopBot();
    await product.startBot();
    await until(() => status.content.includes('2 pictures in'));
    assert.equal(first.attachments.length, 2);
    assert.equal(withPictures(status.id).length, 1);
    await noneIsOpen();
  });

  it('brings the end through although Discord limits edits and uploads', async () => {
    const { status, first, goOn } = await drawingUpTo(2);
    const edits = 'PATCH /channels/:channel/messages/:message';
    discord.rateLimitNext(edits, { retryAfter: 0.3, times: 2, scope: 'shared' });
    discord.rateLimitNext('PUT /channels/:c/messages/:m/reactions/:e/@me', { retryAfter: 0.2 });
    discord.rateLimitNext('POST /channels/:channel/messages', { retryAfter: 0.2, global: true });
    goOn();
    await until(() => status.content.includes('2 pictures in'));
    assert.equal(first.attachments.length, 2);
    await noneIsOpen();
    assert.match(status.content, /2 pictures in/);
    assert.equal(mentionsIn(status.id).length, 1);
  });

  for (const trouble of [{ status: 502 }, { drop: 'reset' as const }]) {
    it(`posts everything once although answers are lost (${JSON.stringify(trouble)})`, async () => {
      const { status, goOn } = await drawingUpTo(1);
      const lost = { ...trouble, afterProcessing: true };
      discord.failNext('POST /channels/:channel/messages', { ...lost, times: 3 });
      discord.failNext('POST /channels/:channel/messages/:message/threads', lost);
      discord.failNext('PATCH /channels/:channel/messages/:message', lost);
      goOn();
      await until(() => status.content.includes('2 pictures in'));
      await noneIsOpen();
      assert.deepEqual(
        withPictures(status.id).map(({ attachments }) => attachments.length),
        [2],
      );
      assert.equal(mentionsIn(status.id).length, 1);
      assert.equal(discord.messages(general).length, 1);
    });
  }

  it('counts votes that it missed while its session was lost', async () => {
    const { status, first, goOn } = await drawingUpTo(2);
    goOn();
    await until(() => status.content.includes('2 pictures in'));
    await noneIsOpen();
    discord.dropGateway({ resumable: false, how: 'terminate' });
    discord.asUser(bao).react(first, '2️⃣');
    await until(() => first.content.includes('2: 1'));
  });

  it('answers at once that a request is accepted although Discord takes no posts', async () => {
    discord.failNext('POST /channels/:channel/messages', { status: 503, times: 6 });
    const asked = discord.asUser(alice).slash('imagine', { prompt: 'a cat', steps: 1, count: 1 });
    await until(() => asked.message?.content.includes('Queued as'));
    assert.equal(withPictures(general).length, 0);
    const status = await until(() => discord.messages(general)[0]);
    await until(() => withPictures(status.id)[0]);
    await noneIsOpen();
  });
});

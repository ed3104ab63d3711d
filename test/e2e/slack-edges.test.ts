import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { botScopes } from '#src/platforms/slack/scopes.ts';
import { slackIds, type FakeSlack } from '../fakes/slack/fake-slack.ts';
import { botUserId, type FakeMessage } from '../fakes/slack/world.ts';
import { publicly, publicLink as link, useChatProduct } from '../helpers/chat-product.ts';
import { until, type Product } from '../helpers/product.ts';
import type { StubEngine } from '../helpers/stub-engine.ts';

const { general, design, studio, random, alice, bao } = slackIds;

const start = useChatProduct('slack');
let slack: FakeSlack;
let product: Product;
let engine: StubEngine;

beforeEach(async () => {
  ({ slack, product, engine } = await start(publicly));
});

const pictures = ({ blocks }: FakeMessage) => blocks.filter(({ type }) => type === 'image');
const withPictures = (channel: string, thread: string | null) =>
  slack.messages(channel, thread).filter((message) => pictures(message).length > 0);
const privately = (personId: string): FakeMessage[] => [
  ...slack.asUser(personId).ephemerals(),
  ...slack.messages(slack.asUser(personId).dmChannelId),
];
const noneIsOpen = () =>
  until(async () => (await product.bot().services.store.requests.listOpen()).length === 0);
const without = (...scopes: string[]) =>
  slack.setScopes(Object.keys(botScopes).filter((scope) => !scopes.includes(scope)));
const mentionsIn = (channel: string, thread: string | null) =>
  slack.messages(channel, thread).filter(({ text }) => text.startsWith('<@'));

/** Takes a message away as a person of the channel may. */
function remove(message: FakeMessage): void {
  slack.world.messages.splice(slack.world.messages.indexOf(message), 1);
}

/** A request for two pictures that waits before picture `number` (from 1) until it is let go. */
async function drawingUpTo(number: number, channel: string = general, personId: string = alice) {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  engine.beforeStep = async (_, candidate) => {
    if (candidate !== number - 1) return;
    reached.resolve();
    await gate.promise;
  };
  await slack.asUser(personId).slash('/imagine', 'a cat --steps 1 --count 2', { channel });
  const status = await until(() => slack.messages(channel).find(({ user }) => user === botUserId));
  await reached.promise;
  const first = number === 1 ? null : await until(() => withPictures(channel, status.ts)[0]);
  return { status, first: first as FakeMessage, goOn: gate.resolve };
}

describe('at the edges of Slack', () => {
  for (const scope of ['files:write', 'files:read']) {
    it(`says that the scope ${scope} went missing while it drew, and where the pictures are`, async () => {
      const { status, goOn } = await drawingUpTo(1);
      without(scope);
      goOn();
      await until(() => status.text.includes(scope));
      assert.match(status.text, new RegExp(`the scope "${scope}" is missing.*Reinstall`));
      assert.match(status.text, link);
      await noneIsOpen();
    });
  }

  it('goes on without reactions where that scope is missing', async () => {
    without('reactions:write');
    const { status, goOn } = await drawingUpTo(1);
    goOn();
    await until(() => status.text.includes('2 pictures in'));
    await noneIsOpen();
    const [results] = withPictures(general, status.ts);
    assert.match(JSON.stringify(results?.blocks), /vote-2/);
  });

  it('says before it draws which scope is missing', async () => {
    await product.stopBot();
    without('files:write');
    await product.startBot();
    await slack.asUser(alice).slash('/imagine', 'a cat', { channel: general });
    const said = await until(() => privately(alice)[0]);
    assert.match(said.text, /files:write/);
    assert.equal(engine.drawn.length, 0);
  });

  const places: [string, string, () => void, RegExp][] = [
    ['it is not a member', random, () => {}, /membership in #random.*\/invite/],
    ['it is archived', design, () => (slack.world.requireChannel(design).isArchived = true), /#design is archived/],
    ['it is private', studio, () => slack.world.requireChannel(studio).members.delete(botUserId), /membership in C0003.*\/invite/],
  ]; // prettier-ignore
  for (const [what, channel, arrange, says] of places) {
    it(`says at once where it cannot post: ${what}`, async () => {
      arrange();
      await slack.asUser(alice).slash('/imagine', 'a cat', { channel });
      const said = await until(() => privately(alice)[0]);
      assert.match(said.text, says);
      assert.equal(engine.drawn.length, 0);
    });
  }

  const losses: [string, (channel: string) => void, RegExp, RegExp][] = [
    ['the channel was archived', (id) => (slack.world.requireChannel(id).isArchived = true), /it is archived\. Unarchive it/, /已归档/],
    ['the bot was removed', (id) => slack.world.requireChannel(id).members.delete(botUserId), /not in the channel.*\/invite/, /我不在.*\/invite/],
    ['the channel was deleted', (id) => slack.world.channels.delete(id), /cannot see the channel.*deleted/, /已被删除/],
  ]; // prettier-ignore
  for (const [what, lose, english, chinese] of losses) {
    it(`tells who asked, in their language, that ${what} while it drew`, async () => {
      const one = await drawingUpTo(1, design);
      lose(design);
      one.goOn();
      const told = ({ status }: { status: FakeMessage }, personId: string) =>
        until(() => [status, ...privately(personId)].find(({ text }) => link.test(text)));
      const said = await told(one, alice);
      assert.match(said.text, english);
      assert.match(said.text, /“a cat” for Alice/);
      const other = await drawingUpTo(1, general, bao);
      lose(general);
      other.goOn();
      assert.match((await told(other, bao)).text, chinese);
      await noneIsOpen();
    });
  }

  it('goes on in the channel when the status message was deleted', async () => {
    const { status, goOn } = await drawingUpTo(1);
    remove(status);
    goOn();
    const results = await until(() => withPictures(general, null)[0]);
    await until(() => pictures(results).length === 2);
    await until(() => mentionsIn(general, null)[0]);
    await noneIsOpen();
  });

  it('says that the message with the pictures was deleted, and calls nobody to it', async () => {
    const { status, first, goOn } = await drawingUpTo(2);
    remove(first);
    goOn();
    await until(() => status.text.includes('2 pictures in'));
    assert.match(status.text, /The message with them was deleted\./);
    assert.match(status.text, link);
    await noneIsOpen();
    assert.deepEqual(mentionsIn(general, status.ts), []);
  });

  for (const error of ['token_revoked', 'token_expired', 'account_inactive']) {
    it(`keeps what it owes on ${error}, says so in its diagnosis, and delivers once after the restart`, async () => {
      const { status, first, goOn } = await drawingUpTo(2);
      slack.setTokenFault(error);
      goOn();
      await until(() => slack.calls.some(({ answer }) => answer?.['error'] === error));
      const diagnosis = (await product.bot().services.platforms[0]?.diagnose('en')) ?? [];
      const token = diagnosis.find(({ name }) => name === 'Slack bot token');
      assert.equal(token?.ok, false);
      assert.match(token.fix ?? '', /SLACK_BOT_TOKEN/);
      await product.stopBot();
      assert.doesNotMatch(status.text, /2 pictures in/);
      slack.setTokenFault(null);
      await product.startBot();
      await until(() => status.text.includes('2 pictures in'));
      assert.equal(pictures(first).length, 2);
      assert.equal(withPictures(general, status.ts).length, 1);
      assert.equal(mentionsIn(general, status.ts).length, 1);
      await noneIsOpen();
    });
  }

  it('brings the end through although Slack limits edits and uploads', async () => {
    const { status, first, goOn } = await drawingUpTo(2);
    slack.rateLimitNext('chat.update', 1, 2);
    slack.rateLimitNext('files.getUploadURLExternal', 1);
    slack.rateLimitNext('files.completeUploadExternal', 1);
    slack.rateLimitNext('reactions.add', 1);
    goOn();
    await until(() => status.text.includes('2 pictures in'));
    assert.equal(pictures(first).length, 2);
    await noneIsOpen();
    assert.match(status.text, /2 pictures in/);
    assert.equal(mentionsIn(general, status.ts).length, 1);
  });

  for (const trouble of [{ status: 503 }, { drop: true }]) {
    it(`posts everything once although answers are lost (${JSON.stringify(trouble)})`, async () => {
      const { status, goOn } = await drawingUpTo(1);
      const lost = { ...trouble, afterProcessing: true };
      slack.failNext('chat.postMessage', { ...lost, times: 2 });
      slack.failNext('chat.update', lost);
      slack.failNext('files.completeUploadExternal', lost);
      slack.failNext('reactions.add', lost);
      goOn();
      await until(() => status.text.includes('2 pictures in'));
      await noneIsOpen();
      assert.deepEqual(
        withPictures(general, status.ts).map((message) => pictures(message).length),
        [2],
      );
      assert.equal(mentionsIn(general, status.ts).length, 1);
      assert.equal(slack.messages(general).length, 1);
    });
  }

  it('counts votes that it missed while its line was lost', async () => {
    const { status, first, goOn } = await drawingUpTo(2);
    goOn();
    await until(() => status.text.includes('2 pictures in'));
    await noneIsOpen();
    slack.failNext('apps.connections.open', { status: 503, times: 3 });
    slack.dropSocket('lost');
    await until(() => slack.connections === 0);
    slack.asUser(bao).react(first, 'two');
    await until(() => first.text.includes('2: 1'));
  });

  it('takes a command once that is delivered twice', async () => {
    await slack.asUser(alice).slash('/imagine', 'a cat --steps 1 --count 1', { channel: general });
    await slack.resendLastCommand();
    await until(() => privately(alice).filter(({ text }) => text !== '').length > 0);
    await until(() => slack.messages(general).find(({ text }) => text.includes('picture in')));
    await noneIsOpen();
    assert.equal(engine.drawn.length, 1);
    assert.equal(slack.messages(general).length, 1);
  });
});

import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { slackIds, type FakeSlack } from '../fakes/slack/fake-slack.ts';
import { isObject, toObjects, toText, type Json } from '../fakes/slack/json.ts';
import type { FakeMessage } from '../fakes/slack/world.ts';
import { useChatProduct } from '../helpers/chat-product.ts';
import { until, type Product } from '../helpers/product.ts';

const { general, random, alice, bao, carol } = slackIds;

const startProduct = useChatProduct('slack');
let slack: FakeSlack;
let product: Product;

async function start(env?: NodeJS.ProcessEnv): Promise<void> {
  ({ slack, product } = await startProduct(env));
}

const textsOf = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'text' && typeof inner === 'string' ? [inner] : textsOf(inner),
  );
};
const shown = (message: FakeMessage) => textsOf(message.blocks).join('\n') || message.text;
const pictures = ({ blocks }: FakeMessage) => blocks.filter(({ type }) => type === 'image');
const statuses = () => slack.messages(general).filter(({ user }) => user === 'U0BOT');
const thread = (status: FakeMessage) => slack.messages(general, status.ts);
const resultsIn = (status: FakeMessage) =>
  thread(status).filter((message) => pictures(message).length > 0);
const isComplete = (message: FakeMessage) =>
  message.reactions.some(({ name }) => name === 'wastebasket');
const buttons = ({ blocks }: FakeMessage): Json[] =>
  blocks.flatMap((block) => toObjects(block['elements'])).filter(({ type }) => type === 'button');
const lastPrivate = (person: string) => until(() => slack.asUser(person).ephemerals().at(-1));

async function drawn(): Promise<{ status: FakeMessage; results: FakeMessage }> {
  const status = await until(() =>
    statuses().find(
      (message) => shown(message).includes('✅') || shown(message).includes('4 pictures in'),
    ),
  );
  const results = await until(() => resultsIn(status).find(isComplete));
  return { status, results };
}

describe('Quartet in Slack, over a socket', () => {
  beforeEach(() => start());

  it('draws what /imagine asks for: one status, four pictures with alt text in its thread, one mention', async () => {
    await slack
      .asUser(alice)
      .slash('/imagine', 'a red apple --seed 7 --steps 2', { channel: general });
    const { status, results } = await drawn();
    assert.match(shown(status), /“a red apple” for Alice/);
    assert.equal(pictures(results).length, 4);
    assert.match(toText(pictures(results)[1]?.['alt_text']), /Picture 2 of 4.*a red apple/);
    assert.match(shown(results), /seed 7–10/);
    assert.deepEqual(results.reactions.map(({ name }) => name), [
      'repeat', 'one', 'two', 'three', 'four', 'arrow_up', 'game_die', 'clipboard', 'wastebasket',
    ]); // prettier-ignore
    const mention = await until(() =>
      thread(status).find((message) => shown(message).includes(`<@${alice}>`)),
    );
    assert.equal(thread(status).length, 2);
    assert.match(shown(mention), /ready/);
    assert.match((await lastPrivate(alice)).text, /Queued as/);
  });

  it('counts reactions as votes, and rerolls into the same thread; twice delivered is once', async () => {
    await slack.asUser(alice).slash('/imagine', 'a red apple --steps 1', { channel: general });
    const { status, results } = await drawn();
    slack.asUser(bao).react(results, 'three');
    await until(() => shown(results).includes('3: 1'));
    await slack.resendLastEvent();
    slack.asUser(carol).react(results, 'repeat');
    await slack.resendLastEvent();
    await until(() => resultsIn(status).filter(isComplete).length === 2);
    assert.match(shown(resultsIn(status)[1] as FakeMessage), /reroll/);
    assert.equal(
      statuses().length +
        thread(status).filter((message) => shown(message).includes('for Carol')).length,
      2,
    );
  });

  it('answers what does not fit in private, in the person’s language, with a button that sends the corrected one', async () => {
    await slack
      .asUser(bao)
      .slash('/imagine', '一个苹果 --steps 900 --size 1000x512', { channel: general });
    const answer = await lastPrivate(bao);
    assert.match(shown(answer), /1000x512 不可用[^]*步数 900 不可用/);
    assert.equal(statuses().length, 0);
    const [use] = buttons(answer);
    await slack.asUser(bao).click(answer, toText(use?.['action_id']));
    const status = await until(() => statuses()[0]);
    await until(() => resultsIn(status).find(isComplete));
    await until(() => shown(status).includes('完成 4 张'));
  });

  it('opens a form for a bare /imagine, and draws what it says', async () => {
    const person = slack.asUser(alice);
    await person.slash('/imagine', '', { channel: general });
    const opened = await until(() => person.views()[0]);
    await person.submit(opened.id, { prompt: 'a green cactus' });
    const { status } = await drawn();
    assert.match(shown(status), /a green cactus/);
  });

  it('hears a mention in a thread, where slash commands do not work, and answers there', async () => {
    const root = slack.asUser(alice).say('what about apples?', { channel: general });
    slack
      .asUser(alice)
      .mention('imagine a red apple --steps 1 --count 2', { channel: general, threadTs: root.ts });
    const results = await until(() =>
      slack.messages(general, root.ts).find((message) => isComplete(message)),
    );
    assert.equal(pictures(results).length, 2);
    assert.equal(statuses().length, 0);
  });

  it('draws a message’s text by its shortcut', async () => {
    const message = slack.asUser(bao).say('a blue umbrella', { channel: general });
    await slack.asUser(alice).messageShortcut('imagine_this', message);
    const status = await until(() =>
      statuses().find((one) => shown(one).includes('a blue umbrella')),
    );
    await until(() => resultsIn(status).find(isComplete));
  });

  it('works in direct messages', async () => {
    const person = slack.asUser(alice);
    person.say('a yellow star --steps 1 --count 1', { channel: person.dmChannelId });
    await until(() =>
      slack.messages(person.dmChannelId).find((message) => pictures(message).length === 1),
    );
  });

  it('says in private that it was not invited', async () => {
    await slack.asUser(alice).slash('/imagine', 'a cat', { channel: random });
    assert.match(shown(await lastPrivate(alice)), /invite/i);
  });

  it('survives a lost connection: the next command is heard', async () => {
    slack.dropSocket('lost');
    await until(() => slack.connections === 0);
    await until(() => slack.connections > 0);
    await slack.asUser(alice).slash('/imagine', 'a cat --steps 1 --count 1', { channel: general });
    const status = await until(() => statuses()[0]);
    await until(() => resultsIn(status).find(isComplete));
  });

  it('posts nothing twice when Slack does not answer', async () => {
    slack.failNext('chat.postMessage', { status: 500, afterProcessing: true });
    slack.failNext('chat.postMessage', { drop: true, afterProcessing: true, times: 1 });
    await slack.asUser(alice).slash('/imagine', 'a cat --steps 1', { channel: general });
    const { status } = await drawn();
    await until(async () => (await product.bot().services.store.requests.listOpen()).length === 0);
    assert.equal(statuses().length, 1);
    assert.equal(resultsIn(status).length, 1);
  });
});

describe('Quartet in Slack, over HTTP', () => {
  it('takes signed requests on its own port, and refuses others', async () => {
    await start({ SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: 'fake-signing-secret' });
    const address = `${product.bot().url}/slack/events`;
    slack.deliverTo(address);
    assert.deepEqual(await slack.verifyUrl(address), { challenge: 'a-challenge' });
    const forged = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-slack-signature': 'v0=00',
        'x-slack-request-timestamp': '1',
      },
      body: '{}',
    });
    assert.equal(forged.status, 401);
    await slack.asUser(alice).slash('/imagine', 'a red apple --steps 1', { channel: general });
    const { results } = await drawn();
    slack.asUser(bao).react(results, 'one');
    await until(() => shown(results).includes('1: 1'));
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeFinding, diagnose } from '#src/requests/diagnose.ts';
import { defaultIds, type FakeDiscord } from '../fakes/discord/fake-discord.ts';
import { slackIds, type FakeSlack } from '../fakes/slack/fake-slack.ts';
import { useChatProduct } from '../helpers/chat-product.ts';
import { until, type Product } from '../helpers/product.ts';

const startProduct = useChatProduct('discord', 'slack');
let discord: FakeDiscord;
let slack: FakeSlack;
let product: Product;

async function start(env: NodeJS.ProcessEnv): Promise<void> {
  ({ discord, slack, product } = await startProduct(env));
}

const consoleAnswers = async () => (await fetch(`${product.bot().url}/healthz`)).status;

async function drawsOnSlack(): Promise<void> {
  const channel = slackIds.general;
  await slack.asUser(slackIds.alice).slash('/imagine', 'a cat --steps 1 --count 1', { channel });
  await until(() => slack.messages(channel).find(({ text }) => text.includes('1 picture in')));
}

async function drawsOnDiscord(): Promise<void> {
  const channelId = defaultIds.general;
  discord
    .asUser(defaultIds.alice)
    .slash('imagine', { prompt: 'a cat', steps: 1, count: 1 }, { channelId });
  await until(() =>
    discord.messages(channelId).find(({ content }) => content.includes('1 picture in')),
  );
}

/** What `quartet doctor` is told by the running program. */
async function doctor(): Promise<string> {
  const { services } = product.bot();
  const found = await diagnose(services, services.platforms, 'en');
  return found.map(describeFinding).join('\n');
}

describe('one platform without the other', () => {
  it('serves Slack and the console when Discord refuses the token, and its doctor says so', async () => {
    await start({ DISCORD_TOKEN: 'not-the-token' });
    assert.equal(await consoleAnswers(), 200);
    await drawsOnSlack();
    const said = await doctor();
    assert.match(said, /✗ Discord login: Discord does not take the token/);
    assert.match(said, /Set DISCORD_TOKEN to the token/);
    assert.match(said, /✓ Slack bot token/);
    assert.doesNotMatch(said, /not-the-token/);
  });

  it('serves Discord and the console when Slack refuses the token, and its doctor says so', async () => {
    await start({ SLACK_BOT_TOKEN: 'xoxb-not-the-token' });
    assert.equal(await consoleAnswers(), 200);
    await drawsOnDiscord();
    const said = await doctor();
    assert.match(said, /✗ Slack bot token: Slack refused auth\.test/);
    assert.match(said, /SLACK_BOT_TOKEN/);
    assert.doesNotMatch(said, /xoxb-not/);
  });
});

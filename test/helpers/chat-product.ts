import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import discordModule from '#src/platforms/discord.ts';
import slackModule from '#src/platforms/slack.ts';
import { startFakeDiscord, type FakeDiscord } from '../fakes/discord/fake-discord.ts';
import { startFakeSlack, type FakeSlack } from '../fakes/slack/fake-slack.ts';
import { startTestPostgres, type TestPostgres } from './postgres.ts';
import { createProduct, type Product } from './product.ts';
import { createStubEngine, type StubEngine } from './stub-engine.ts';

export interface ChatProduct {
  discord: FakeDiscord;
  slack: FakeSlack;
  product: Product;
  engine: StubEngine;
}

/** Pictures that chat cannot show are linked to there. */
export const publicly = {
  QUARTET_PUBLIC_URL: 'https://pictures.example.com',
  QUARTET_API_KEY: 'a-login-token-of-this-test',
};
export const publicLink = /https:\/\/pictures\.example\.com\/#\/r\/[0-9a-f-]{36}/;

/**
 * Registers the hooks, and returns what starts bot and worker on a fake Discord, a fake Slack or both,
 * new for each test. They end with it, and what the fakes did not expect fails it.
 * @param env settings that differ; an empty one is not set.
 */
export function useChatProduct(
  ...platforms: ('discord' | 'slack')[]
): (env?: NodeJS.ProcessEnv) => Promise<ChatProduct> {
  let postgres: TestPostgres;
  let started: ChatProduct | null = null;
  before(async () => {
    postgres = await startTestPostgres();
  });
  after(() => postgres.stop());
  afterEach(async () => {
    if (started === null) return;
    const { product, discord, slack } = started;
    started = null;
    await product.stop();
    await Promise.all([discord.close(), slack.close()]);
    assert.deepEqual(discord.unexpectedRequests, []);
    assert.deepEqual(discord.responseFaults, []);
    assert.deepEqual(slack.unexpected, []);
  });

  return async (env = {}) => {
    const [discord, slack] = await Promise.all([
      startFakeDiscord({ checkResponses: true }),
      startFakeSlack(),
    ]);
    const modules = { discord: discordModule, slack: slackModule };
    const product = createProduct(
      await postgres.createDatabase(),
      platforms.map((name) => modules[name]),
      {
        DISCORD_TOKEN: discord.token,
        DISCORD_API_URL: discord.apiUrl,
        SLACK_BOT_TOKEN: slack.tokens.bot,
        SLACK_APP_TOKEN: slack.tokens.app,
        SLACK_API_URL: slack.apiUrl,
        ...env,
      },
    );
    const engine = createStubEngine();
    started = { discord, slack, product, engine };
    await product.startBot();
    await product.startWorker(engine);
    return started;
  };
}

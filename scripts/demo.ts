/**
 * The whole product with no accounts: a Discord and a Slack of its own, side by side in one page.
 * `npm run demo`; flags: --data-dir DIR --port N (console) --page-port N.
 */
import { parseArgs } from 'node:util';
import { untilStopped } from '#src/cli/until-stopped.ts';
import { loadConfig } from '#src/config.ts';
import { toAppError } from '#src/errors.ts';
import { createLogger } from '#src/log.ts';
import { startAll } from '#src/up.ts';
import { startFakeDiscord } from '../test/fakes/discord/fake-discord.ts';
import { startFakeSlack } from '../test/fakes/slack/fake-slack.ts';
import { startDemoPage } from './demo/server.ts';

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string', default: './data/demo' },
    port: { type: 'string', default: '7860' },
    'page-port': { type: 'string', default: '7861' },
  },
});

const [discord, slack] = await Promise.all([startFakeDiscord(), startFakeSlack()]);
const env = {
  ...process.env,
  QUARTET_DATA_DIR: values['data-dir'],
  QUARTET_PORT: values.port,
  DISCORD_TOKEN: discord.token,
  DISCORD_API_URL: discord.apiUrl,
  SLACK_BOT_TOKEN: slack.tokens.bot,
  SLACK_APP_TOKEN: slack.tokens.app,
  SLACK_API_URL: slack.apiUrl,
};
const logger = createLogger({ level: 'warn' });
try {
  const page = await startDemoPage(discord, slack, Number(values['page-port']));
  const { promise: fatal, resolve: onFatal } = Promise.withResolvers<Error>();
  const up = await startAll({ config: loadConfig(env), logger, workerArgs: [], env, onFatal });
  page.setConsole(up.bot.url);
  console.log(`Discord and Slack, as people see them: ${page.url}`);
  console.log(`The console is ready: ${up.bot.url}`);
  const stop = async () => {
    await up.stop();
    await Promise.all([page.close(), discord.close(), slack.close()]);
  };
  process.exitCode = await untilStopped(logger, stop, fatal);
} catch (thrown) {
  console.error(toAppError(thrown).message);
  process.exit(1);
}

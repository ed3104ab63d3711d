/**
 * The whole product with no accounts: a Discord and a Slack of its own, side by side in one page.
 * `npm run demo`; flags: --data-dir DIR --port N (the console) --page-port N.
 */
import { exitCode } from '#src/cli/main.ts';
import { keepMemorySteady } from '#src/cli/steady-memory.ts';
import { leaveOnSignals, untilStopped } from '#src/cli/until-stopped.ts';
import { loadConfig } from '#src/config.ts';
import { toAppError } from '#src/errors.ts';
import { createLogger } from '#src/log.ts';
import { startAll } from '#src/up.ts';
import { startFakeDiscord } from '../test/fakes/discord/fake-discord.ts';
import { startFakeSlack } from '../test/fakes/slack/fake-slack.ts';
import { startDemoPage } from './demo/server.ts';
import { demoEnvironment, demoFlags, readFlags } from './demo/settings.ts';

/** For machines that do much else. Unit: milliseconds. */
const patience = 60_000;

try {
  if (/^(-h|--help)$/.test(process.argv[2] ?? '')) {
    console.log(`The whole product with no accounts, in one page. ${demoFlags}`);
    process.exit(0);
  }
  const flags = readFlags(process.argv.slice(2));
  keepMemorySteady();
  leaveOnSignals();
  const [discord, slack] = await Promise.all([startFakeDiscord(), startFakeSlack()]);
  const env = demoEnvironment(process.env, flags, discord, slack);
  const logger = createLogger({ level: 'warn' });
  const page = await startDemoPage(discord, slack, flags.pagePort);
  const { promise: fatal, resolve: onFatal } = Promise.withResolvers<Error>();
  const up = await startAll({ config: loadConfig(env), logger, workerArgs: [], env, onFatal });
  // Before that the first command would be refused.
  const isHeard = () => discord.world.commands.size > 0 && slack.connections > 0;
  await Promise.race([discord.waitFor(isHeard, patience, 'the bot'), fatal]);
  page.setConsole(up.bot.url);
  console.log(`Discord and Slack, side by side: ${page.url}`);
  console.log(`The console: ${up.bot.url}`);
  const stop = async () => {
    await page.close();
    await up.stop();
    await Promise.all([discord.close(), slack.close()]);
  };
  process.exitCode = await untilStopped(logger, stop, fatal);
} catch (thrown) {
  const error = toAppError(thrown);
  console.error(error.message);
  process.exit(exitCode(error));
}

import { AppError } from '#src/errors.ts';
import { createSlackPlatform, type SlackPlatform } from './slack/platform.ts';
import type { LogTarget } from './slack/bolt-logger.ts';
import type { Config } from '#src/config.ts';

/** Slack: Socket Mode by default, HTTP where only a signing secret is set. */
export default {
  name: 'slack',
  isConfigured: (config: Config): boolean => config.slack !== null,
  create({ config, logger }: { config: Config; logger: LogTarget }): SlackPlatform {
    if (config.slack === null) {
      throw new AppError('CONFIG_INVALID', 'Slack is not set up: SLACK_BOT_TOKEN is missing.');
    }
    return createSlackPlatform({ ...config.slack, publicUrl: config.publicUrl, logger });
  },
};

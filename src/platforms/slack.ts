import { AppError } from '#src/errors.ts';
import type { PlatformModule } from '#src/types/platform-module.ts';

/** Slack: Socket Mode by default, HTTP where only a signing secret is set. */
export default {
  name: 'slack',
  isConfigured: (config) => config.slack !== null,
  async create({ config, logger }) {
    if (config.slack === null) {
      throw new AppError('CONFIG_INVALID', 'Slack is not set up: SLACK_BOT_TOKEN is missing.');
    }
    const { createSlackPlatform } = await import('./slack/platform.ts');
    return createSlackPlatform({ ...config.slack, publicUrl: config.publicUrl, logger });
  },
} satisfies PlatformModule;

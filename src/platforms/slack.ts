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
  async setUp({ config, commands, isHttp = false }) {
    const { slackManifest } = await import('./slack/manifest.ts');
    // A signing secret alone asks for HTTP as well; else Slack need not reach this program.
    const socketMode = !isHttp && (config.slack === null || config.slack.appToken !== null);
    const { publicUrl } = config;
    const steps = [
      'Open https://api.slack.com/apps, press "Create New App", then "From a manifest", and choose the workspace.',
      ...(socketMode || publicUrl !== null
        ? []
        : [
            'Set QUARTET_PUBLIC_URL to the https address of this program, and run this again: it stands in place of YOUR-ADDRESS.',
          ]),
      'Paste what is printed below as JSON, press "Next", then "Create".',
      '"Install App": press "Install to Workspace", then "Allow".',
      '"OAuth & Permissions": put the "Bot User OAuth Token" into .env as SLACK_BOT_TOKEN.',
      socketMode
        ? '"Basic Information, App-Level Tokens": generate one with the scope connections:write, and put it into .env as SLACK_APP_TOKEN.'
        : '"Basic Information, App Credentials": put the "Signing Secret" into .env as SLACK_SIGNING_SECRET.',
      'Run npm start, and invite the bot in a channel: /invite @Quartet. Then type /imagine a red apple.',
    ];
    const manifest = slackManifest({
      socketMode,
      commands,
      ...(publicUrl !== null && { publicUrl }),
    });
    return { steps, text: JSON.stringify(manifest, null, 2) };
  },
} satisfies PlatformModule;

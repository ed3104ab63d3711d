import { AppError } from '#src/errors.ts';
import type { PlatformModule } from '#src/types/platform-module.ts';

/** Discord: one bot token, a connection that the program opens itself, no privileged intents. */
export default {
  name: 'discord',
  isConfigured: (config) => config.discord !== null,
  async create({ config, logger }) {
    if (config.discord === null) {
      throw new AppError('CONFIG_INVALID', 'Discord is not set up: DISCORD_TOKEN is missing.');
    }
    const { createDiscordPlatform } = await import('./discord/platform.ts');
    return createDiscordPlatform({ ...config.discord, logger });
  },
  async setUp({ config }) {
    const { inviteLink } = await import('./discord/rights.ts');
    const steps = [
      'Open https://discord.com/developers/applications, press "New Application", give it a name, accept the terms and press "Create".',
      '"Bot": press "Reset Token", "Yes, do it!", "Copy", and write the line DISCORD_TOKEN=… into the file .env in this folder. No privileged intent is needed.',
      'Run this again: it prints the link that adds the bot to a server.',
    ];
    if (config.discord === null) return { steps, text: null };
    const { findApplicationId } = await import('./discord/identity.ts');
    const applicationId = await findApplicationId(config.discord);
    return {
      steps: [
        'Open the link below, choose the server and press "Authorize".',
        'Run npm start, and type /imagine in a channel.',
      ],
      text: inviteLink(applicationId),
    };
  },
} satisfies PlatformModule;

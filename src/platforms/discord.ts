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
      'Open https://discord.com/developers/applications and press "New Application".',
      '"Bot": press "Reset Token", and put the token into .env as DISCORD_TOKEN. No privileged intent is needed.',
      'Run this again: it prints the link that adds the bot to a server.',
    ];
    if (config.discord === null) return { steps, text: null };
    const { findApplicationId } = await import('./discord/identity.ts');
    const applicationId = await findApplicationId(config.discord);
    return {
      steps: ['Open the link below and choose the server.', 'Run npm start, and type /imagine.'],
      text: inviteLink(applicationId),
    };
  },
} satisfies PlatformModule;

import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  Client,
  Events,
  GatewayIntentBits,
} from 'discord.js';
import type { FakeDiscord } from './fake-discord.ts';

export function createClient(fake: FakeDiscord, intents: number[] = []): Client {
  const { Guilds, GuildMessageReactions, DirectMessageReactions } = GatewayIntentBits;
  return new Client({
    intents: [Guilds, GuildMessageReactions, DirectMessageReactions, ...intents],
    rest: { api: fake.apiUrl, version: '10', retries: 0, timeout: 5000 },
    waitGuildTimeout: 500,
  });
}

export async function login(fake: FakeDiscord, intents: number[] = []): Promise<Client> {
  const client = createClient(fake, intents);
  const ready = new Promise<void>((resolve) => client.once(Events.ClientReady, () => resolve()));
  await client.login(fake.token);
  await ready;
  return client;
}

export const commands = [
  {
    name: 'paint',
    description: 'Paint a picture',
    description_localizations: { 'zh-CN': '画一张图' },
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'prompt',
        description: 'What',
        required: true,
        max_length: 20,
      },
      {
        type: ApplicationCommandOptionType.Integer,
        name: 'steps',
        description: 'Steps',
        min_value: 1,
        max_value: 8,
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'style',
        description: 'Style',
        autocomplete: true,
      },
      { type: ApplicationCommandOptionType.Attachment, name: 'image', description: 'From' },
    ],
  },
  { name: 'Imagine this', type: ApplicationCommandType.Message },
] as Parameters<NonNullable<Client['application']>['commands']['set']>[0];

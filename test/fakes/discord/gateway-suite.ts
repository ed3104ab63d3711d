import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Events, GatewayIntentBits } from 'discord.js';
import { defaultIds, startFakeDiscord } from './fake-discord.ts';
import { createClient, login } from './test-client.ts';

const { alice, bao } = defaultIds;

/** Defines the tests of the gateway's refusals, intents and reconnects. */
export function describeGateway(): void {
  describe('fake Discord gateway', () => {
    const refusals = [
      { name: 'a wrong token with 4004', closeCode: 4004, token: 'wrong', intents: 1 },
      {
        name: 'a privileged intent that is not allowed with 4014',
        closeCode: 4014,
        token: 'fake-discord-token',
        intents: 1 << 15,
      },
    ];
    for (const { name, closeCode, token, intents } of refusals) {
      test(`closes on ${name}`, async () => {
        const fake = await startFakeDiscord();
        const socket = new WebSocket(`${fake.origin.replace('http', 'ws')}/?v=10&encoding=json`);
        const closed = new Promise<number>((resolve) =>
          socket.addEventListener('close', (event) => resolve(event.code)),
        );
        socket.addEventListener('open', () =>
          socket.send(JSON.stringify({ op: 2, d: { token, intents, properties: {} } })),
        );
        assert.equal(await closed, closeCode);
        await fake.close();
      });
    }

    test('sends reactions only with their intent, and a message empty without the content right', async () => {
      const fake = await startFakeDiscord();
      const frames: { t: string; d: Record<string, unknown> }[] = [];
      const socket = new WebSocket(`${fake.origin.replace('http', 'ws')}/?v=10&encoding=json`);
      socket.addEventListener('message', (event) => frames.push(JSON.parse(String(event.data))));
      await new Promise((resolve) => socket.addEventListener('open', resolve));
      const intents = GatewayIntentBits.Guilds | GatewayIntentBits.GuildMessages;
      socket.send(JSON.stringify({ op: 2, d: { token: fake.token, intents, properties: {} } }));
      await fake.waitFor(() => fake.gateway.counts.identify === 1);
      const said = fake.asUser(alice).say('secret');
      fake.asUser(bao).react(said, '🔁');
      fake.asUser(alice).deleteMessage(said);
      const deleted = new Promise<void>((resolve) => {
        const look = (): void =>
          frames.some((frame) => frame.t === 'MESSAGE_DELETE') ? resolve() : undefined;
        socket.addEventListener('message', look);
        look();
      });
      await deleted;
      const events = frames.slice(1).map((frame) => frame.t);
      assert.deepEqual(events, ['READY', 'GUILD_CREATE', 'MESSAGE_CREATE', 'MESSAGE_DELETE']);
      assert.equal(frames[3]?.d['content'], '');
      socket.close();
      await fake.close();
    });

    test('is told to reconnect and resumes by itself', async () => {
      const fake = await startFakeDiscord();
      const client = await login(fake);
      fake.dropGateway({ how: 'reconnect' });
      await fake.waitFor(() => fake.gateway.counts.resume === 1);
      assert.equal(fake.gateway.counts.identify, 1);
      await client.destroy();
      await fake.close();
    });

    test('makes discord.js stop for good on a disallowed intent', async () => {
      const fake = await startFakeDiscord();
      const client = createClient(fake, [GatewayIntentBits.MessageContent]);
      const stopped = new Promise<number>((resolve) =>
        client.once(Events.ShardDisconnect, (event) => resolve(event.code)),
      );
      await client.login(fake.token).catch(() => {});
      assert.equal(await stopped, 4014);
      await client.destroy();
      await fake.close();
    });
  });
}

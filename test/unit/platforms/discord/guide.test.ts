import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Client } from 'discord.js';
import discord from '#src/platforms/discord.ts';
import { fileBytesOf } from '#src/platforms/discord/checks.ts';
import { inviteLink, invitePermissions, rights } from '#src/platforms/discord/rights.ts';
import { loadConfig } from '#src/config.ts';

const guide = readFileSync(new URL('../../../../docs/discord.md', import.meta.url), 'utf8');

test('explains every right as the program does', () => {
  for (const { name, use, without } of Object.values(rights)) {
    assert.ok(guide.includes(`| ${name} | ${use} | ${without} |`), name);
  }
});

test('prints the link that the program prints', () => {
  const link = inviteLink('YOUR-APPLICATION-ID');
  assert.ok(guide.includes(link), link);
  assert.equal(invitePermissions, 309_237_746_752n);
});

test('is set up by its token alone', () => {
  assert.equal(discord.isConfigured(loadConfig({})), false);
  assert.equal(discord.isConfigured(loadConfig({ DISCORD_TOKEN: 'x' })), true);
});

test('knows the largest file by the boost level of the server', () => {
  const place = { platform: 'discord', workspaceId: 'g', channelId: 'c', threadId: null } as const;
  const sizes = [0, 1, 2, 3].map((premiumTier) => {
    const cache = new Map([['g', { premiumTier }]]);
    return fileBytesOf({ guilds: { cache } } as unknown as Client, place) / 2 ** 20;
  });
  assert.deepEqual(sizes, [10, 10, 50, 100]);
});

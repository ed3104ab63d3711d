import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeCommand } from '#src/commands/describe.ts';
import { emptyScope, loadCommands } from '#src/commands/registry.ts';
import { slackManifest } from '#src/platforms/slack/manifest.ts';
import { botScopes } from '#src/platforms/slack/scopes.ts';

const guide = readFileSync(new URL('../../../../docs/slack.md', import.meta.url), 'utf8');

test('prints the manifest that the program prints', async () => {
  const commands = [...(await loadCommands()).values()].map((command) =>
    describeCommand(command, emptyScope),
  );
  const block = /```json\n([^]*?)```/.exec(guide)?.[1] ?? '';
  assert.deepEqual(JSON.parse(block), slackManifest({ socketMode: true, commands }));
});

test('explains every scope', () => {
  for (const [scope, use] of Object.entries(botScopes)) {
    assert.ok(guide.includes(`| \`${scope}\` | ${use} |`), scope);
  }
});

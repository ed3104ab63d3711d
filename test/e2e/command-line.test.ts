import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import packageJson from '../../package.json' with { type: 'json' };
import { runCli } from '../helpers/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'quartet-line-'));
after(() => rmSync(folder, { recursive: true }));

describe('the command line', () => {
  for (const line of ['--help', '-h', 'help']) {
    it(`lists its commands for ${line}`, async () => {
      const { code, stdout } = await runCli([line], folder);
      assert.equal(code, 0);
      assert.match(stdout, /^ {2}up +start everything/m);
    });
  }

  for (const line of ['up --help', 'up -h', 'help up']) {
    it(`explains a command for ${line}`, async () => {
      const { code, stdout } = await runCli(line.split(' '), folder);
      assert.equal(code, 0);
      assert.match(stdout, /^Usage: quartet up/m);
    });
  }

  it('tells its version', async () => {
    for (const flag of ['--version', '-v']) {
      const { code, stdout } = await runCli([flag], folder);
      assert.deepEqual([code, stdout.trim()], [0, packageJson.version]);
    }
  });

  it('prints the manifest alone on standard output, for a socket and for HTTP', async () => {
    const socket = await runCli(['setup', 'slack'], folder);
    assert.doesNotMatch(socket.stdout, /https:/);
    assert.match(socket.stderr, /^4\. .*SLACK_BOT_TOKEN\.\n5\. .*SLACK_APP_TOKEN\./m);
    const { stdout, stderr } = await runCli(
      ['setup', 'slack', '--http', '--public-url', 'https://draw.example.com'],
      folder,
    );
    const manifest = JSON.parse(stdout) as { settings: { socket_mode_enabled: boolean } };
    assert.equal(manifest.settings.socket_mode_enabled, false);
    assert.equal(stdout.match(/https:\/\/draw\.example\.com\/slack\/events/g)?.length, 5);
    assert.match(stderr, /SLACK_SIGNING_SECRET/);
  });

  it('says how a bot is made where there is no token yet', async () => {
    const { code, stdout, stderr } = await runCli(['setup', 'discord'], folder);
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(
      stderr,
      /^1\. Open https:\/\/discord\.com\/developers\/applications[^]*\n3\. Run this again/,
    );
  });

  for (const [line, ...said] of [
    ['doctr', /^doctr is not a command: use up, .*Did you mean doctor\?$/],
    ['-x', /^-x is not a command: use up, .*doctor\.$/],
    ['setup discrd', /^Say which one to set up: .*quartet setup slack\.$/],
    [
      'up --prot 80 word --verbose=1',
      /^--prot is not a flag of this command\. Did you mean --port\?/,
      /^--verbose takes no value\.$/,
      /^"word" means nothing to quartet up: /,
    ],
    ['doctor --api-key x', /^--api-key is not a flag of this command\./],
    ['bot', /^quartet bot needs DATABASE_URL, .*: quartet up\.$/],
    ['worker', /^quartet worker needs DATABASE_URL, .*: quartet up\.$/],
    ['up --port abc', /^QUARTET_PORT "abc": use a whole number from 0 to 65535/],
  ] as [string, ...RegExp[]][]) {
    it(`says what is wrong with ${line}, a line each, and does nothing`, async () => {
      const { code, stdout, stderr } = await runCli(line.split(' '), folder);
      assert.deepEqual([code, stdout], [2, '']);
      const lines = stderr.trim().split('\n');
      assert.equal(lines.length, said.length, stderr);
      said.forEach((sentence, i) => assert.match(lines[i] ?? '', sentence));
      assert.deepEqual(readdirSync(folder), []);
    });
  }
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { loadConfig, settingFlags, settingNames } from '#src/config.ts';
import { AppError } from '#src/errors.ts';

function messageOf(env: Record<string, string>, flags?: Record<string, string>): string {
  try {
    loadConfig(env, flags);
  } catch (thrown) {
    assert.ok(thrown instanceof AppError);
    assert.equal(thrown.code, 'CONFIG_INVALID');
    return thrown.message;
  }
  assert.fail('the settings were accepted');
}

describe('the settings', () => {
  it('have defaults', () => {
    const config = loadConfig({});
    assert.equal(config.dataDir, resolve('data'));
    assert.deepEqual(
      [config.host, config.port, config.model, config.device],
      ['127.0.0.1', 7860, 'pocket', 'auto'],
    );
    assert.equal(config.discord, null);
    assert.equal(config.slack, null);
  });

  it('take an empty variable as not set', () => {
    assert.equal(loadConfig({ QUARTET_PORT: '', DISCORD_TOKEN: '' }).port, 7860);
  });

  it('let a flag win over the environment', () => {
    const config = loadConfig({ QUARTET_DEVICE: 'cuda', QUARTET_PORT: '80' }, { device: 'cpu' });
    assert.deepEqual([config.device, config.port], ['cpu', 80]);
  });

  it('read true, false, 1 and 0 as booleans and nothing else', () => {
    const offload = (value: string) => loadConfig({ QUARTET_OFFLOAD_TO_CPU: value }).offloadToCpu;
    assert.deepEqual(['true', '1', 'false', '0'].map(offload), [true, true, false, false]);
    assert.match(messageOf({ QUARTET_OFFLOAD_TO_CPU: 'yes' }), /QUARTET_OFFLOAD_TO_CPU "yes"/);
  });

  it('tell every fault at once, one line per variable', () => {
    const lines = messageOf({
      QUARTET_PORT: '99999',
      QUARTET_DEVICE: 'gpu',
      QUARTET_GPU_MEMORY_UTILIZATION: '0',
    }).split('\n');
    assert.equal(lines.length, 3);
    assert.match(lines.join('\n'), /QUARTET_DEVICE "gpu": .*cuda/);
  });

  for (const [name, values, sentence] of [
    [
      'QUARTET_PORT',
      ['abc', '99999', '-1', '1.5', '0x1F'],
      'use a whole number from 0 to 65535, such as 7860.',
    ],
    [
      'QUARTET_MAX_CONCURRENT_GENERATIONS',
      ['0', 'two'],
      'use a whole number from 1 on, such as 4.',
    ],
    [
      'QUARTET_GPU_MEMORY_UTILIZATION',
      ['0', '2', 'x'],
      'use a number above 0 and up to 1, such as 0.9.',
    ],
    ['QUARTET_STEP_TIMEOUT', ['0', '-1', 'long'], 'use a number of seconds above 0, such as 600.'],
    ['QUARTET_OFFLOAD_TO_CPU', ['yes'], 'use true, false, 1 or 0.'],
    ['QUARTET_DEVICE', ['gpu'], 'use auto, cpu, cuda, dml, coreml, webgpu.'],
    [
      'QUARTET_PUBLIC_URL',
      ['foo', 'ftp://x'],
      'is no address that fits: write it like https://quartet.example.com.',
    ],
    [
      'DISCORD_API_URL',
      ['discord'],
      'is no address that fits: write it like https://discord.com/api.',
    ],
    ['SLACK_API_URL', ['::'], 'is no address that fits: write it like https://slack.com/api/.'],
    ['S3_ENDPOINT', ['ftp://x'], 'is no address that fits: write it like https://s3.example.com.'],
  ] as const) {
    it(`say what ${name} may be`, () => {
      for (const value of values)
        assert.equal(messageOf({ [name]: value }), `${name} "${value}": ${sentence}`);
    });
  }

  it('take blanks around a value as a slip of copying', () => {
    assert.equal(loadConfig({ DISCORD_TOKEN: ' abc\t' }).discord?.token, 'abc');
  });

  it('show no secret, not even a wrong one', () => {
    const message = messageOf({
      SLACK_BOT_TOKEN: 'hunter2',
      DATABASE_URL: 'mysql://me:hunter2@host/db',
    });
    assert.doesNotMatch(message, /hunter2/);
    assert.match(message, /SLACK_BOT_TOKEN \(not shown\).*xoxb-/);
    assert.match(message, /DATABASE_URL \(not shown\): .*postgresql:\/\/USER/);
  });

  it('refuse half of a platform', () => {
    assert.match(messageOf({ SLACK_BOT_TOKEN: 'xoxb-1' }), /needs SLACK_APP_TOKEN/);
    assert.match(messageOf({ SLACK_SIGNING_SECRET: 'x' }), /SLACK_BOT_TOKEN: is missing/);
  });

  it('have flags for everything but secrets', () => {
    assert.equal(settingFlags.get('data-dir'), 'QUARTET_DATA_DIR');
    assert.equal(settingFlags.has('api-key'), false);
    assert.equal(
      [...settingFlags.values()].some((name) => name.includes('TOKEN')),
      false,
    );
  });

  it('are all on their page', () => {
    const page = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8');
    for (const name of settingNames) assert.ok(page.includes(`\`${name}\``), name);
  });

  it('cannot be changed once they are read', () => {
    assert.throws(() => Object.assign(loadConfig({}), { port: 1 }), TypeError);
  });
});

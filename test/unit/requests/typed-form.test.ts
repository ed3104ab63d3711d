import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLogger } from '#src/log.ts';
import { createConsolePlatform } from '#src/platforms/console.ts';
import { createDiscordPlatform } from '#src/platforms/discord/platform.ts';
import { createSlackPlatform } from '#src/platforms/slack/platform.ts';
import { typedForm } from '#src/requests/typed-form.ts';
import { createTexts } from '#src/texts/index.ts';

const logger = createLogger({ level: 'silent' });
const console = createConsolePlatform();
const discord = createDiscordPlatform({ token: 'x', apiUrl: 'http://127.0.0.1:1', logger });
const slack = createSlackPlatform({
  botToken: 'x', appToken: 'x', signingSecret: null, apiUrl: 'http://127.0.0.1:1/', publicUrl: null, logger,
}); // prettier-ignore
const en = createTexts('en');
const zh = createTexts('zh-CN');
const apple = { words: { prompt: 'a red apple' }, flags: { steps: 8, negative: 'text, frames' } };

describe('a command as people type it', () => {
  it('is a line with flags in the console', () => {
    assert.equal(
      typedForm(console, en, 'imagine', apple),
      '/imagine a red apple --steps 8 --negative "text, frames"',
    );
    assert.equal(typedForm(console, en, 'cancel'), '/cancel');
  });

  it('has only two slash commands in Slack', () => {
    assert.match(typedForm(slack, en, 'imagine', apple), /^\/imagine a red apple --steps 8/);
    assert.equal(typedForm(slack, en, 'cancel'), '/quartet cancel');
    assert.equal(typedForm(slack, zh, 'cancel', { words: { which: 'all' } }), '/quartet 取消 all');
  });

  it('has fields on Discord, with the names that the person sees there', () => {
    assert.equal(
      typedForm(discord, en, 'imagine', apple),
      '/imagine prompt:a red apple steps:8 negative:text, frames',
    );
    assert.equal(
      typedForm(discord, zh, 'styles', { words: { action: 'delete', name: '名称' } }),
      '/风格 操作:delete 名称:名称',
    );
  });

  it('leaves out what is not said', () => {
    const flags = { seed: null, size: undefined };
    assert.equal(typedForm(console, en, 'imagine', { flags }), '/imagine');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { webApi } from '@slack/bolt';
import { DiscordAPIError } from 'discord.js';
import { messageIn } from '#src/errors.ts';
import { codes, toPlatformError as fromDiscord } from '#src/platforms/discord/failures.ts';
import { toPlatformError as fromSlack } from '#src/platforms/slack/failures.ts';

const han = /\p{Script=Han}/u;

const discordRefusal = (code: number, status = 403) =>
  new DiscordAPIError({ code, message: 'no' }, code, status, 'POST', 'https://example.org', {});

const slackRefusal = (error: string) =>
  new webApi.WebAPIPlatformError({ ok: false, error, needed: 'chat:write' } as never);

describe('what goes wrong on a platform', () => {
  for (const [name, code] of Object.entries(codes)) {
    it(`is told in both languages: Discord, ${name}`, () => {
      const error = fromDiscord(discordRefusal(code), {
        channel: '#design',
        missing: ['AttachFiles'],
      });
      assert.doesNotMatch(messageIn(error, 'en'), han);
      assert.match(messageIn(error, 'zh-CN'), han);
    });
  }

  it('names the right and the channel', () => {
    const error = fromDiscord(discordRefusal(codes.missingPermissions), {
      channel: '#design',
      missing: ['AttachFiles'],
    });
    assert.equal(
      messageIn(error, 'en'),
      'I cannot attach files in #design: the right "Attach Files" is missing.',
    );
    assert.equal(messageIn(error, 'zh-CN'), '我无法在 #design 发送图片：缺少权限 “Attach Files”。');
  });

  for (const error of [
    'not_in_channel',
    'channel_not_found',
    'is_archived',
    'restricted_action',
    'thread_locked',
    'msg_too_long',
    'message_not_found',
    'missing_scope',
    'token_expired',
    'token_revoked',
    'account_inactive',
    'invalid_auth',
    'internal_error',
    'something_new',
  ]) {
    it(`is told in both languages: Slack, ${error}`, () => {
      const told = fromSlack('chat.postMessage', slackRefusal(error), '#design');
      assert.doesNotMatch(messageIn(told, 'en'), han);
      assert.match(messageIn(told, 'zh-CN'), han);
    });
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diagnoseClock } from '#src/clock.ts';

const date = 'Wed, 25 Nov 2026 12:00:00 GMT';
const now = Date.parse(date);
const found = (offsetMs: number, locale: 'en' | 'zh-CN' = 'en') =>
  diagnoseClock('Slack', date, locale, now + offsetMs)[0];

describe('the clock', () => {
  it('agrees within half a minute', () => {
    for (const offsetMs of [-30_000, 0, 30_000]) {
      assert.deepEqual(found(offsetMs), {
        name: 'clock', ok: true, detail: 'agrees with Slack', fix: null,
      }); // prettier-ignore
    }
  });

  it('is told how far it is off, and how it is set', () => {
    assert.equal(found(400_000)?.detail, '400 s ahead of Slack');
    assert.equal(found(-31_000)?.detail, '31 s behind Slack');
    assert.match(found(400_000)?.fix ?? '', /timedatectl set-ntp true$/);
    assert.equal(found(400_000, 'zh-CN')?.detail, '比 Slack 快 400 秒');
    assert.equal(found(400_000)?.ok, false);
  });

  it('is not judged by an answer without a date', () => {
    assert.deepEqual(diagnoseClock('Slack', null, 'en'), []);
    assert.deepEqual(diagnoseClock('Slack', 'soon', 'en'), []);
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { startBrowser, startConsole, watch, type RunningConsole } from '../helpers/browser.ts';
import { barriersOf, overflowOf, smallTargetsOf } from '../helpers/page-faults.ts';

const { browser, reason } = await startBrowser();
const output = join(import.meta.dirname, '../output/console');

describe('the console on a phone', { skip: browser === null && reason }, () => {
  let folder: string;
  let product: RunningConsole;
  let phone: Page;
  const complaints: string[] = [];

  before(async () => {
    mkdirSync(output, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), 'quartet-phone-'));
    product = await startConsole(folder);
    assert.ok(browser);
    phone = await browser.newPage({
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
      locale: 'en-US',
      colorScheme: 'dark',
      reducedMotion: 'reduce',
    });
    phone.setDefaultTimeout(120_000);
    watch(phone, product.url, complaints);
    await phone.goto(product.url);
  });
  after(async () => {
    await browser?.close();
    await product?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const composer = () => phone.getByRole('textbox', { name: 'What to draw, or a command' });
  const send = async (text: string) => {
    await composer().fill(text);
    await phone.getByRole('button', { name: 'Send' }).tap();
  };
  const nav = (name: string) => phone.getByRole('navigation').getByRole('link', { name }).tap();

  /** Nothing stands beside the window, every control fits a finger, and nobody is shut out. */
  async function assertFits(name: string): Promise<void> {
    await phone.screenshot({ path: join(output, `${name}.png`) });
    assert.equal(await overflowOf(phone), 0, `${name} scrolls sideways`);
    assert.deepEqual(await smallTargetsOf(phone), [], name);
    assert.deepEqual(await barriersOf(phone), [], name);
  }

  it('fits when it is opened first', async () => {
    await phone.getByRole('heading', { name: 'Four pictures for every idea' }).waitFor();
    await assertFits('40-phone-first-run');
  });

  it('fits with its form open, and with a private answer', async () => {
    await phone.getByRole('button', { name: 'Options' }).tap();
    await phone.getByRole('button', { name: 'landscape (160x112)' }).tap();
    await phone.getByRole('spinbutton', { name: 'Guidance (cfg)' }).fill('2');
    await assertFits('41-phone-form');
    await phone.getByRole('button', { name: 'Clear all' }).tap();
    await phone.getByRole('button', { name: 'Options' }).tap();
    await send('/imagine a cat with a very-very-very-very-long-word --size 100x100');
    await phone.getByRole('button', { name: 'Draw the corrected one' }).waitFor();
    await assertFits('42-phone-private-answer');
    await phone.getByRole('button', { name: 'Close this answer' }).tap();
  });

  it('fits with pictures, their thread, and two of them compared', async () => {
    await send('a red apple, flat illustration');
    await phone.locator('.tile-picture.is-there').nth(3).waitFor();
    await phone.locator('[data-action=reroll]').waitFor();
    await assertFits('43-phone-pictures');
    await phone.locator('[data-action=reroll]').tap();
    await phone.getByRole('link', { name: '1 more in the thread' }).tap();
    await phone.getByText('2 requests in this thread').waitFor();
    await phone.locator('.tile-picture.is-there').nth(7).waitFor();
    await assertFits('44-phone-thread');
    await phone.locator('.tile').first().tap();
    await phone.getByRole('dialog', { name: /^1 of 4/ }).waitFor();
    await assertFits('45-phone-large');
    await phone.getByRole('button', { name: 'Compare' }).tap();
    await phone.getByRole('dialog', { name: 'Side by side' }).waitFor();
    await assertFits('46-phone-compare');
    await phone.getByRole('button', { name: 'Close' }).tap();
  });

  it('fits in its history, its queue and its help', async () => {
    await nav('History');
    await phone.locator('.album img').first().waitFor();
    await assertFits('47-phone-history');
    await nav('Queue');
    await phone.locator('main').getByText('Nothing waits.').waitFor();
    await assertFits('48-phone-queue');
    await phone.getByRole('button', { name: 'Keys and help' }).tap();
    await assertFits('49-phone-help');
    await phone.getByRole('button', { name: 'Close' }).tap();
  });

  it('made the browser complain of nothing', () => assert.deepEqual(complaints, []));
});

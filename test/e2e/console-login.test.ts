import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { startBrowser, startConsole, type RunningConsole } from '../helpers/browser.ts';

const { browser, reason } = await startBrowser();
const output = join(import.meta.dirname, '../output/console');

describe('the console that others can reach', { skip: browser === null && reason }, () => {
  let folder: string;
  let product: RunningConsole;
  let page: Page;

  before(async () => {
    mkdirSync(output, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), 'quartet-login-'));
    writeFileSync(join(folder, '.env'), 'QUARTET_API_KEY=open-sesame\n');
    product = await startConsole(folder, '--host', '0.0.0.0');
    assert.ok(browser);
    page = await browser.newPage({ locale: 'en-US', viewport: { width: 1200, height: 800 } });
    await page.goto(product.url);
  });
  after(async () => {
    await browser?.close();
    await product?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows nothing but the login', async () => {
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    assert.equal(await page.locator('.composer').count(), 0);
    await page.screenshot({ path: join(output, '30-login.png') });
  });

  it('refuses a wrong token', async () => {
    await page.getByLabel('Token').fill('guess');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.locator('.login-error:not(:empty)').waitFor();
    await page.screenshot({ path: join(output, '31-wrong-token.png') });
  });

  it('opens with the right one, stays open, and closes again', async () => {
    await page.getByLabel('Token').fill('open-sesame');
    await page.keyboard.press('Enter');
    await page.locator('.composer').waitFor();
    await page.reload();
    await page.locator('.composer').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  });
});

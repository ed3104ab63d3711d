import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { startBrowser, startConsole, type RunningConsole } from '../helpers/browser.ts';
import { barriersOf } from '../helpers/page-faults.ts';

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
    assert.deepEqual(await barriersOf(page), []);
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

  it('rests while nobody looks at it, and leads to the login where that ran out meanwhile', async () => {
    await page.clock.install();
    await page.reload();
    await page.getByLabel('Token').fill('open-sesame');
    await page.keyboard.press('Enter');
    await page.locator('.composer').waitFor();
    const look = (isHidden: boolean) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, isHidden);
    await look(true);
    await page.clock.fastForward(61_000);
    const again = page.waitForRequest(/\/api\/events/);
    await look(false);
    await again;
    await look(true);
    await page.clock.fastForward(61_000);
    await page.context().clearCookies();
    await look(false);
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  });

  it('says so where the browser does not keep the login', async () => {
    assert.ok(browser);
    const other = await browser.newPage({ locale: 'en-US' });
    await other.route('**/api/login', (route) => route.fulfill({ status: 204 }));
    await other.goto(product.url);
    await other.getByLabel('Token').fill('open-sesame');
    await other.keyboard.press('Enter');
    await other.getByRole('alert').getByText('did not keep the login').waitFor();
    await other.screenshot({ path: join(output, '32-login-not-kept.png') });
    await other.close();
  });
});

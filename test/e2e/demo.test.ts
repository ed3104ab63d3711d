import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { startBrowser } from '../helpers/browser.ts';

const { browser, reason } = await startBrowser();
const output = join(import.meta.dirname, '../output/demo');
const script = join(import.meta.dirname, '../../scripts/demo.ts');

describe('the demo', { skip: browser === null && reason }, () => {
  let folder: string;
  let demo: ChildProcess;
  let page: Page;
  const complaints: string[] = [];
  const side = (name: 'Discord' | 'Slack') => page.getByRole('region', { name, exact: true });
  const type = async (name: 'Discord' | 'Slack', text: string) => {
    const box = side(name).getByLabel(`Message in ${name}`);
    await box.fill(text);
    await box.press('Enter');
  };
  const results = (name: 'Discord' | 'Slack', nth = 0): Locator =>
    side(name)
      .locator('.thread > .message')
      .filter({ has: page.locator('.pictures') })
      .nth(nth);

  before(async () => {
    mkdirSync(output, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), 'quartet-demo-'));
    const args = [script, '--data-dir', join(folder, 'data'), '--port', '0', '--page-port', '0'];
    demo = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    const { promise, resolve } = Promise.withResolvers<string>();
    demo.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const url = /as people see them: (\S+)/.exec(said)?.[1];
      if (url !== undefined && /console is ready/.test(said)) resolve(url);
    });
    const url = await promise;
    assert.ok(browser);
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(url);
  });
  after(async () => {
    await browser?.close();
    const ended = once(demo, 'exit');
    demo.kill('SIGINT');
    assert.equal((await ended)[0], 0);
    rmSync(folder, { recursive: true, force: true });
  });

  it('draws four pictures in Discord and in Slack, side by side', async () => {
    await type('Discord', '/imagine a red apple, flat illustration steps:8');
    await type('Slack', '/imagine a blue umbrella, 3d render --steps 8');
    for (const name of ['Discord', 'Slack'] as const) {
      await results(name).locator('.reactions button').nth(8).waitFor();
      assert.equal(await results(name).locator('.picture img').count(), 4);
    }
    await page.screenshot({ path: join(output, '01-drawn.png') });
  });

  it('counts a vote by reaction, and rerolls by button, as whoever one is', async () => {
    for (const name of ['Discord', 'Slack'] as const)
      await results(name).locator('.reactions button').nth(2).click();
    await page.getByRole('button', { name: '小宝' }).click();
    for (const name of ['Discord', 'Slack'] as const) {
      await results(name).getByText('2: 1').waitFor();
      await results(name).getByRole('button', { name: 'Reroll' }).click();
      await results(name, 1).locator('.reactions button').nth(8).waitFor();
    }
    await page.screenshot({ path: join(output, '02-rerolled.png') });
  });

  it('shows private answers to the person alone, in their language, and forms', async () => {
    await type('Slack', '/imagine 一个苹果 --steps 900');
    await side('Slack').locator('.private').getByText('步数 900 不可用').waitFor();
    await page.getByRole('button', { name: 'Alice' }).click();
    assert.equal(await side('Slack').getByText('步数 900 不可用').count(), 0);
    await type('Discord', '/imagine');
    await page.getByRole('dialog').locator('textarea, input').first().fill('a green cactus');
    await page.screenshot({ path: join(output, '03-form.png') });
    await page.getByRole('button', { name: 'Submit' }).click();
    await side('Discord').getByText('“a green cactus”').first().waitFor();
  });

  it('says what the client would say of a mistake', async () => {
    await type('Discord', '/paint a cat');
    await page.getByRole('alert').filter({ hasText: 'paint' }).waitFor();
    assert.deepEqual(complaints, []);
  });
});

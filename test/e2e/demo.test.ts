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
/** For machines that do much else; nothing here is measured. Unit: milliseconds. */
const patience = 120_000;
const output = join(import.meta.dirname, '../output/demo');
const demoFile = join(import.meta.dirname, '../../scripts/demo.ts');

describe('npm run demo', { skip: browser === null && reason }, () => {
  let folder: string;
  let demo: ChildProcess;
  let page: Page;
  let discord: Locator;
  let slack: Locator;
  let addresses: { page: string; console: string };
  const complaints: string[] = [];

  before(async () => {
    mkdirSync(output, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), 'quartet-demo-'));
    addresses = await start();
    assert.ok(browser);
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
    page.setDefaultTimeout(patience);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(addresses.page);
    discord = page.locator('#discord');
    slack = page.locator('#slack');
    await slack.locator('.welcome').waitFor();
  });
  after(async () => {
    await browser?.close();
    if (demo.exitCode === null) demo.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts the demo as a person does; resolves with what it says on standard output. */
  async function start(): Promise<typeof addresses> {
    const args = ['--data-dir', join(folder, 'data'), '--port', '0', '--page-port', '0'];
    demo = spawn(process.execPath, [demoFile, ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [said, complained] = ['', ''];
    demo.stderr?.setEncoding('utf8').on('data', (text: string) => (complained += text));
    const ready = new Promise<typeof addresses>((resolve) => {
      demo.stdout?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const [page, console] = said.match(/http:\/\/\S+(?=\n)/g) ?? [];
        if (page && console) resolve({ page, console });
      });
    });
    const ended = once(demo, 'exit').then(([code]) => {
      throw new Error(`the demo ended with ${code}: ${complained}${said}`);
    });
    ended.catch(() => {});
    return Promise.race([ready, ended]);
  }

  /** Each step goes on where the one before ended. */
  let isBroken = false;
  function step(name: string, run: () => Promise<void>): void {
    it(name, async () => {
      assert.ok(!isBroken, 'an earlier step failed');
      isBroken = true;
      await run();
      isBroken = false;
    });
  }

  const shoot = (name: string) => page.screenshot({ path: join(output, `${name}.png`) });
  const line = (side: Locator) => side.locator('.channel > .composer-area').getByRole('textbox');
  const results = (side: Locator) => side.locator('article:has(.reactions)');
  const reaction = (of: Locator, emoji: string) =>
    of.locator(`.reactions [data-emoji^="${emoji}"]`);

  async function type(side: Locator, text: string): Promise<void> {
    await line(side).fill(text);
    await line(side).press('Enter');
  }

  async function whenDrawn(article: Locator, count: number): Promise<void> {
    await article
      .locator('.pictures img')
      .nth(count - 1)
      .waitFor();
    await reaction(article, '🗑').waitFor();
  }

  async function become(name: RegExp): Promise<void> {
    await page.locator('#people').getByRole('button', { name }).click();
  }

  step('greets with examples that can be clicked', async () => {
    await shoot('01-first');
    await discord.getByRole('button', { name: '/imagine a red apple, flat illustration' }).click();
    assert.equal(await line(discord).inputValue(), '/imagine a red apple, flat illustration');
    await discord.locator('.options').getByRole('button', { name: 'steps' }).waitFor();
    await line(discord).fill('/');
    await discord.locator('.menu').getByText('/queue').waitFor();
    await shoot('02-commands');
  });

  step('draws four pictures in both', async () => {
    await type(discord, '/imagine a red apple, flat illustration steps:8');
    await type(slack, '/imagine a green cactus, flat illustration --steps 8');
    await discord.locator('article.is-private').first().waitFor();
    await slack.locator('.context .steps').first().waitFor();
    await shoot('03-drawing');
    for (const side of [discord, slack]) await whenDrawn(results(side), 4);
    await slack.getByText('1 · seed').waitFor();
    await shoot('04-drawn');
  });

  step('counts a vote in Discord, and takes it back', async () => {
    const three = reaction(results(discord), '3');
    await three.click();
    await results(discord).getByText('3: 1').waitFor();
    assert.equal(await three.getAttribute('aria-pressed'), 'true');
    await three.click();
    await results(discord).locator('[data-emoji^="3"][aria-pressed=false]').waitFor();
  });

  step('counts a vote and rerolls by reaction in Slack, for somebody else', async () => {
    await become(/小宝/);
    await slack.getByText('只有您能看到').first().waitFor({ state: 'detached' });
    await reaction(results(slack), '2').click();
    await results(slack).getByText('2: 1').waitFor();
    await reaction(results(slack), '🔁').click();
    await whenDrawn(results(slack).nth(1), 4);
    await shoot('05-rerolled-in-slack');
  });

  step('rerolls by button in Discord', async () => {
    await become(/Alice/);
    const button = results(discord).locator('.buttons').getByRole('button', { name: 'Reroll' });
    await button.click();
    await whenDrawn(results(discord).nth(1), 4);
    await shoot('06-rerolled-in-discord');
  });

  step('shows a form, and draws what it says', async () => {
    for (const [side, name] of [
      [discord, 'discord'],
      [slack, 'slack'],
    ] as const) {
      await type(side, '/imagine');
      const form = page.locator('dialog.form[open]');
      await form.locator('[name=prompt]').fill('a blue umbrella');
      await form.locator('[name=negative]').fill('text');
      await shoot(`07-form-${name}`);
      await form.locator('button[type=submit]').click();
      await form.waitFor({ state: 'hidden' });
      await side.locator('article').getByText('“a blue umbrella”').first().waitFor();
    }
  });

  step('answers what does not fit in private, with a button that corrects it', async () => {
    await become(/小宝/);
    await type(discord, '/imagine 一个苹果 size:1000x512');
    const answer = discord.locator('article.is-private').last();
    await answer.getByText('不可用').waitFor();
    await answer.getByText('只有您能看到').waitFor();
    await shoot('08-private');
  });

  step('takes requests in threads, by command and by mention, and of a message', async () => {
    await become(/Alice/);
    const inThread = discord.locator('.thread').first().getByRole('textbox');
    await inThread.fill('/imagine a star count:1 steps:4');
    await inThread.press('Enter');
    await slack.locator('.thread-link').first().click();
    const reply = slack.locator('.pane').getByRole('textbox');
    await reply.fill('@Quartet a star --count 1 --steps 4');
    await reply.press('Enter');
    await discord.locator('.thread').first().getByText('“a star” for Alice').first().waitFor();
    await slack.locator('.pane').getByText('“a star” for Alice').first().waitFor();
    // Alice has as many waiting as she may.
    await become(/Carol/);
    for (const side of [discord, slack]) {
      await type(side, 'a yellow star');
      const said = side.locator('.channel article', { hasText: 'a yellow star' }).first();
      await said.hover();
      await said.getByRole('button', { name: 'Imagine this' }).click();
      // Discord asks with a form, Slack draws at once.
      if (side === discord)
        await page.locator('dialog.form[open]').locator('button[type=submit]').click();
      await side.getByText('“a yellow star” for Carol').first().waitFor();
    }
    await shoot('09-threads');
  });

  step('says what the client itself refuses', async () => {
    await type(discord, '/nothing');
    await discord.getByRole('alert').getByText('There is no command /nothing.').waitFor();
    await type(slack, '/nothing');
    await slack.getByRole('alert').getByText('/nothing is not a valid command.').waitFor();
    await type(discord, '/doctor');
    await discord.getByText('workers: 1').waitFor();
    await shoot('10-lead');
  });

  step('leads to the console, and answers nobody else', async () => {
    const link = page.getByRole('link', { name: 'Open the console' });
    assert.equal(await link.getAttribute('href'), addresses.console);
    const foreign = await fetch(`${addresses.page}/act`, {
      method: 'POST',
      headers: { origin: 'http://elsewhere.example' },
      body: '{}',
    });
    assert.equal(foreign.status, 403);
    assert.deepEqual(complaints, []);
  });

  step('fits a narrow window', async () => {
    await page.setViewportSize({ width: 420, height: 900 });
    const wider = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    assert.equal(await page.evaluate(wider), 0);
    await page.screenshot({ path: join(output, '11-narrow.png'), fullPage: true });
  });

  step('ends at Ctrl-C', async () => {
    const ended = once(demo, 'exit');
    demo.kill('SIGINT');
    assert.deepEqual(await ended, [0, null]);
    await page.getByText('The demo has stopped.').waitFor();
  });
});

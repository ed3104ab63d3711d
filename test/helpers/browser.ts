import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { startCli } from './run-cli.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface StartedBrowser {
  /** null: none starts here. */
  browser: Browser | null;
  /** Why not, naming what is missing; empty where one did. */
  reason: string;
}

/** Starts this machine's Chromium, else the one that comes through npm. */
export async function startBrowser(): Promise<StartedBrowser> {
  const reasons: string[] = [];
  for (const find of [installedBrowser, packagedBrowser]) {
    try {
      const { path, args } = await find();
      const browser = await chromium.launch({
        executablePath: path,
        args: [...new Set([...flags, ...args])],
        chromiumSandbox: false,
      });
      return { browser, reason: '' };
    } catch (thrown) {
      reasons.push(explain(String(thrown)));
    }
  }
  return { browser: null, reason: reasons.join('; ') };
}

async function installedBrowser() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      if (isProgram(path)) return { path, args: [] };
    }
  }
  throw new Error(`none of ${names.join(', ')} is in PATH`);
}

async function packagedBrowser() {
  const { default: packaged } = await import('@sparticuz/chromium');
  return { path: await packaged.executablePath(), args: packaged.args };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What the browser itself said on its way out, without playwright's log round it. */
function explain(thrown: string): string {
  const library = /error while loading shared libraries: ([^:\s]+)/.exec(thrown);
  if (library) return `Chromium needs the library ${library[1]}, which is not installed`;
  return thrown.split('\n')[0] ?? thrown;
}

export interface RunningConsole {
  url: string;
  stop(): Promise<void>;
}

/** The whole product in a folder of its own, as a person starts it; `.env` there holds its settings. */
export async function startConsole(folder: string, ...flags: string[]): Promise<RunningConsole> {
  const args = ['up', '--data-dir', join(folder, 'data'), '--port', '0', ...flags];
  const { child, result } = startCli(args, folder);
  const ready = new Promise<string>((resolve) => {
    let said = '';
    child.stdout.on('data', (text: string) => {
      said += text;
      const address = /^Quartet is ready: (\S+)$/m.exec(said)?.[1];
      if (address) resolve(address);
    });
  });
  const ended = result.then(({ code, stdout, stderr }) => {
    throw new Error(`quartet up ended with ${code}: ${stderr}${stdout}`);
  });
  const url = await Promise.race([ready, ended]);
  ended.catch(() => {});
  return {
    url,
    async stop() {
      child.kill('SIGINT');
      await result;
    },
  };
}

/** Notes what the browser complains of on a page, and every address outside that the page asks for. */
export function watch(page: Page, ownUrl: string, complaints: string[]): void {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const isOwn = request.url().startsWith(ownUrl) || /^(data|blob):/.test(request.url());
    if (!isOwn) complaints.push(`asked for ${request.url()}`);
  });
}

/** Drops the file of the first picture on the page, as from a folder. */
export async function dropFirstPicture(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const url = document.querySelector<HTMLImageElement>('.tile-picture.is-there')?.src ?? '';
    const bytes = await (await fetch(url)).blob();
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], 'apple.png', { type: 'image/png' }));
    const options = { dataTransfer, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent('drop', options));
  });
}

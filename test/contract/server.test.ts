import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { startBot } from '#src/bot.ts';
import { loadConfig } from '#src/config.ts';
import consolePlatform from '#src/platforms/console.ts';
import type {
  ConsoleFeed,
  ConsolePicture,
  ConsoleReplies,
  ConsoleRequest,
} from '#src/types/console.ts';
import { startTestPostgres, type TestPostgres } from '../helpers/postgres.ts';
import { createProduct, silent, until, type Product } from '../helpers/product.ts';
import { createStubEngine } from '../helpers/stub-engine.ts';

let postgres: TestPostgres;
let product: Product;
let databaseUrl: string;

before(async () => {
  postgres = await startTestPostgres();
});
after(() => postgres.stop());
beforeEach(async () => {
  databaseUrl = await postgres.createDatabase();
  product = createProduct(databaseUrl, [consolePlatform]);
  await product.startBot();
});
afterEach(() => product.stop());

const at = (path: string) => `${product.bot().url}${path}`;
const get = async <Body>(path: string, headers: Record<string, string> = {}) =>
  (await (await fetch(at(path), { headers })).json()) as Body;
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(at(path), {
    method: 'POST',
    body: body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });

let nextId = 0;
async function command(line: string, headers?: Record<string, string>): Promise<ConsoleReplies> {
  const [, name = 'imagine', values = ''] = /^\/(\S+) ?(.*)$/.exec(line) ?? [];
  nextId += 1;
  const answer = await post(
    '/api/commands',
    { id: `i${nextId}`, command: name, values, threadId: null },
    headers,
  );
  return (await answer.json()) as ConsoleReplies;
}

async function drawn(): Promise<ConsoleRequest> {
  await product.startWorker(createStubEngine());
  await command('/imagine a red apple --seed 7 --steps 2');
  return until(async () => {
    const { requests } = await get<ConsoleFeed>('/api/feed');
    return requests.find(({ status }) => status.state === 'done');
  });
}

/** As no browser would let a page: with any headers. */
function rawStatus(path: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  const { port } = new URL(product.bot().url);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  })
    .on('error', reject)
    .end();
  return promise;
}

describe('the console server', () => {
  it('draws what is asked for, and shows it in the language of the viewer', async () => {
    const request = await drawn();
    assert.equal(request.prompt, 'a red apple');
    assert.deepEqual(
      request.results?.candidates.map(({ seed }) => seed),
      [7, 8, 9, 10],
    );
    const picture = await fetch(at(request.results?.candidates[0]?.url ?? ''));
    assert.equal(picture.headers.get('content-type'), 'image/png');
    assert.match(picture.headers.get('cache-control') ?? '', /immutable/);
    const seen = await get<ConsoleRequest>(`/api/requests/${request.id}`, {
      'x-quartet-locale': 'zh-CN',
    });
    assert.match(seen.status.lines[0] ?? '', /完成 4 张/);
    assert.match(seen.status.title, /您/);
  });

  it('answers a command with what is wrong with it, and a control that sends the corrected one', async () => {
    const { replies } = await command('/imagine a cat --steps 900 --size 1000x512');
    assert.match(replies[0]?.text ?? '', /width 1000[^]*steps 900/);
    assert.equal(replies[0]?.controls[0]?.action, 'use-correction');
    const chinese = await command('/imagine a cat --steps 900', { 'x-quartet-locale': 'zh-CN' });
    assert.match(chinese.replies[0]?.text ?? '', /不可用/);
  });

  it('tells open pages what happens', async () => {
    await product.startWorker(createStubEngine());
    const stream = await fetch(at('/api/events'));
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.ok(reader);
    await command('/imagine a cat --steps 1 --count 1');
    let text = '';
    while (!/"state":"done"/.test(text)) text += (await reader.read()).value;
    assert.match(text, /event: request/);
    assert.match(text, /event: notice/);
    await reader.cancel();
  });

  it('votes, rerolls into the thread, deletes', async () => {
    const request = await drawn();
    const act = (action: string, id = `${action}-1`) =>
      post('/api/actions', { id, action, requestId: request.id });
    await act('vote-2');
    assert.equal((await get<ConsoleRequest>(`/api/requests/${request.id}`)).ownVote, 2);
    await act('reroll');
    const thread = await until(async () => {
      const { requests } = await get<ConsoleFeed>(`/api/threads/${request.id}`);
      return requests.length === 2 ? requests : null;
    });
    assert.equal(thread[1]?.threadId, request.id);
    assert.equal(thread[1]?.relation, 'reroll');
    await act('delete');
    assert.equal((await fetch(at(`/api/requests/${request.id}`))).status, 404);
  });

  it('finds requests by prompt, page by page', async () => {
    for (const prompt of ['a cat', 'a dog', 'a catfish']) await command(`/imagine ${prompt}`);
    const cats = await get<ConsoleFeed>('/api/feed?search=CAT');
    assert.deepEqual(
      cats.requests.map(({ prompt }) => prompt),
      ['a catfish', 'a cat'],
    );
    const first = await get<ConsoleFeed>('/api/feed?limit=2');
    const second = await get<ConsoleFeed>(`/api/feed?limit=2&before=${first.next}`);
    assert.deepEqual(
      second.requests.map(({ prompt }) => prompt),
      ['a cat'],
    );
    assert.equal(second.next, null);
  });

  it('shows the queue with the reason for every place', async () => {
    await command('/imagine one');
    await command('/imagine two');
    const queue = await get<{ workers: number; entries: { place: number; reason: string }[] }>(
      '/api/queue',
    );
    assert.equal(queue.workers, 0);
    assert.deepEqual(
      queue.entries.map(({ place }) => place),
      [1, 2],
    );
    assert.match(queue.entries[1]?.reason ?? '', /1 earlier one of the same person/);
  });

  it('reads the settings out of a PNG, and says what is wrong with one that has none', async () => {
    const request = await drawn();
    const bytes = new Uint8Array(
      await (await fetch(at(request.results?.candidates[1]?.url ?? ''))).arrayBuffer(),
    );
    const picture = (await (await post('/api/picture', bytes)).json()) as ConsolePicture;
    assert.deepEqual(picture.values, {
      prompt: 'a red apple', size: '128x128', steps: '2', cfg: '3', seed: '8', count: '1', model: 'pocket',
    }); // prettier-ignore
    assert.equal(picture.note, null);
    const refused = await post('/api/picture', new Uint8Array([1, 2, 3]));
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /not a PNG file/);
    const chinese = { 'x-quartet-locale': 'zh-CN' };
    const refusedInChinese = await post('/api/picture', new Uint8Array([1, 2, 3]), chinese);
    assert.match(await refusedInChinese.text(), /这不是 PNG 文件/);
  });

  it('says whether it lives and whether it is ready', async () => {
    assert.equal((await get<{ status: string }>('/healthz')).status, 'ok');
    assert.deepEqual(await get('/readyz'), { status: 'ready', workers: 0 });
  });

  it('answers to no other name and to no other site', async () => {
    assert.equal(await rawStatus('/', { host: 'evil.example' }), 421);
    assert.equal(await rawStatus('/api/feed', { host: 'evil.example' }), 421);
    assert.equal(await rawStatus('/readyz', { host: 'evil.example' }), 421);
    assert.equal(await rawStatus('/api/feed', { origin: 'http://evil.example' }), 403);
    assert.equal(await rawStatus('/api/feed', { 'sec-fetch-site': 'cross-site' }), 403);
    assert.equal(await rawStatus('/api/actions', { origin: 'null' }, 'POST'), 403);
    assert.equal(await rawStatus('/api/feed', {}), 200);
  });

  it('sets a policy that allows nothing from elsewhere', async () => {
    const { headers } = await fetch(at('/healthz'));
    assert.match(
      headers.get('content-security-policy') ?? '',
      /default-src 'none'; script-src 'self'; style-src 'self'/,
    );
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
  });

  it('refuses a body that does not fit, and a file that is too large', async () => {
    assert.equal((await post('/api/commands', { id: 'x' })).status, 400);
    assert.equal(
      (await post('/api/actions', { id: 'x', action: 'format-disk', requestId: 'y' })).status,
      400,
    );
    assert.equal((await post('/api/picture', new Uint8Array(41 * 2 ** 20))).status, 413);
    for (const path of ['/api/commands', '/api/actions', '/api/login'])
      assert.equal((await post(path, new Uint8Array(300 * 1024))).status, 413, path);
  });

  it('answers whoever types an address with a page, in the language of the browser', async () => {
    const open = (path: string, language: string) =>
      fetch(at(path), { headers: { accept: 'text/html,*/*', 'accept-language': language } });
    const nothing = await open('/nothing', 'en-GB,en');
    assert.equal(nothing.status, 404);
    assert.match(nothing.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(await nothing.text(), /There is nothing at this address/);
    assert.match(await (await open('/nothing', 'zh-CN,zh;q=0.9')).text(), /这个地址没有内容/);
  });

  it('lets no address write into that page', async () => {
    const text = await (await fetch(at('/'), { headers: { accept: 'text/html' } })).text();
    assert.match(text, /<div id="app">/);
    const { port } = new URL(product.bot().url);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const headers = { host: '<script>alert(1)</script>', accept: 'text/html' };
    request({ host: '127.0.0.1', port, path: '/', headers }, (response) => {
      response.setEncoding('utf8');
      let said = '';
      response.on('data', (part: string) => (said += part)).on('end', () => resolve(said));
    })
      .on('error', reject)
      .end();
    assert.doesNotMatch(await promise, /<script>alert/);
  });

  it('keeps what it answers out of caches, and the stream out of the buffers of proxies', async () => {
    assert.equal((await fetch(at('/api/feed'))).headers.get('cache-control'), 'no-store');
    const stream = await fetch(at('/api/events'));
    assert.equal(stream.headers.get('x-accel-buffering'), 'no');
    await stream.body?.cancel();
  });

  it('serves no file beside its page', async () => {
    for (const path of [
      '/assets/..%2fserver.ts',
      '/assets/server.ts',
      '/images/..%2f..%2fetc%2fpasswd',
      '/nothing',
    ])
      assert.equal((await fetch(at(path))).status, 404, path);
  });
});

describe('a console that others reach', () => {
  it('asks for the token before it says anything', async () => {
    const token = 'a-long-random-word';
    const config = loadConfig({
      QUARTET_DATA_DIR: product.config.dataDir, QUARTET_PORT: '0', QUARTET_HOST: '0.0.0.0', QUARTET_API_KEY: token,
    }); // prettier-ignore
    const bot = await startBot({
      config,
      databaseUrl,
      logger: silent,
      platforms: [consolePlatform],
    });
    try {
      const to = (path: string, init?: RequestInit) => fetch(`${bot.url}${path}`, init);
      assert.deepEqual(await (await to('/api/session')).json(), {
        version: '0.1.0', needsLogin: true, isLoggedIn: false,
      }); // prettier-ignore
      for (const path of [
        '/api/feed',
        '/api/events',
        '/api/queue',
        `/images/${'a'.repeat(64)}.png`,
      ])
        assert.equal((await to(path)).status, 401, path);
      const headers = { 'content-type': 'application/json' };
      const wrong = await to('/api/login', { method: 'POST', headers, body: '{"token":"no"}' });
      assert.equal(wrong.status, 401);
      assert.doesNotMatch(await wrong.text(), new RegExp(token));
      const huge = await to('/api/login', {
        method: 'POST',
        headers,
        body: ' '.repeat(300 * 1024),
      });
      assert.equal(huge.status, 413);
      const right = await to('/api/login', {
        method: 'POST',
        headers,
        body: JSON.stringify({ token }),
      });
      const cookie = right.headers.get('set-cookie') ?? '';
      assert.match(cookie, /HttpOnly/i);
      assert.match(cookie, /SameSite=Strict/i);
      assert.doesNotMatch(cookie, new RegExp(token));
      assert.equal(
        (await to('/api/feed', { headers: { cookie: cookie.split(';')[0] ?? '' } })).status,
        200,
      );
      assert.equal((await to('/healthz')).status, 200);
      let status = 401;
      for (let i = 0; i < 10 && status === 401; i += 1)
        ({ status } = await to('/api/login', { method: 'POST', headers, body: '{"token":"no"}' }));
      assert.equal(status, 429);
    } finally {
      await bot.stop();
    }
  });

  it('does not start without a token, and not on a port that is taken', async () => {
    const start = (env: NodeJS.ProcessEnv) =>
      startBot({
        config: loadConfig({ QUARTET_DATA_DIR: product.config.dataDir, ...env }),
        databaseUrl,
        logger: silent,
        platforms: [consolePlatform],
      });
    await assert.rejects(start({ QUARTET_HOST: '0.0.0.0', QUARTET_PORT: '0' }), /QUARTET_API_KEY/);
    const { port } = new URL(product.bot().url);
    await assert.rejects(start({ QUARTET_PORT: port }), new RegExp(`Port ${port} is taken`));
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAccess } from '#src/server/access.ts';

const local = { host: '127.0.0.1', apiKey: null, publicUrl: null };
const open = { host: '0.0.0.0', apiKey: 'a long word', publicUrl: null };

describe('access to the console', () => {
  it('needs no login on loopback, and one everywhere else', () => {
    assert.equal(createAccess(local).needsLogin, false);
    assert.equal(createAccess({ ...local, host: '::1' }).needsLogin, false);
    assert.equal(createAccess(open).needsLogin, true);
    const proxied = { ...local, apiKey: 'x', publicUrl: 'https://draw.example.org' };
    assert.equal(createAccess(proxied).needsLogin, true);
  });

  it('is refused to start where others could reach it without a token', () => {
    assert.throws(
      () => createAccess({ ...open, apiKey: null }),
      /QUARTET_HOST 0\.0\.0\.0.*QUARTET_API_KEY/,
    );
    assert.throws(
      () => createAccess({ ...local, publicUrl: 'https://draw.example.org' }),
      /QUARTET_PUBLIC_URL.*QUARTET_API_KEY/,
    );
  });

  it('answers to its own names alone', () => {
    const { isOwnHost } = createAccess(local);
    for (const host of ['127.0.0.1:7860', 'localhost:7860', '[::1]:7860', 'localhost'])
      assert.equal(isOwnHost(host), true, host);
    for (const host of [
      'evil.example',
      '192.168.0.4:7860',
      '127.0.0.1.evil.example',
      '',
      undefined,
    ])
      assert.equal(isOwnHost(host), false, host);
    assert.equal(createAccess(open).isOwnHost('192.168.0.4:7860'), true);
    assert.equal(createAccess(open).isOwnHost('evil.example:7860'), false);
    const proxied = createAccess({ ...open, publicUrl: 'https://draw.example.org' });
    assert.equal(proxied.isOwnHost('draw.example.org'), true);
    assert.equal(proxied.isSecure, true);
  });

  it('takes calls of its own pages and of programs, not of other sites', () => {
    const { isOwnOrigin } = createAccess(local);
    const host = '127.0.0.1:7860';
    assert.equal(isOwnOrigin({ origin: 'http://127.0.0.1:7860', host }), true);
    assert.equal(isOwnOrigin({ host }), true);
    assert.equal(isOwnOrigin({ host, site: 'same-origin' }), true);
    assert.equal(isOwnOrigin({ host, site: 'cross-site' }), false);
    assert.equal(isOwnOrigin({ origin: 'http://evil.example', host }), false);
    assert.equal(isOwnOrigin({ origin: 'http://127.0.0.1:9999', host }), false);
    assert.equal(isOwnOrigin({ origin: 'null', host }), false);
  });

  it('is given for the token, for thirty days, and not for a forged cookie', () => {
    let time = 1_000_000;
    const access = createAccess({ ...open, now: () => time });
    const login = access.login('a long word');
    const cookie = 'cookie' in login ? login.cookie : '';
    assert.equal(access.isLoggedIn({ cookie }), true);
    assert.equal(
      access.isLoggedIn({ cookie: `${Number(cookie.split('.')[0]) + 1}.${cookie.split('.')[1]}` }),
      false,
    );
    assert.equal(access.isLoggedIn({ cookie: '' }), false);
    assert.equal(access.isLoggedIn({}), false);
    assert.equal(access.isLoggedIn({ bearer: 'a long word' }), true);
    time += 31 * 86_400_000;
    assert.equal(access.isLoggedIn({ cookie }), false);
  });

  it('takes ten wrong tokens a minute, then none for a while', () => {
    let time = 1_000_000;
    const access = createAccess({ ...open, now: () => time });
    for (let i = 0; i < 10; i += 1) assert.deepEqual(access.login('wrong'), { refused: 'wrong' });
    assert.deepEqual(access.login('a long word'), { refused: 'tooMany' });
    time += 61_000;
    assert.ok('cookie' in access.login('a long word'));
  });
});

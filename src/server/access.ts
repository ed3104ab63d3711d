import { createHmac, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { AppError } from '../errors.ts';

/** Who may reach the console, and from where. */
export interface Access {
  needsLogin: boolean;
  /** Whether a request's Host header is one that this console answers to. */
  isOwnHost(host: string | undefined): boolean;
  /** Whether what a browser says of a request's origin is the console itself. */
  isOwnOrigin(headers: {
    origin?: string | undefined;
    host?: string | undefined;
    site?: string | undefined;
  }): boolean;
  /** A cookie's value for whoever gave the right token, else why there is none. */
  login(token: string): { cookie: string } | { refused: 'wrong' | 'tooMany' };
  isLoggedIn(credentials: { cookie?: string | undefined; bearer?: string | undefined }): boolean;
  /** The cookie may only travel over TLS. */
  isSecure: boolean;
}

export interface AccessOptions {
  host: string;
  apiKey: string | null;
  publicUrl: string | null;
  now?: () => number;
}

export const cookieName = 'quartet_login';
export const loginDays = 30;

const dayMs = 86_400_000;
const triesPerMinute = 10;

/**
 * On loopback without a public address nobody logs in; everywhere else the token is asked for.
 * @throws AppError CONFIG_INVALID when others could reach a console that has no token.
 */
export function createAccess({ host, apiKey, publicUrl, now = Date.now }: AccessOptions): Access {
  const isLocal = isLoopback(host);
  const needsLogin = !isLocal || publicUrl !== null;
  if (needsLogin && apiKey === null) {
    const opened = publicUrl === null ? `QUARTET_HOST ${host}` : 'QUARTET_PUBLIC_URL';
    throw new AppError(
      'CONFIG_INVALID',
      `${opened} opens the console to others, and QUARTET_API_KEY is not set: set it to a long random word, which is then the console's login token.`,
    );
  }
  const publicHost = publicUrl === null ? null : new URL(publicUrl).host;
  const publicOrigin = publicUrl === null ? null : new URL(publicUrl).origin;
  let tries: number[] = [];

  function isOwnHost(given: string | undefined): boolean {
    if (given === undefined) return false;
    if (given === publicHost) return true;
    const name = hostNameOf(given);
    if (isLoopback(name)) return true;
    // An address cannot be bound to another site's name; other names could be.
    const own = [host, hostname()].map((one) => one.toLowerCase());
    return !isLocal && (isIP(name) > 0 || own.includes(name));
  }

  const sign = (expires: number) =>
    createHmac('sha256', apiKey ?? '')
      .update(`console:${expires}`)
      .digest('base64url');

  function isCookie(value: string): boolean {
    const [expires = '', signature = ''] = value.split('.');
    return Number(expires) > now() && isSame(signature, sign(Number(expires)));
  }

  return {
    needsLogin,
    isSecure: publicUrl?.startsWith('https:') ?? false,
    isOwnHost,
    isOwnOrigin({ origin, host: given, site }) {
      if (origin === undefined)
        return site === undefined || site === 'same-origin' || site === 'none';
      if (origin === publicOrigin) return true;
      return origin === `http://${given}` && isOwnHost(given);
    },
    login(token) {
      tries = tries.filter((at) => at > now() - 60_000);
      if (tries.length >= triesPerMinute) return { refused: 'tooMany' };
      if (apiKey === null || !isSame(token, apiKey)) {
        tries.push(now());
        return { refused: 'wrong' };
      }
      const expires = now() + loginDays * dayMs;
      return { cookie: `${expires}.${sign(expires)}` };
    },
    isLoggedIn({ cookie, bearer }) {
      if (!needsLogin) return true;
      if (bearer !== undefined && apiKey !== null && isSame(bearer, apiKey)) return true;
      return cookie !== undefined && isCookie(cookie);
    },
  };
}

export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name);
}

function hostNameOf(host: string): string {
  return URL.canParse(`http://${host}`)
    ? new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '')
    : '';
}

/** Takes the same time whatever differs. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

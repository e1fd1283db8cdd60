// The dashboard's files, over real sockets: from a small folder such as `vite build` leaves.
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { temporaryFolder } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPage } from '../src/http/page/read-page.ts';
import { SocketReader } from './http-trader.ts';
import { serveView } from './http-view.ts';

const TOKEN = 'a-token-of-some-length';
const SCRIPT = '/assets/index-BqPz1_-a.js';
const STYLE = '/assets/deep/index-Cx12ab34.css';
const FILES: Readonly<Record<string, string | Buffer>> = {
  'index.html': '<!doctype html><title>trader</title>',
  'favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'robots.txt': 'User-agent: *',
  [SCRIPT.slice(1)]: `export const text = '${'x'.repeat(5_000)}';`,
  [STYLE.slice(1)]: 'a { color: red }',
  'assets/Inter-Ab12Cd34.woff2': Buffer.from([0x77, 0x4f, 0x46, 0x32]),
};

function builtFolder(files = FILES) {
  const folder = temporaryFolder('trader-page-');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, name)), { recursive: true });
    writeFileSync(join(folder.path, name), content);
  }
  return folder;
}

/** As it comes: `fetch` would unpack it, and leave out what a page may not see. */
async function ask(base: string, path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  const asked = request(base, { path, method, headers, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await buffer(answer) };
}

type ErrorBody = { readonly error: { readonly code: string; readonly message: string } };
const codeOf = (body: Buffer): string => (JSON.parse(body.toString()) as ErrorBody).error.code;

describe('a page that was built', () => {
  let served: Awaited<ReturnType<typeof serveView>>;
  beforeAll(async () => {
    using folder = builtFolder();
    // It is read once: that the folder is gone afterwards changes nothing.
    served = await serveView({}, { token: TOKEN }, { page: await readPage(folder.path) });
  });
  afterAll(() => served[Symbol.asyncDispose]());

  test.each([
    ['/', 'index.html', 'text/html; charset=utf-8', 'no-cache'],
    ['/favicon.svg', 'favicon.svg', 'image/svg+xml', 'no-cache'],
    [SCRIPT, SCRIPT.slice(1), 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    [STYLE, STYLE.slice(1), 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
    [
      '/assets/Inter-Ab12Cd34.woff2',
      'assets/Inter-Ab12Cd34.woff2',
      'font/woff2',
      'public, max-age=31536000, immutable',
    ],
  ])('%s needs no token, and comes with its type and how long it may be kept', async (path, name, type, cache) => {
    const { status, headers, body } = await ask(served.base, path);
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, type, cache]);
    expect(body.equals(Buffer.from(FILES[name]!))).toBe(true);
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['content-length']).toBe(String(body.length));
  });

  test('may load and ask nothing but its own server, and is shown in no frame', async () => {
    for (const path of ['/', '/favicon.svg', SCRIPT]) {
      const { headers } = await ask(served.base, path);
      const policy = String(headers['content-security-policy']).split('; ');
      expect(policy).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]);
      expect(headers).toMatchObject({
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'permissions-policy': expect.stringContaining('camera=()'),
      });
    }
  });

  test.each([
    ['gzip, deflate, br', 'gzip'],
    ['br;q=1.0, GZIP;q=0.8', 'gzip'],
    ['gzip;q=0, identity', undefined],
    ['gzip; q=0.000', undefined],
    ['br', undefined],
    ['xgzip', undefined],
  ])('a script goes to who takes %j packed as %s', async (accepted, encoding) => {
    const { headers, body } = await ask(served.base, SCRIPT, { 'accept-encoding': accepted });
    expect([headers['content-encoding'], headers['vary']]).toEqual([encoding, 'accept-encoding']);
    expect((encoding ? gunzipSync(body) : body).toString()).toBe(FILES[SCRIPT.slice(1)]);
    expect(headers['content-length']).toBe(String(body.length));
  });

  test('what packing does not make smaller is sent as it is', async () => {
    const { headers } = await ask(served.base, '/assets/Inter-Ab12Cd34.woff2', { 'accept-encoding': 'gzip' });
    expect(headers['content-encoding']).toBeUndefined();
  });

  test('who has it already is told so', async () => {
    const packed = { 'accept-encoding': 'gzip' };
    const { headers: first } = await ask(served.base, SCRIPT, packed);
    const { headers: plain } = await ask(served.base, SCRIPT);
    expect(first['etag']).toMatch(/^"[^"]+"$/);
    expect(first['etag']).not.toBe(plain['etag']);
    for (const tag of [first['etag'], `"other", W/${String(first['etag'])}`, '*']) {
      const again = await ask(served.base, SCRIPT, { ...packed, 'if-none-match': String(tag) });
      expect([again.status, again.body.length, again.headers['etag']], String(tag)).toEqual([304, 0, first['etag']]);
      expect(again.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
    expect((await ask(served.base, SCRIPT, { ...packed, 'if-none-match': '"other"' })).status).toBe(200);
  });

  test('HEAD says what GET would send', async () => {
    for (const path of ['/', SCRIPT]) {
      const { headers } = await ask(served.base, path, { 'accept-encoding': 'gzip' });
      const head = await ask(served.base, path, { 'accept-encoding': 'gzip' }, 'HEAD');
      const { date: _, ...said } = headers;
      expect([head.status, head.body.length]).toEqual([200, 0]);
      expect(head.headers).toMatchObject(said);
    }
  });

  test.each([
    ['/?x=1', 400, 'QUERY_INVALID'],
    [`/?token=${TOKEN}`, 400, 'TOKEN_IN_URL'],
    [`${SCRIPT}?token=x`, 400, 'TOKEN_IN_URL'],
    ['/assets/nothing.js', 404, 'NOT_FOUND'],
    ['/assets/', 404, 'NOT_FOUND'],
    ['/assets/../index.html', 404, 'NOT_FOUND'],
    ['/assets/%2e%2e/index.html', 404, 'NOT_FOUND'],
    ['/index.html', 401, 'TOKEN_REQUIRED'],
    ['/robots.txt', 401, 'TOKEN_REQUIRED'],
    ['/markets', 401, 'TOKEN_REQUIRED'],
    ['/status', 401, 'TOKEN_REQUIRED'],
    ['//assets/x', 401, 'TOKEN_REQUIRED'],
  ])('%s is refused', async (path, status, code) => {
    const { status: got, body } = await ask(served.base, path);
    expect([got, codeOf(body)]).toEqual([status, code]);
  });

  test.each<[string, Readonly<Record<string, string>>, string, number, string]>([
    ['another host', { host: 'evil.example' }, 'GET', 403, 'HOST_REFUSED'],
    ['another origin', { origin: 'https://evil.example' }, 'GET', 403, 'ORIGIN_REFUSED'],
    ['a body', { 'transfer-encoding': 'chunked' }, 'GET', 413, 'BODY_REFUSED'],
    ['another method', {}, 'DELETE', 405, 'METHOD_NOT_ALLOWED'],
  ])('with %s it is refused like everything else', async (_what, headers, method, status, code) => {
    for (const path of ['/', SCRIPT]) {
      const { status: got, body } = await ask(served.base, path, headers, method);
      expect([got, codeOf(body)]).toEqual([status, code]);
    }
  });

  test.each(['/', SCRIPT])('%s is no place for a socket', async (path) => {
    const reader = new SocketReader(served.base, path);
    expect(await reader.refused()).toEqual({ status: 404, code: 'NOT_FOUND' });
  });
});

describe('without a page', () => {
  test('/ says that there is none, and the rest is served', async () => {
    await using served = await serveView();
    const { status, body } = await ask(served.base, '/');
    expect([status, codeOf(body)]).toEqual([404, 'PAGE_MISSING']);
    expect(body.toString()).toContain('/status');
    expect((await ask(served.base, '/status')).status).toBe(200);
    expect((await ask(served.base, '/favicon.svg')).status).toBe(404);
  });

  test('a folder that is not there, or holds no page, is none', async () => {
    using folder = builtFolder({ 'favicon.svg': 'x' });
    expect(await readPage(folder.path)).toBeNull();
    rmSync(folder.path, { recursive: true });
    expect(await readPage(folder.path)).toBeNull();
  });
});

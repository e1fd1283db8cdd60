// Who gets an answer: the token, the Host header, TLS.
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { selfSigned } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { createLog } from '../src/log/log.ts';
import { createTrader } from '../src/trader.ts';
import { get, SocketReader } from './http-trader.ts';
import { serveView } from './http-view.ts';

const TOKEN = 'a-token-of-some-length';
const PROTECTED = ['/status', '/sessions', '/books', '/books/KX', '/metrics', '/ws', '/nothing'];
const bearer = { authorization: `Bearer ${TOKEN}` };
const asProtocols = (token: string) => ['trader.v1', `bearer.${Buffer.from(token).toString('base64url')}`];

describe('with a token', () => {
  test('everything but the probes and the page needs it', async () => {
    await using served = await serveView({}, { token: TOKEN });
    const { base } = served;
    expect((await get(`${base}/livez`)).status).toBe(200);
    expect((await get(`${base}/readyz`)).status).toBe(503);
    for (const path of PROTECTED) {
      const { status, body, headers } = await get(base + path);
      expect([path, status, body]).toEqual([
        path,
        401,
        { error: { code: 'TOKEN_REQUIRED', message: expect.any(String) } },
      ]);
      expect(headers.get('www-authenticate')).toBe('Bearer');
      expect((await get(base + path, { authorization: 'Bearer a-guess-of-some-length' })).status).toBe(401);
      expect((await get(base + path, bearer)).status).not.toBe(401);
    }
    expect((await get(`${base}/status`, bearer)).status).toBe(200);
  });

  test('the socket takes it as a header or as a subprotocol, never in the URL', async () => {
    await using served = await serveView({}, { token: TOKEN });
    const { base } = served;
    await using program = new SocketReader(base, '/ws', [], { headers: bearer });
    await program.next('hello');
    await using browser = new SocketReader(base, '/ws', asProtocols(TOKEN), { origin: base });
    await browser.next('hello');
    // What is answered is written into logs by proxies.
    expect(browser.socket.protocol).toBe('trader.v1');
    const refused = async (path: string, protocols: string[] = []) => new SocketReader(base, path, protocols).refused();
    expect(await refused('/ws')).toEqual({ status: 401, code: 'TOKEN_REQUIRED' });
    expect(await refused('/ws', asProtocols('a-guess-of-some-length'))).toMatchObject({ status: 401 });
    expect(await refused(`/ws?token=${TOKEN}`)).toEqual({ status: 400, code: 'TOKEN_IN_URL' });
    expect(await refused(`/ws?token=${TOKEN}`, asProtocols(TOKEN))).toEqual({ status: 400, code: 'TOKEN_IN_URL' });
  });
});

test('a trader does not start beyond loopback without a token', async () => {
  const trader = createTrader({
    feed: { url: 'ws://127.0.0.1:9', credentials: { keyId: '', privateKeyPem: '' }, markets: [] },
    source: 'test',
    database: { dataDir: '/nowhere' },
    recorder: 'test',
    port: 0,
    http: { host: '0.0.0.0' },
    log: createLog('silent'),
  });
  await expect(trader.start()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await trader.stopped;
});

test('an address that this machine does not have is the host’s mistake, not the port’s', async () => {
  // Kept for documents (RFC 5737).
  await expect(serveView({ host: '192.0.2.1' }, { token: TOKEN })).rejects.toMatchObject({
    code: 'STATUS_PORT_UNAVAILABLE',
    message: '--host: 192.0.2.1 is no address of this machine. Choose another one, such as 127.0.0.1',
  });
});

describe('on loopback', () => {
  const ask = async (url: string, host: string): Promise<readonly [number | undefined, string]> => {
    const request = httpRequest(url, { headers: { host } }).end();
    const [response] = await once(request, 'response');
    return [response.statusCode, await text(response)];
  };

  test('a name that somebody made point here gets nothing, the probes included', async () => {
    await using served = await serveView();
    const { port } = new URL(served.base);
    for (const path of ['/livez', '/readyz', ...PROTECTED]) {
      const [status, body] = await ask(served.base + path, `evil.example:${port}`);
      expect([path, status, body.includes('HOST_REFUSED')]).toEqual([path, 403, true]);
    }
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
      expect(await ask(`${served.base}/livez`, host)).toMatchObject([200, expect.stringContaining('"live":true')]);
    }
  });

  test('what is no HTTP gets an answer that says so, and the server goes on', async () => {
    await using served = await serveView();
    const socket = connect(Number(new URL(served.base).port), '127.0.0.1');
    socket.end('\x16\x03\x01 hello\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 [^]*REQUEST_INVALID/);
    expect((await get(`${served.base}/livez`)).status).toBe(200);
  });
});

describe('with a certificate', () => {
  test('it speaks HTTPS and secure WebSocket', async () => {
    const { cert, key } = selfSigned();
    await using served = await serveView({}, { token: TOKEN, cert, key });
    expect(served.base).toMatch(/^https:/);
    const request = httpsRequest(`${served.base}/status`, { ca: cert, headers: bearer }).end();
    const [response] = await once(request, 'response');
    expect([response.statusCode, JSON.parse(await text(response))]).toMatchObject([200, { state: 'startup' }]);
    await using reader = new SocketReader(served.base, '/ws', asProtocols(TOKEN), { ca: cert, origin: served.base });
    await reader.next('hello');
  });

  test('a certificate that is none is the configuration’s mistake', async () => {
    await expect(serveView({}, { cert: 'no pem', key: 'none' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      exitCode: 2,
    });
  });
});

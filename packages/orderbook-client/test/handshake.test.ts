import { generateKeyPairSync, verify, constants, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { createOrderbookClient, createSigner, type OrderbookClient, type ProblemEvent } from '../src/index.ts';
import { systemRuntime } from '../src/io/runtime.ts';
import { AUTH_HEADERS, WEBSOCKET_PATH } from '../src/wire.ts';

/** A fact that has to come, on a busy machine too. */
const SOON = { timeout: 30_000 };

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed25519 = generateKeyPairSync('ed25519');
const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' = 'pkcs8') => key.export({ format: 'pem', type });

let server: Server | undefined;
let sockets: WebSocketServer;
/** The TCP sockets below. */
const raw = new Set<Duplex>();
let client: OrderbookClient | undefined;

afterEach(async () => {
  await client?.close();
  server?.closeAllConnections();
  server?.close();
});

async function listen(
  onUpgrade: (request: IncomingMessage, accept: () => void, refuse: (head: string) => void) => void,
) {
  sockets = new WebSocketServer({ noServer: true });
  server = createServer();
  raw.clear();
  server.on('upgrade', (request, socket, head) => {
    raw.add(socket);
    onUpgrade(
      request,
      () => sockets.handleUpgrade(request, socket, head, () => undefined),
      (text) => socket.end(text),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}${WEBSOCKET_PATH}`;
}

/** The client's wall clock stands still: what it finds of another clock does not depend on how busy the machine is. */
const nowMs = Date.UTC(2026, 10, 22, 12);
const runtime = { ...systemRuntime, nowMs: () => nowMs };

const connectTo = (url: string, privateKeyPem = pem(rsa.privateKey)) => {
  client = createOrderbookClient({ url, markets: ['KXA'], credentials: { keyId: 'key-1', privateKeyPem }, runtime });
  return client;
};

const firstProblem = (of: OrderbookClient) =>
  new Promise<ProblemEvent>((resolve) => {
    of.on('problem', resolve);
    of.start();
  });

describe('the handshake', () => {
  test.each([
    ['RSA in PKCS#8', pem(rsa.privateKey), rsa.publicKey],
    ['RSA in PKCS#1', pem(rsa.privateKey, 'pkcs1'), rsa.publicKey],
    ['Ed25519', pem(ed25519.privateKey), ed25519.publicKey],
  ])('is signed with %s over time, method and path, without the query', async (_name, key, publicKey) => {
    const requests: IncomingMessage[] = [];
    const url = await listen((request, accept) => {
      requests.push(request);
      accept();
    });
    connectTo(`${url}?x=1`, key).start();
    await vi.waitFor(() => expect(client!.status().phase).toBe('subscribing'), SOON);

    const header = (name: string) => String(requests[0]!.headers[name.toLowerCase()]);
    const timestamp = header(AUTH_HEADERS.timestamp);
    expect(timestamp).toBe(String(nowMs));
    expect(header(AUTH_HEADERS.key)).toBe('key-1');
    expect(requests[0]!.headers['sec-websocket-extensions']).toBeUndefined();
    const isRsa = publicKey.asymmetricKeyType === 'rsa';
    const scheme = isRsa ? { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : publicKey;
    const signature = Buffer.from(header(AUTH_HEADERS.signature), 'base64');
    const signed = Buffer.from(`${timestamp}GET${WEBSOCKET_PATH}`);
    expect(verify(isRsa ? 'sha256' : null, signed, scheme, signature)).toBe(true);
  });

  const answer = (status: string, body: string, headers: Record<string, string> = {}) =>
    [
      `HTTP/1.1 ${status}`,
      ...Object.entries({ ...headers, 'Content-Length': Buffer.byteLength(body) }).map(
        ([name, value]) => `${name}: ${value}`,
      ),
      '',
      body,
    ].join('\r\n');

  test.each([
    ['401 Unauthorized', '{"error":{"code":"authentication_error"}}', 'AUTH_REJECTED', 'authentication_error'],
    ['403 Forbidden', '', 'ACCESS_DENIED', undefined],
    ['429 Too Many Requests', '{"error":"too many requests"}', 'RATE_LIMITED', 'too many requests'],
    ['500 Internal Server Error', '<html>', 'EXCHANGE_UNAVAILABLE', undefined],
    ['503 Service Unavailable', '{"error":null}', 'EXCHANGE_UNAVAILABLE', undefined],
    ['404 Not Found', '{}', 'HANDSHAKE_REJECTED', undefined],
  ])(
    'refused with %s has a code of its own and says what the exchange said',
    async (status, body, code, exchangeCode) => {
      const url = await listen((_request, _accept, refuse) => refuse(answer(status, body)));
      const { error } = await firstProblem(connectTo(url));
      expect(error).toMatchObject({
        code,
        httpStatus: Number(status.slice(0, 3)),
        exchangeCode,
        clockSkewMs: undefined,
      });
      expect(error.message).not.toContain('key-1');
    },
  );

  test.each([
    ['in seconds', { 'Retry-After': '120' }],
    ['as a date', { Date: 'Sun, 22 Nov 2026 10:00:00 GMT', 'Retry-After': 'Sun, 22 Nov 2026 10:02:00 GMT' }],
  ])('honours a Retry-After %s', async (_name, headers) => {
    const url = await listen((_request, _accept, refuse) => refuse(answer('503 Service Unavailable', '', headers)));
    const { retryInMs } = await firstProblem(connectTo(url));
    expect(retryInMs).toBeGreaterThanOrEqual(120_000);
    expect(retryInMs).toBeLessThanOrEqual(121_000);
  });

  test('honours no Retry-After beyond an hour', async () => {
    const headers = { 'Retry-After': '99999999999' };
    const url = await listen((_request, _accept, refuse) => refuse(answer('429 Too Many Requests', '', headers)));
    expect((await firstProblem(connectTo(url))).retryInMs).toBeLessThanOrEqual(3_601_000);
  });

  test('refused because of the clock says how far it is off', async () => {
    const Date_ = new Date(nowMs - 90_000).toUTCString();
    const url = await listen((_request, _accept, refuse) =>
      refuse(answer('401 Unauthorized', '{"error":{"code":"header_timestamp_expired"}}', { Date: Date_ })),
    );
    const { error, retryInMs } = await firstProblem(connectTo(url));
    expect(error).toMatchObject({ code: 'AUTH_REJECTED', exchangeCode: 'header_timestamp_expired' });
    expect(error.clockSkewMs! / 1000).toBeCloseTo(-90, -1);
    expect(error.message).toMatch(/clock is about (89|90|91) s ahead of the exchange's: set it/);
    expect(retryInMs).toBeGreaterThanOrEqual(30_000);
  });

  test('that succeeds measures the skew of the clock too', async () => {
    const url = await listen((_request, accept) => accept());
    sockets.on('headers', (headers) => headers.push(`Date: ${new Date(nowMs + 60_000).toUTCString()}`));
    connectTo(url).start();
    await vi.waitFor(() => expect(client!.status().phase).toBe('subscribing'), SOON);
    expect(client!.status().clockSkewMs! / 1000).toBeCloseTo(60, -1);
  });

  test('against a port where nobody listens is a failed connection', async () => {
    const url = await listen(() => undefined);
    server!.close();
    const { error } = await firstProblem(connectTo(url));
    expect(error.code).toBe('CONNECT_FAILED');
  });
});

describe('an open connection', () => {
  test('that breaks is a lost one, not one that failed to open', async () => {
    const url = await listen((_request, accept) => accept());
    const problem = firstProblem(connectTo(url));
    await vi.waitFor(() => expect(client!.status().phase).toBe('subscribing'), SOON);
    // A frame with an opcode that the standard does not have.
    for (const socket of raw) socket.write(Buffer.from([0x83, 0x00]));
    expect((await problem).error.code).toBe('DISCONNECTED');
  });

  test('survives a message that is no UTF-8, which is counted', async () => {
    const url = await listen((_request, accept) => accept());
    const problem = firstProblem(connectTo(url));
    await vi.waitFor(() => expect(client!.status().phase).toBe('subscribing'), SOON);
    for (const socket of raw) socket.write(Buffer.from([0x81, 0x01, 0xff]));
    expect((await problem).error).toMatchObject({ code: 'PROTOCOL_VIOLATION' });
    expect((await problem).error.message).toContain('UTF-8');
    expect(client!.status()).toMatchObject({ phase: 'subscribing', counters: { frames: 1, violations: 1 } });
  });
});

describe('wrong options', () => {
  const good = { url: 'ws://127.0.0.1', markets: ['KXA'], credentials: { keyId: 'k', sign: () => '' } };

  test.each([
    ['a URL of another kind', { url: 'https://user:secret@example.test' }, TypeError],
    ['a ticker that is none', { markets: ['kxa'] }, TypeError],
    ['no key id', { credentials: { keyId: '', sign: () => '' } }, TypeError],
    ['a timeout of zero', { connectTimeoutMs: 0 }, RangeError],
    ['half a market per command', { marketsPerCommand: 0.5 }, RangeError],
    ['a cap below the base', { backoff: { baseMs: 500, maxMs: 10 } }, RangeError],
  ])('%s are refused at once', (_name, wrong, kind) => {
    expect(() => createOrderbookClient({ ...good, ...wrong })).toThrow(kind);
  });

  test('do not put a password into the message', () => {
    expect(() => createOrderbookClient({ ...good, url: 'https://user:secret@example.test' })).not.toThrow(/secret/);
  });

  test.each([
    ['no key', 'not a key'],
    ['a public key', rsa.publicKey.export({ format: 'pem', type: 'spki' })],
    ['a key of another kind', pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
  ])('%s is KEY_INVALID', (_name, key) => {
    expect(() => createSigner('k', key)).toThrow(expect.objectContaining({ code: 'KEY_INVALID' }));
  });
});

import { generateKeyPairSync, verify, constants, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { createOrderbookClient, createSigner, type OrderbookClient, type ProblemEvent } from '../src/index.ts';
import { AUTH_HEADERS, WEBSOCKET_PATH } from '../src/wire.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed25519 = generateKeyPairSync('ed25519');
const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' = 'pkcs8') => key.export({ format: 'pem', type });

let server: Server | undefined;
let client: OrderbookClient | undefined;

afterEach(async () => {
  await client?.close();
  server?.closeAllConnections();
  server?.close();
});

async function listen(
  onUpgrade: (request: IncomingMessage, accept: () => void, refuse: (head: string) => void) => void,
) {
  const sockets = new WebSocketServer({ noServer: true });
  server = createServer();
  server.on('upgrade', (request, socket, head) => {
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

const connectTo = (url: string, privateKeyPem = pem(rsa.privateKey)) => {
  client = createOrderbookClient({ url, markets: ['KXA'], credentials: { keyId: 'key-1', privateKeyPem } });
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
    await vi.waitFor(() => expect(client!.status().phase).toBe('subscribing'));

    const header = (name: string) => String(requests[0]!.headers[name.toLowerCase()]);
    const timestamp = header(AUTH_HEADERS.timestamp);
    expect(Math.abs(Number(timestamp) - Date.now())).toBeLessThan(5000);
    expect(header(AUTH_HEADERS.key)).toBe('key-1');
    expect(requests[0]!.headers['sec-websocket-extensions']).toBeUndefined();
    const isRsa = publicKey.asymmetricKeyType === 'rsa';
    const scheme = isRsa ? { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : publicKey;
    const signature = Buffer.from(header(AUTH_HEADERS.signature), 'base64');
    const signed = Buffer.from(`${timestamp}GET${WEBSOCKET_PATH}`);
    expect(verify(isRsa ? 'sha256' : null, signed, scheme, signature)).toBe(true);
  });

  test('that is refused names the status and the code of the exchange', async () => {
    const body = '{"error":{"code":"header_timestamp_expired","message":"…"}}';
    const url = await listen((_request, _accept, refuse) =>
      refuse(`HTTP/1.1 401 Unauthorized\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`),
    );
    const { error, retryInMs } = await firstProblem(connectTo(url));
    expect(error).toMatchObject({ code: 'AUTH_REJECTED', httpStatus: 401, exchangeCode: 'header_timestamp_expired' });
    expect(retryInMs).toBeGreaterThanOrEqual(30_000);
    expect(error.message).not.toContain('key-1');
  });

  test('that is refused for load reads the plain string body', async () => {
    const body = '{"error":"too many requests"}';
    const url = await listen((_request, _accept, refuse) =>
      refuse(`HTTP/1.1 429 Too Many Requests\r\ncontent-length: ${body.length}\r\n\r\n${body}`),
    );
    const { error } = await firstProblem(connectTo(url));
    expect(error).toMatchObject({ code: 'HANDSHAKE_REJECTED', httpStatus: 429, exchangeCode: 'too many requests' });
  });

  test('against a port where nobody listens is a failed connection', async () => {
    const url = await listen(() => undefined);
    server!.close();
    const { error } = await firstProblem(connectTo(url));
    expect(error.code).toBe('CONNECT_FAILED');
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

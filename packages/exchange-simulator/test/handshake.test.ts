import { generateKeyPairSync } from 'node:crypto';
import { get } from 'node:http';
import { ManualRuntime } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createExchange, type Exchange, type HandshakeRejection } from '../src/index.ts';
import { type Handshake, signedHeaders, TestClient } from './client.ts';

const nowMs = 1_800_000_000_000;
const ed25519 = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

let exchange: Exchange;
beforeEach(async () => {
  exchange = await createExchange({
    runtime: new ManualRuntime({ startMs: nowMs }),
    keys: [{ keyId: 'second', publicKeyPem: ed25519.publicKey }],
  });
});
afterEach(() => exchange.close());

const answerTo = (handshake: Handshake, url = exchange.url) =>
  new Promise<{ status: number | undefined; date: string | undefined; body: unknown }>((resolve, reject) => {
    const socket = new WebSocket(url, { headers: signedHeaders(exchange, { atMs: nowMs, ...handshake }) });
    socket.on('error', () => undefined);
    socket.on('open', () => reject(new Error('the handshake was accepted')));
    socket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode, date: response.headers.date, body: JSON.parse(text) as unknown }),
      );
    });
  });

describe('the handshake', () => {
  it.each<[string, Handshake]>([
    ['signed with the exchange’s own key', {}],
    ['10 s behind', { atMs: nowMs - 10_000 }],
    ['10 s ahead', { atMs: nowMs + 10_000 }],
    ['of a key from the options (Ed25519)', { keyId: 'second', privateKeyPem: ed25519.privateKey }],
  ])('is accepted when it is %s', async (_, handshake) => {
    await using _client = await TestClient.connect(exchange, { atMs: nowMs, ...handshake });
    expect(exchange.totals()).toMatchObject({ connections: 1, openConnections: 1 });
  });

  it('carries the exchange’s clock and no compression', async () => {
    const socket = new WebSocket(exchange.url, { headers: signedHeaders(exchange, { atMs: nowMs }) });
    const headers = await new Promise<Record<string, string | string[] | undefined>>((resolve) =>
      socket.once('upgrade', (response) => resolve(response.headers)),
    );
    expect(headers['date']).toBe(new Date(nowMs).toUTCString());
    expect(headers['sec-websocket-extensions']).toBeUndefined();
    socket.terminate();
  });

  const without = (name: string) => (signed: Record<string, string>) => {
    const { [name]: _, ...rest } = signed;
    return rest;
  };
  it.each<[string, Handshake, HandshakeRejection, object]>([
    [
      'a timestamp more than 10 s old',
      { atMs: nowMs - 10_001 },
      'timestamp-expired',
      { code: 'header_timestamp_expired' },
    ],
    [
      'a timestamp more than 10 s ahead',
      { atMs: nowMs + 10_001 },
      'timestamp-expired',
      { code: 'header_timestamp_expired' },
    ],
    [
      'a timestamp that is no number',
      { headers: (signed) => ({ ...signed, 'KALSHI-ACCESS-TIMESTAMP': 'today' }) },
      'timestamp-expired',
      { code: 'header_timestamp_expired' },
    ],
    ['an unknown key', { keyId: 'nobody' }, 'unknown-key', { code: 'authentication_error', details: 'NOT_FOUND' }],
    ['another path signed', { signedPath: '/trade-api/ws/v1' }, 'bad-signature', { code: 'authentication_error' }],
    ['the key of somebody else', { keyId: 'second' }, 'bad-signature', { code: 'authentication_error' }],
    [
      'a signature without its padding',
      {
        headers: ({ 'KALSHI-ACCESS-SIGNATURE': signature = '', ...rest }) => ({
          ...rest,
          'KALSHI-ACCESS-SIGNATURE': signature.replace(/=+$/, ''),
        }),
      },
      'bad-signature',
      { code: 'authentication_error' },
    ],
    ['no key', { headers: without('KALSHI-ACCESS-KEY') }, 'missing-headers', { code: 'authentication_error' }],
    [
      'no timestamp',
      { headers: without('KALSHI-ACCESS-TIMESTAMP') },
      'missing-headers',
      { code: 'authentication_error' },
    ],
    [
      'no signature',
      { headers: without('KALSHI-ACCESS-SIGNATURE') },
      'missing-headers',
      { code: 'authentication_error' },
    ],
  ])('with %s is answered 401, named and counted', async (_, handshake, reason, error) => {
    const answer = await answerTo(handshake);
    expect(answer).toMatchObject({ status: 401, date: new Date(nowMs).toUTCString(), body: { error } });
    expect(exchange.totals()).toMatchObject({ connections: 0, handshakesRejected: { [reason]: 1 } });
  });

  it('for another path is answered 404', async () => {
    expect(await answerTo({}, exchange.url.replace('/ws/v2', '/ws/v3'))).toMatchObject({ status: 404 });
    expect(exchange.totals().handshakesRejected['unknown-path']).toBe(1);
  });

  it('that asks for no upgrade is answered 400', async () => {
    const status = await new Promise((resolve) => {
      get(exchange.url.replace('ws:', 'http:'), (response) => {
        response.resume();
        resolve(response.statusCode);
      });
    });
    expect(status).toBe(400);
    expect(exchange.totals().handshakesRejected['not-an-upgrade']).toBe(1);
  });
});

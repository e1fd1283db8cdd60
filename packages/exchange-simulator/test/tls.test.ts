import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { get } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createExchange, type Exchange } from '../src/index.ts';
import { signedHeaders } from './client.ts';

let exchange: Exchange;
afterEach(() => exchange.close());

const overHttps = (url: string, ca?: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    const request = get(url, { ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once('error', reject);
  });

describe('an exchange over TLS', () => {
  it('has wss and https, which a client takes that trusts the certificate', async () => {
    exchange = await createExchange({ tls: true, markets: 2, deltasPerSecond: 20_000 });
    expect(exchange.url).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/trade-api\/ws\/v2$/);
    expect(exchange.restUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/trade-api\/v2$/);
    const { certificatePem: ca } = exchange;
    const socket = new WebSocket(exchange.url, { headers: signedHeaders(exchange), ca });
    const frames: string[] = [];
    socket.on('message', (data: Buffer) => frames.push(data.toString()));
    await once(socket, 'open');
    const params = { channels: ['orderbook_delta'], market_tickers: exchange.markets };
    socket.send(JSON.stringify({ id: 1, cmd: 'subscribe', params }));
    await expect.poll(() => frames.length).toBeGreaterThanOrEqual(3);
    expect(await overHttps(`${exchange.restUrl}/exchange/status`, ca)).toBe(200);
    expect(await overHttps(`${exchange.restUrl.replace('127.0.0.1', 'localhost')}/exchange/status`, ca)).toBe(200);
    const closed = once(socket, 'close');
    await exchange.close();
    expect((await closed)[0]).toBe(1001);
  });

  it('is not taken by a client that does not', async () => {
    exchange = await createExchange({ tls: true });
    await expect(overHttps(`${exchange.restUrl}/exchange/status`)).rejects.toMatchObject({
      code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/),
    });
    const other = await createExchange({ tls: true });
    await expect(overHttps(`${exchange.restUrl}/exchange/status`, other.certificatePem)).rejects.toMatchObject({
      code: expect.stringMatching(/VERIFY|SIGNATURE|ISSUER|SELF_SIGNED/),
    });
    await other.close();
  });

  it('makes an authority of its own, that has signed the server’s certificate', async () => {
    exchange = await createExchange({ tls: true });
    const authority = new X509Certificate(exchange.certificatePem ?? '');
    expect(authority.ca).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
    expect(Date.parse(authority.validFrom)).toBeLessThan(Date.now());
    expect(Date.parse(authority.validTo)).toBeGreaterThan(Date.now() + 300 * 86_400_000);
    const shown = await new Promise<X509Certificate | undefined>((resolve, reject) => {
      const request = get(`${exchange.restUrl}/exchange/status`, { ca: exchange.certificatePem, agent: false });
      request.once('socket', (socket) => {
        socket.once('secureConnect', () =>
          resolve((socket as unknown as { getPeerX509Certificate(): X509Certificate }).getPeerX509Certificate()),
        );
      });
      request.once('response', (response) => response.resume());
      request.once('error', reject);
    });
    expect(shown?.ca).toBe(false);
    expect(shown?.verify(authority.publicKey)).toBe(true);
    expect(shown?.subjectAltName).toBe('IP Address:127.0.0.1, DNS:localhost');
    expect(shown?.serialNumber).not.toBe(authority.serialNumber);
  });

  it('closes with clients that never finished their handshake', async () => {
    exchange = await createExchange({ tls: true });
    const half = connectTcp(Number(new URL(exchange.url).port), '127.0.0.1');
    half.on('error', () => undefined);
    await once(half, 'connect');
    const gone = once(half, 'close');
    await exchange.close();
    await gone;
    expect(half.destroyed).toBe(true);
  });

  it('has no certificate without the option', async () => {
    exchange = await createExchange();
    expect(exchange.certificatePem).toBeUndefined();
  });
});

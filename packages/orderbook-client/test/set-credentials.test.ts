// A key that is changed while the client runs: what is signed from then on, and what stays.
import { describe, expect, test, vi } from 'vitest';
import { createOrderbookClient, OrderbookClientError, type OpenSocket, type SocketListener } from '../src/index.ts';
import { AUTH_HEADERS } from '../src/wire.ts';

const signerOf = (keyId: string) => ({ keyId, sign: (text: string) => `${keyId} signs ${text.slice(13)}` });

function dialled() {
  const dials: { readonly headers: Readonly<Record<string, string>>; readonly listener: SocketListener }[] = [];
  const openSocket: OpenSocket = (_url, headers, listener) => {
    dials.push({ headers, listener });
    return { send() {}, ping() {}, pause() {}, resume() {}, drop() {}, close: async () => undefined };
  };
  const client = createOrderbookClient({
    url: 'ws://127.0.0.1/trade-api/ws/v2',
    credentials: signerOf('old'),
    markets: ['KXTEST-A'],
    authRetryMs: 3_600_000,
    openSocket,
  });
  client.on('problem', () => undefined);
  const keys = () => dials.map(({ headers }) => headers[AUTH_HEADERS.key]);
  const until = (wanted: readonly string[]) => vi.waitFor(() => expect(keys()).toEqual(wanted), { timeout: 30_000 });
  return { client, dials, keys, until };
}

describe('setCredentials', () => {
  test('leaves the connection, and signs the next handshake with the new key', async () => {
    const { client, dials, keys, until } = dialled();
    await using _client = client;
    client.start();
    await until(['old']);
    dials[0]!.listener.opened();
    client.setCredentials(signerOf('new'));
    expect(client.status()).toMatchObject({ phase: 'subscribing', epoch: 1 });
    expect(keys()).toEqual(['old']);
    client.reconnect('to see who signs');
    await until(['old', 'new']);
    expect(dials[1]!.headers[AUTH_HEADERS.signature]).toMatch(/^new signs GET/);
  });

  test('tries at once where the old key was refused, and an hour was to be waited', async () => {
    const { client, dials, until } = dialled();
    await using _client = client;
    client.start();
    await until(['old']);
    dials[0]!.listener.closed(new OrderbookClientError('AUTH_REJECTED', 'refused'));
    await vi.waitFor(() => expect(client.status().phase).toBe('waiting'), { timeout: 30_000 });
    client.setCredentials(signerOf('new'));
    await until(['old', 'new']);
  });

  test('refuses what is no key, and goes on with the old one; before the start it changes what the first is signed with', async () => {
    const { client, until } = dialled();
    await using _client = client;
    expect(() => client.setCredentials({ keyId: 'x', privateKeyPem: 'none' })).toThrow(
      expect.objectContaining({ code: 'KEY_INVALID' }),
    );
    expect(() => client.setCredentials({ keyId: 'x\n', privateKeyPem: '' })).toThrow(TypeError);
    client.setCredentials(signerOf('first'));
    client.start();
    await until(['first']);
  });
});

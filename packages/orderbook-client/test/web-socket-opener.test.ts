import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import { createServer as createSecureServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '@trader/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  createWebSocketOpener,
  type OrderbookClientError,
  type SocketListener,
  type WebSocketOptions,
} from '../src/index.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) cleanUp();
});

async function exchange(
  onConnection: (socket: WebSocket, extensions: string) => void,
  server: Server | ReturnType<typeof createServer> = createServer(),
): Promise<number> {
  const sockets = new WebSocketServer({ server, perMessageDeflate: true });
  sockets.on('connection', (socket) => onConnection(socket, socket.extensions));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Opens a socket and resolves with what it says until it ends. */
function heard(url: string, options?: WebSocketOptions, headers: Record<string, string> = {}) {
  const frames: string[] = [];
  return new Promise<{ frames: string[]; error: OrderbookClientError }>((resolve) => {
    const listener: SocketListener = {
      serverTime: () => undefined,
      opened: () => undefined,
      ping: () => undefined,
      pong: () => undefined,
      frame: (bytes) => void frames.push(Buffer.from(bytes).toString()),
      closed: (error) => resolve({ frames, error }),
    };
    const socket = createWebSocketOpener(options)(url, headers, listener);
    cleanUps.push(() => socket.drop());
  });
}

describe('what the other side says when it closes', () => {
  test.each([
    [1008, 'slow consumer', 'slow consumer'],
    [4000, '', undefined],
    [1001, 'a\r\nforged: line\u001B[31m\u202Ered', 'a forged: line [31m red'],
    [1001, 'bye, secret-signature of secret-key', 'bye, … of …'],
  ])('code %i with %j is in the error, printable and without what was signed', async (code, reason, kept) => {
    const port = await exchange((socket) => socket.close(code, reason));
    const { error } = await heard(`ws://127.0.0.1:${port}`, {}, { a: 'secret-signature', b: 'secret-key' });
    expect(error).toMatchObject({ code: 'DISCONNECTED', closeCode: code, closeReason: kept });
    expect(error.message).toBe(`The socket was closed with code ${code}${kept === undefined ? '' : `: ${kept}`}.`);
  });

  test('has no user and password of the URL, which are sent as the header of a gateway', async () => {
    const server = createServer();
    const asked: (string | undefined)[] = [];
    server.on('upgrade', ({ headers: { authorization } }) => asked.push(authorization));
    const port = await exchange((socket) => socket.close(1008, `no secret-word, no ${asked[0]}`), server);
    const { error } = await heard(`ws://me:secret-word@127.0.0.1:${port}`);
    expect(asked).toEqual([`Basic ${Buffer.from('me:secret-word').toString('base64')}`]);
    expect(error).toMatchObject({ code: 'DISCONNECTED', closeReason: 'no …, no Basic …' });
  });

  test('in the body of a refusal is bounded and printable too', async () => {
    const server = createServer();
    server.on('upgrade', (_request, socket) => {
      const body = JSON.stringify({ error: { code: `secret-key\n${'x'.repeat(2000)}` } });
      socket.end(`HTTP/1.1 401 Unauthorized\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUps.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { error } = await heard(`ws://127.0.0.1:${port}`, {}, { a: 'secret-key' });
    expect(error.code).toBe('AUTH_REJECTED');
    expect(error.message).not.toMatch(/secret-key|\n/);
    expect(String(error.exchangeCode).length).toBeLessThan(130);
  });
});

describe('createWebSocketOpener', () => {
  const TEXT = '{"type":"orderbook_delta"}'.repeat(100);

  test.each([
    [undefined, ''],
    [false, ''],
    [true, 'permessage-deflate'],
  ])('with perMessageDeflate: %s asks for %j, and the frames are the same', async (perMessageDeflate, extensions) => {
    let asked: string | undefined;
    const port = await exchange((socket, found) => {
      asked = found;
      for (let i = 0; i < 3; i++) socket.send(TEXT);
      socket.close(1000);
    });
    const options = perMessageDeflate === undefined ? {} : { perMessageDeflate };
    const { frames } = await heard(`ws://127.0.0.1:${port}`, options);
    expect(asked).toBe(extensions);
    expect(frames).toEqual([TEXT, TEXT, TEXT]);
  });

  test('goes out through the agent that it is given', async () => {
    const port = await exchange((socket) => socket.close(1000));
    let used = 0;
    const agent = new Agent();
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (...given) => {
      used++;
      return connect(...given);
    };
    const { error } = await heard(`ws://127.0.0.1:${port}`, { agent });
    expect(error.closeCode).toBe(1000);
    expect(used).toBe(1);
  });

  test('trusts the certificates that it is given, and no others', async () => {
    const { key, cert } = selfSigned();
    const port = await exchange((socket) => socket.close(4001), createSecureServer({ key, cert }));
    expect((await heard(`wss://127.0.0.1:${port}`, { ca: cert })).error.closeCode).toBe(4001);
    expect((await heard(`wss://127.0.0.1:${port}`)).error).toMatchObject({ code: 'CONNECT_FAILED' });
  });

  test.each([
    [{ deflate: true }, /has no "deflate"/],
    [{ perMessageDeflate: 'yes' }, /perMessageDeflate must be true or false/],
    [{ agent: 'http://proxy' }, /agent must be an agent/],
    [null, /must be an object/],
  ])('refuses %j', (options, message) => {
    expect(() => createWebSocketOpener(options as never)).toThrow(message);
  });
});

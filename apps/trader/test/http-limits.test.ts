// How much of the process one client may take, and for how long. Whoever takes more is cut off by name, and others are served.
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { selfSigned } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { TraderView } from '../src/status.ts';
import { get, SocketReader, until } from './http-trader.ts';
import { happening, serveView } from './http-view.ts';
import { outcomeOf, RawClient, requestOf, upgradeOf } from './raw-client.ts';

const count = async (base: string, sample: string): Promise<number> => {
  const { body } = await get<string>(`${base}/metrics`);
  const line = body.split('\n').find((line) => line.startsWith(`${sample} `));
  return Number(line?.slice(sample.length + 1) ?? 0);
};
const refusals = (base: string, code: string): Promise<number> =>
  count(base, `trader_http_refusals_total{code="${code}"}`);
const drops = (base: string, reason: string): Promise<number> =>
  count(base, `trader_ws_dropped_total{reason="${reason}"}`);

describe('time', () => {
  test.each([
    ['nothing', ''],
    ['half a line', 'GET /liv'],
    ['half the headers', requestOf('/livez').slice(0, -2)],
    ['half an upgrade', upgradeOf('/ws').slice(0, -2)],
    ['one request and half of the next', `${requestOf('/livez')}GET /li`],
  ])('of a client that sends %s is limited: it is told so and closed', async (_what, bytes) => {
    await using served = await serveView({ requestTimeoutMs: 300 });
    await using client = await RawClient.connect(served.base);
    if (bytes !== '') client.send(bytes);
    const received = await client.closed;
    expect(outcomeOf(received.slice(received.lastIndexOf('HTTP/1.1 ')))).toEqual([408, 'REQUEST_TIMEOUT']);
    expect(await refusals(served.base, 'REQUEST_TIMEOUT')).toBe(1);
  });

  test('of a client that does not read its answer is limited', async () => {
    const long = 'x'.repeat(30_000_000);
    const alter = (view: TraderView): TraderView => ({ ...view, source: long });
    await using served = await serveView({ answerTimeoutMs: 300 }, {}, { alter });
    await using client = await RawClient.connect(served.base);
    client.socket.pause();
    client.send(requestOf('/status'));
    expect(
      await until(
        async () => refusals(served.base, 'ANSWER_TIMEOUT'),
        (cut) => cut > 0,
      ),
    ).toBe(1);
    client.socket.resume();
    expect((await client.closed).length).toBeLessThan(long.length);
  });

  test('of a TLS handshake is limited, and one that is under way does not hold the end up', async () => {
    const { cert, key } = selfSigned();
    const ask = async (base: string): Promise<string> => {
      const socket = connectTls({ port: Number(new URL(base).port), host: '127.0.0.1', ca: cert });
      socket.end(requestOf('/metrics', ['Connection: close'])).setEncoding('utf8');
      return (await socket.toArray()).join('');
    };
    {
      await using served = await serveView({ requestTimeoutMs: 300 }, { cert, key });
      await using silent = await RawClient.connect(served.base);
      await silent.closed;
      await using half = await RawClient.connect(served.base);
      // The first bytes of a ClientHello.
      await half.send(Buffer.from('16030100c8010000c403', 'hex')).closed;
      expect(await ask(served.base)).toContain('trader_http_refusals_total{code="TLS_FAILED"} 2');
    }
    const { server, base } = await serveView({}, { cert, key });
    await using silent = await RawClient.connect(base);
    await using half = await RawClient.connect(base);
    half.send(Buffer.from('16030100c8010000c403', 'hex'));
    await server.close(100);
    await Promise.all([silent.closed, half.closed]);
  });
});

describe('TLS', () => {
  test.each([
    ['plain HTTP', requestOf('/livez')],
    ['noise', '\x16\x03\x01\x00\x05nonsense'],
    ['an alert', '\x15\x03\x01\x00\x02\x02\x28'],
  ])('that is %s closes the connection, and the next one is served', async (_what, bytes) => {
    const { cert, key } = selfSigned();
    await using served = await serveView({}, { cert, key });
    await using client = await RawClient.connect(served.base);
    await client.send(bytes).closed;
    const socket = connectTls({ port: Number(new URL(served.base).port), host: '127.0.0.1', ca: cert });
    socket.end(requestOf('/livez', ['Connection: close'])).setEncoding('utf8');
    expect((await socket.toArray()).join('')).toContain('"live":true');
  });

  test('is cut, at the limit of connections, where nothing was asked for the longest time', async () => {
    const { cert, key } = selfSigned();
    await using served = await serveView({ maxConnections: 2 }, { cert, key });
    await using first = await RawClient.connect(served.base);
    await using second = await RawClient.connect(served.base);
    const socket = connectTls({ port: Number(new URL(served.base).port), host: '127.0.0.1', ca: cert });
    socket.end(requestOf('/livez', ['Connection: close'])).setEncoding('utf8');
    expect((await socket.toArray()).join('')).toContain('"live":true');
    await first.closed;
    expect(second.isClosed).toBe(false);
  });
});

describe('connections', () => {
  test('have a limit, and whoever comes then takes the place of the one that was silent for the longest time', async () => {
    await using served = await serveView({ maxConnections: 10 });
    const port = Number(new URL(served.base).port);
    const silent = [];
    for (let i = 0; i < 10; i++) silent.push(await RawClient.connect(served.base));
    // The first one asks for something: now it is the second that was silent for the longest time.
    silent[0]!.send(requestOf('/livez'));
    await silent[0]!.until((received) => received.includes('"live":true'));
    await using probe = await RawClient.connect(served.base);
    expect(await probe.send(requestOf('/livez', ['Connection: close'])).closed).toContain('"live":true');
    await silent[1]!.closed;
    expect(silent.filter(({ isClosed }) => isClosed)).toHaveLength(1);
    // Far more than there may be, at once: an answer comes all the same.
    const flood = Array.from({ length: 500 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    await Promise.all(flood.map((socket) => once(socket, 'connect')));
    expect((await get(`${served.base}/livez`)).status).toBe(200);
    expect(await refusals(served.base, 'TOO_MANY_CONNECTIONS')).toBeGreaterThan(400);
    for (const socket of flood) socket.destroy();
    for (const client of silent) await client[Symbol.asyncDispose]();
  });

  test('that all wait for a client to read make room too: a probe gets in', async () => {
    const alter = (view: TraderView): TraderView => ({ ...view, source: 'x'.repeat(30_000_000) });
    await using served = await serveView({ maxConnections: 3 }, {}, { alter });
    const unread = [];
    for (let i = 0; i < 3; i++) {
      const client = await RawClient.connect(served.base);
      client.send(requestOf('/status'));
      await client.until((received) => received.length > 0);
      client.socket.pause();
      unread.push(client);
    }
    await using probe = await RawClient.connect(served.base);
    expect(await probe.send(requestOf('/livez', ['Connection: close'])).closed).toContain('"live":true');
    expect(await refusals(served.base, 'TOO_MANY_CONNECTIONS')).toBeGreaterThan(0);
    for (const client of unread) await client[Symbol.asyncDispose]();
  });

  test('that are sockets by now have a limit of their own', async () => {
    await using served = await serveView({ maxConnections: 1, maxClients: 3 });
    await using first = new SocketReader(served.base);
    await first.next('hello');
    await using second = new SocketReader(served.base);
    await second.next('hello');
    expect(
      outcomeOf(
        await (await RawClient.connect(served.base)).send(requestOf('/livez', ['Connection: close'])).closed,
      )[0],
    ).toBe(200);
    await first.next('status');
  });
});

describe('what a client of the socket sends', () => {
  const SUBSCRIBE = JSON.stringify({ subscribe: { books: ['KX'] } });

  test.each([
    ['messages', (socket: WebSocket) => socket.send(SUBSCRIBE)],
    ['messages that are none', (socket: WebSocket) => socket.send('x')],
    ['pings', (socket: WebSocket) => socket.ping()],
    ['pongs', (socket: WebSocket) => socket.pong()],
    ['empty messages', (socket: WebSocket) => socket.send('')],
  ])('is limited by its number: too many %s close it with 1008', async (_what, send) => {
    await using served = await serveView();
    const loud = new SocketReader(served.base);
    await using quiet = new SocketReader(served.base);
    await Promise.all([loud.next('status'), quiet.next('status')]);
    for (let i = 0; i < 5_000; i++) send(loud.socket);
    const { code, reason } = await loud.closed;
    expect([code, reason.split(':')[0]]).toEqual([1008, 'TOO_MANY_MESSAGES']);
    expect(loud.messages.filter(({ type }) => type === 'error' || type === 'subscribed').length).toBeLessThan(100);
    expect(await drops(served.base, 'too-many-messages')).toBe(1);
    expect(quiet.socket.readyState).toBe(WebSocket.OPEN);
  });

  test('may be some messages at once, and all pings of a client that keeps to the limit are answered', async () => {
    await using served = await serveView();
    await using reader = new SocketReader(served.base);
    await reader.next('hello');
    let pongs = 0;
    reader.socket.on('pong', () => pongs++);
    for (let i = 0; i < 20; i++) {
      reader.ask('{}');
      reader.socket.ping(String(i));
    }
    for (let i = 0; i < 20; i++) await reader.next('error');
    expect(
      await until(
        async () => pongs,
        (count) => count >= 20,
      ),
    ).toBe(20);
  });

  test('may come in a few pieces; in very many it closes the connection', async () => {
    await using served = await serveView();
    await using reader = new SocketReader(served.base);
    await reader.next('hello');
    const half = SUBSCRIBE.length / 2;
    reader.socket.send(SUBSCRIBE.slice(0, half), { fin: false });
    reader.socket.send(SUBSCRIBE.slice(half), { fin: true });
    expect(await reader.next('error')).toMatchObject({ error: { code: 'BOOK_UNKNOWN' } });
    for (let i = 0; i < 1_000; i++) reader.socket.send('', { fin: false });
    expect((await reader.closed).code).toBe(1008);
  });

  test('is named with its real bounds where it is none', async () => {
    await using served = await serveView();
    await using reader = new SocketReader(served.base);
    await reader.next('hello');
    for (const books of [[], Array.from({ length: 501 }, () => 'A'), ['x'.repeat(101)], [1]]) {
      reader.ask({ subscribe: { books } });
      const { error } = (await reader.next('error')) as unknown as { error: { code: string; message: string } };
      expect(error).toMatchObject({ code: 'MESSAGE_UNKNOWN', message: expect.stringMatching(/1 to 500 .*1 to 100/) });
    }
  });
});

test('of the database four things are asked at once, and a fifth one is told to come again', async () => {
  const asked: ((rows: []) => void)[] = [];
  const sessions = () => new Promise<[]>((resolve) => asked.push(resolve));
  const sessionStore = { sessions, query: async () => [] } as unknown as TraderView['sessionStore'];
  await using served = await serveView({}, {}, { alter: (view) => ({ ...view, sessionStore }) });
  const answers = Array.from({ length: 4 }, () => get(`${served.base}/sessions`));
  await until(
    async () => asked.length,
    (count) => count === 4,
  );
  const { status, body, headers } = await get(`${served.base}/sessions`);
  expect([status, body, headers.get('retry-after')]).toMatchObject([
    429,
    { error: { code: 'TOO_MANY_REQUESTS' } },
    '1',
  ]);
  expect((await get(`${served.base}/status`)).status).toBe(200);
  for (const answer of asked) answer([]);
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test('a server that is told to stop ends at once what is silent, and in time what is not', async () => {
  const alter = (view: TraderView): TraderView => ({ ...view, source: 'x'.repeat(30_000_000) });
  const { server, base, events } = await serveView({}, {}, { alter });
  await using silent = await RawClient.connect(base);
  await using half = await RawClient.connect(base);
  half.send('GET /livez HT');
  await using unread = await RawClient.connect(base);
  unread.socket.pause();
  unread.send(requestOf('/status'));
  await using reader = new SocketReader(base);
  await reader.next('hello');
  events.add(happening('x'));
  await server.close(200);
  unread.socket.resume();
  await Promise.all([silent.closed, half.closed, unread.closed, reader.closed]);
  expect([silent, half, unread].map(({ isClosed }) => isClosed)).toEqual([true, true, true]);
});

test('a request that comes while the server ends is refused in the form of every refusal', async () => {
  const asked: ((rows: []) => void)[] = [];
  const sessions = () => new Promise<[]>((resolve) => asked.push(resolve));
  const sessionStore = { sessions, query: async () => [] } as unknown as TraderView['sessionStore'];
  const { server, base } = await serveView({}, {}, { alter: (view) => ({ ...view, sessionStore }) });
  await using client = await RawClient.connect(base);
  client.send(requestOf('/sessions') + requestOf('/livez'));
  await until(
    async () => asked.length,
    (count) => count > 0,
  );
  const ended = server.close(30_000);
  // Nobody new is let in from now on.
  await until(
    () =>
      get(`${base}/livez`).then(
        () => false,
        () => true,
      ),
    (isClosed) => isClosed,
  );
  asked[0]!([]);
  const received = await client.closed;
  await ended;
  expect(received).toMatch(/"sessions":\[\]/);
  expect(outcomeOf(received.slice(received.lastIndexOf('HTTP/1.1 ')))).toEqual([503, 'SHUTTING_DOWN']);
});

// The lessons that only a real network teaches: full buffers, unread bytes, blocked loops. Everything is on loopback.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket as TcpSocket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  createOrderbookClient,
  type OrderbookClient,
  type OrderbookClientOptions,
  type ProblemEvent,
} from '../src/index.ts';
import { openWebSocket } from '../src/io/socket.ts';
import { WEBSOCKET_PATH, type WireCommand } from '../src/wire.ts';
import { A, B, snapshot, subscribed } from './scripted-exchange.ts';

/** A limit for a fact to come true, not a time that it takes. */
const SOON = { timeout: 60_000 };

const cleanUps: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const urlOf = (server: Server | WebSocketServer): string =>
  `ws://127.0.0.1:${(server.address() as AddressInfo).port}${WEBSOCKET_PATH}`;

/** An exchange on a port of its own. */
async function exchange(onConnection: (socket: WebSocket) => void): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  cleanUps.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  server.on('connection', onConnection);
  await once(server, 'listening');
  return urlOf(server);
}

/** Subscribes whoever asks and sends the books, once; then it takes commands and answers none. Returns what was asked. */
function subscribeOnce(socket: WebSocket): string[] {
  const asked: string[] = [];
  socket.on('message', (data: Buffer) => {
    const command = JSON.parse(data.toString()) as WireCommand;
    const { id } = command;
    asked.push(command.cmd === 'update_subscription' ? command.params.action : command.cmd);
    if (asked.length > 1) return;
    for (const frame of [subscribed(id), snapshot(1, A), snapshot(2, B)]) socket.send(JSON.stringify(frame));
  });
  return asked;
}

/** Long limits for everything; each test shortens the one that it is about. */
function clientOf(url: string, options: Partial<OrderbookClientOptions>): OrderbookClient {
  const client = createOrderbookClient({
    url,
    credentials: { keyId: 'key', sign: () => 'signature' },
    markets: [A, B],
    answerTimeoutMs: 60_000,
    pingIntervalMs: 60_000,
    pongTimeoutMs: 60_000,
    auditIntervalMs: Infinity,
    ...options,
  });
  cleanUps.push(() => client.close());
  return client;
}

const firstProblem = (client: OrderbookClient): Promise<ProblemEvent> =>
  new Promise((resolve) => {
    client.on('problem', resolve);
    client.start();
  });

describe('lesson 2: an exchange that is there and is not', () => {
  test('which only answers pings is given up at the deadline of the answer', async () => {
    const pinged = vi.fn<() => void>();
    const url = await exchange((socket) => void socket.on('ping', pinged));
    const client = clientOf(url, { pingIntervalMs: 1, answerTimeoutMs: 300 });
    const { error } = await firstProblem(client);
    expect(error.code).toBe('NO_ANSWER');
    await vi.waitFor(() => expect(pinged).toHaveBeenCalled(), SOON);
  });

  test('which floods pings keeps no dead subscription alive: the question about a book stays unanswered', async () => {
    let asked: string[] = [];
    const url = await exchange((socket) => {
      asked = subscribeOnce(socket);
      const flood = setInterval(() => {
        for (let i = 0; i < 20; i++) socket.ping('heartbeat');
      }, 1);
      cleanUps.push(() => clearInterval(flood));
      socket.on('close', () => clearInterval(flood));
    });
    const client = clientOf(url, { auditIntervalMs: 50, answerTimeoutMs: 300 });
    client.start();
    await client.whenSynced();
    const lost = new Promise<void>((resolve) => void client.on('gap', () => resolve()));
    const { error } = await firstProblem(client);
    expect(error.code).toBe('NO_ANSWER');
    await lost;
    expect(client.status().counters.serverPings).toBeGreaterThan(100);
    // A ping is no sign that the exchange hears commands: no further step is tried on it.
    expect(new Set(asked)).toEqual(new Set(['subscribe', 'get_snapshot']));
  });

  test('which never reads is given up by its pong, though the ping lies behind a full send buffer', async () => {
    const url = await exchange((socket) => socket.pause());
    const markets = Array.from({ length: 500 }, (_, i) => `KX${'9'.repeat(16_000)}-${i}`);
    const client = clientOf(url, { markets, pingIntervalMs: 100, pongTimeoutMs: 1000 });
    const problem = firstProblem(client);
    // A write that the network does not take.
    const writes = expect.arrayContaining([expect.stringMatching(/WriteWrap$/)]);
    await vi.waitFor(() => expect(process.getActiveResourcesInfo()).toEqual(writes), {
      ...SOON,
      interval: 5,
    });
    const { error } = await problem;
    expect(error.code).toBe('PONG_TIMEOUT');
    expect(client.status().counters).toMatchObject({ frames: 0, epochs: 1 });
  });

  test('a loop that is blocked beyond the deadline costs nothing if the pong has come meanwhile', async () => {
    let pings = 0;
    const url = await exchange((socket) => {
      subscribeOnce(socket);
      socket.on('ping', () => {
        // The pong is written before this is called, and lies unread in the client's socket when its timer is due.
        if (++pings === 1) for (const untilMs = performance.now() + 1200; performance.now() < untilMs;);
      });
    });
    const client = clientOf(url, { pingIntervalMs: 100, pongTimeoutMs: 1000 });
    const problem = vi.fn<() => void>();
    client.on('problem', problem);
    client.start();
    await vi.waitFor(() => expect(pings).toBeGreaterThan(1), SOON);
    expect(problem).not.toHaveBeenCalled();
    expect(client.status().epoch).toBe(1);
  });
});

describe('lesson 5: a socket that is done for', () => {
  test('says nothing more, whatever it had read already', async () => {
    const gone = vi.fn<() => void>();
    const url = await exchange((socket) => {
      for (let i = 0; i < 1000; i++) socket.send(`${i}`);
      socket.on('close', gone);
    });
    const said: string[] = [];
    const socket = openWebSocket(
      url,
      {},
      {
        serverTime: () => undefined,
        opened: () => undefined,
        ping: () => said.push('ping'),
        pong: () => said.push('pong'),
        closed: () => said.push('closed'),
        frame: (bytes) => {
          said.push(Buffer.from(bytes).toString());
          if (said.length === 3) socket.drop();
        },
      },
    );
    await vi.waitFor(() => expect(gone).toHaveBeenCalled(), SOON);
    expect(said).toEqual(['0', '1', '2']);
  });

  test('is gone from the network too, when the client has given it up', async () => {
    const closed: number[] = [];
    let connections = 0;
    const url = await exchange((socket) => {
      const number = ++connections;
      socket.on('close', () => closed.push(number));
    });
    const client = clientOf(url, { answerTimeoutMs: 100, backoff: { baseMs: 1, maxMs: 1 } });
    client.start();
    await vi.waitFor(() => expect(connections).toBeGreaterThan(3), SOON);
    await client.close();
    await vi.waitFor(() => expect(closed).toHaveLength(connections), SOON);
  });
});

describe('lesson 7: hanging for ever', () => {
  test('a port that accepts and never upgrades runs into the deadline, and its socket is closed', async () => {
    const sockets: TcpSocket[] = [];
    const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
    cleanUps.push(() => void server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = clientOf(urlOf(server), { connectTimeoutMs: 100 });
    const { error } = await firstProblem(client);
    expect(error.code).toBe('CONNECT_TIMEOUT');
    await client.close();
    for (const socket of sockets) {
      socket.resume();
      await vi.waitFor(() => expect(socket.closed).toBe(true), SOON);
    }
  });

  test('an exchange that never answers the closing handshake does not hold up a close', async () => {
    let server: WebSocket | undefined;
    const url = await exchange((socket) => {
      server = socket;
      subscribeOnce(socket);
    });
    const client = clientOf(url, {});
    client.start();
    await client.whenSynced();
    server!.pause();
    await client.close();
    expect(client.status().phase).toBe('closed');
    // What it finds when it reads again is the end.
    const gone = once(server!, 'close');
    server!.resume();
    await gone;
  });
});

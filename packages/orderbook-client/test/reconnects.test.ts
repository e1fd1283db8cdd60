// What a thousand lost connections leave behind: one open socket, two timers, and nothing in memory.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { createOrderbookClient, OrderbookClientError, type OrderbookClient, type Runtime } from '../src/index.ts';
import { openWebSocket, type SocketListener } from '../src/io/socket.ts';
import { systemRuntime } from '../src/io/runtime.ts';
import { WEBSOCKET_PATH, type WireCommand } from '../src/wire.ts';
import { A, B, conversation, snapshot, subscribed } from './scripted-exchange.ts';

const RECONNECTS = 1000;
/** A limit for a fact to come true, not a time that it takes. */
const SOON = { timeout: 60_000 };
/** By then everything that is made once is made. */
const WARM_UP = 300;
/** Far less than a socket with its buffers and listeners takes, so that not even a tenth of them can be kept. */
const MAX_BYTES_PER_RECONNECT = 5000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** The client's half and the exchange's are both in this process. */
const openSockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

/** The ways in which a connection ends, in turns. */
const ENDS: readonly ((socket: WebSocket, client: OrderbookClient) => void)[] = [
  (socket) => socket.terminate(),
  (socket) => socket.close(1001, 'going away'),
  (_socket, client) => client.reconnect('asked for'),
  (socket) => {
    // Once costs the subscription.
    for (let i = 0; i < 2; i++) socket.send('{"type":"error","msg":{"code":10,"msg":"over"}}');
  },
];

describe('lesson 8: what fails must not leak', () => {
  test('a thousand reconnects leave one socket, no timer more, and a state that is fresh', async () => {
    const armed = new Set<object>();
    const runtime: Runtime = {
      ...systemRuntime,
      setTimer: (delayMs, fire) => {
        const timer = {};
        armed.add(timer);
        const cancel = systemRuntime.setTimer(delayMs, () => {
          armed.delete(timer);
          fire();
        });
        return () => {
          armed.delete(timer);
          cancel();
        };
      },
    };
    const firstIds = new Set<number>();
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    let connections = 0;
    server.on('connection', (socket) => {
      const number = ++connections;
      let isFirst = true;
      socket.on('message', (data: Buffer) => {
        const { id } = JSON.parse(data.toString()) as WireCommand;
        if (isFirst) firstIds.add(id);
        isFirst = false;
        const book = snapshot(1, A, [['0.0100', `${number}.00`]]);
        for (const frame of [subscribed(id), book, snapshot(2, B)]) socket.send(JSON.stringify(frame));
      });
    });
    await once(server, 'listening');
    const before = openSockets();
    const listeners: WeakRef<SocketListener>[] = [];
    const client = createOrderbookClient({
      url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}${WEBSOCKET_PATH}`,
      credentials: { keyId: 'key', sign: () => 'signature' },
      markets: [A, B],
      auditIntervalMs: Infinity,
      answerTimeoutMs: 60_000,
      pingIntervalMs: 600_000,
      backoff: { baseMs: 1, maxMs: 1 },
      runtime,
      openSocket: (url, headers, listener) => {
        listeners.push(new WeakRef(listener));
        return openWebSocket(url, headers, listener);
      },
    });
    let heapBefore = 0;
    const live = async (epoch: number): Promise<void> => {
      while (client.status().epoch < epoch) {
        const { promise, resolve } = Promise.withResolvers<unknown>();
        const off = client.on('status', resolve);
        await promise;
        off();
      }
      await client.whenSynced();
    };
    const warning = vi.fn<() => void>();
    process.on('warning', warning);
    try {
      client.start();
      await live(1);
      for (let lost = 0; lost < RECONNECTS; lost++) {
        const [socket] = [...server.clients].slice(-1);
        ENDS[lost % ENDS.length]!(socket!, client);
        await live(lost + 2);
        if (lost === WARM_UP) heapBefore = heapBytes();
      }
      // No state of an old connection is left in the new one.
      expect(client.status()).toMatchObject({ phase: 'live', epoch: RECONNECTS + 1, synced: 2 });
      expect(client.status().connections).toMatchObject([{ sid: 1, seq: 2, pendingCommands: 0 }]);
      expect(client.status().counters).toMatchObject({ gaps: RECONNECTS, duplicates: 0, unapplied: 0, foreign: 0 });
      expect(client.book(A)!.levels('yes')).toEqual([[100, connections * 100]]);
      expect(connections).toBe(RECONNECTS + 1);
      expect(firstIds).toEqual(new Set([1]));

      await vi.waitFor(() => expect(server.clients.size).toBe(1), SOON);
      await vi.waitFor(() => expect(openSockets()).toBe(before + 2), SOON);
      // The next ping, the next look at silences, and until it has lasted: the proof of stability.
      await vi.waitFor(() => expect(armed.size).toBeLessThanOrEqual(3), SOON);
      expect(warning).not.toHaveBeenCalled();

      // Of a thousand old sockets at most the last few are still somewhere in a queue.
      await vi.waitFor(() => {
        collectGarbage();
        expect(listeners.filter((listener) => listener.deref()).length).toBeLessThan(10);
      }, SOON);
      const grownBytes = heapBytes() - heapBefore;
      expect(grownBytes).toBeLessThan((RECONNECTS - WARM_UP) * MAX_BYTES_PER_RECONNECT);
    } finally {
      process.off('warning', warning);
      await client.close();
      server.close();
    }
    expect(armed.size).toBe(0);
    await vi.waitFor(() => expect(openSockets()).toBe(before), SOON);
  });

  test('ten thousand tries that fail leave one timer, that of the next try', async () => {
    const { client, runtime, dial, of, connection, sockets } = conversation();
    const rejected: string[] = [];
    let retryInMs = 0;
    client.on('problem', (problem) => void (retryInMs = problem.retryInMs ?? 0));
    client.start();
    let next = dial();
    for (let tries = 0; tries < 10_000; tries++) {
      const socket = await next;
      if (tries % 3 === 0) socket.listener.opened();
      if (tries % 3 > 0) {
        socket.listener.closed(new OrderbookClientError(tries % 3 === 1 ? 'CONNECT_FAILED' : 'AUTH_REJECTED', 'no'));
      } else {
        // Questions that nobody is left to answer.
        const asked = client.barrier().catch((error: OrderbookClientError) => void rejected.push(error.code));
        socket.cut();
        await asked;
      }
      expect(runtime.armedTimers).toBe(1);
      next = dial();
      runtime.advance(retryInMs);
    }
    await next;
    expect(of('problem')).toHaveLength(10_000);
    expect(rejected).toEqual(Array.from({ length: 3334 }, () => 'DISCONNECTED'));
    expect(sockets.filter(({ open }) => open)).toHaveLength(1);
    expect(connection()).toMatchObject({ phase: 'connecting', subscriptions: [], sid: null });
    await client.close();
    expect(runtime.armedTimers).toBe(0);
  });
});

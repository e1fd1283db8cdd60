// A stop that cannot end in time: the database has stopped to answer, and what waits for it cannot be hurried.
import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { simulatedFeed } from '../src/cli/exchange-feed.ts';
import { createLog } from '../src/log/log.ts';
import { createTrader } from '../src/trader.ts';
import { newDatabase } from './databases.ts';
import { get, SocketReader } from './http-trader.ts';

/** A way to the server on which nothing comes back any more once it is frozen. */
async function freezable(port: number) {
  const pairs = new Set<readonly [client: Socket, server: Socket]>();
  let isFrozen = false;
  const listener = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    const pair = [client, server] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => pair.forEach((each) => each.destroy()));
    }
    client.on('data', (data) => isFrozen || server.write(data));
    server.on('data', (data) => isFrozen || client.write(data));
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as { port: number }).port,
    freeze: () => void (isFrozen = true),
    open: () => [...pairs].filter(([client]) => !client.destroyed).length,
    async [Symbol.asyncDispose]() {
      for (const [client] of pairs) client.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

test('a stop that is not over in time says DRAIN_TIMEOUT, with HTTP, sockets and feed closed; the store follows by itself', async () => {
  const direct = new URL(await newDatabase());
  await using way = await freezable(Number(direct.port));
  direct.port = String(way.port);
  const url = direct.href;
  const { feed, source, exchange } = await simulatedFeed({ markets: 2, deltasPerSecond: 200 });
  await using _exchange = exchange;
  const trader = createTrader({
    feed,
    source,
    database: { url },
    recorder: 'test',
    port: 0,
    drainMs: 1_000,
    // Longer than the drain: whoever waits for an answer does so until then.
    store: { spool: false, queryTimeoutMs: 4_000 },
    log: createLog('silent'),
  });
  await trader.start();
  expect(await trader.ready).toBe(true);
  const { origin } = new URL(trader.url!);
  const reader = new SocketReader(origin);
  await reader.next('hello');
  way.freeze();
  await expect(trader.stop('SIGTERM')).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT', exitCode: 1 });
  await expect(trader.stopped).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT' });
  expect((await reader.closed).code).toBe(1001);
  await expect(get(`${origin}/livez`)).rejects.toThrow('fetch failed');
  expect(trader.client!.status().phase).toBe('closed');
  expect(trader.status()).toMatchObject({ state: 'shutdown', draining: true });
  await vi.waitFor(() => expect(way.open()).toBe(0), { timeout: 30_000, interval: 50 });
});

// Ready means that what was asked for is being recorded: markets that nobody finds, because REST refuses or the name is wrong.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { createExchange, type ExchangeOptions } from '@trader/exchange-simulator';
import { describe, expect, test, vi } from 'vitest';
import type { DiscoveryConfig, LiveConfig } from '../src/config/config-types.ts';
import { liveFeed } from '../src/cli/exchange-feed.ts';
import { createLog } from '../src/log/log.ts';
import { createTrader } from '../src/trader.ts';
import { newDatabase } from './databases.ts';

const patience = { timeout: 60_000, interval: 20 };
const RULES: DiscoveryConfig = {
  series: ['KXSIM'],
  events: [],
  status: ['open'],
  minVolume: 0,
  closesWithinMs: null,
  limit: 1_000,
  reconcileEveryMs: 3_600_000,
  keepAfterCloseMs: 100,
};

async function recording(ask: Partial<LiveConfig>, options: ExchangeOptions = {}) {
  const exchange = await createExchange({ markets: 2, deltasPerSecond: 50, ...options });
  const { url: wsUrl, restUrl, credentials } = exchange;
  const live: LiveConfig = { wsUrl, restUrl, ...credentials, markets: [], discovery: null, ...ask };
  const lines: string[] = [];
  const trader = createTrader({
    ...liveFeed({
      ...live,
      markets: live.markets.map((market) => (market === 'FIRST' ? exchange.markets[0]! : market)),
    }),
    database: { url: await newDatabase() },
    recorder: 'test',
    port: 0,
    store: { spool: false },
    log: createLog('info', { destination: { write: (line) => void lines.push(line) } }),
  });
  await trader.start();
  const readyz = async () => (await fetch(new URL('/readyz', trader.url!))).json() as Promise<{ causes: object[] }>;
  const close = async () => {
    try {
      await trader.stop('done');
    } finally {
      await exchange.close();
    }
  };
  return { exchange, trader, lines, readyz, [Symbol.asyncDispose]: close };
}

async function forward(url: string, response: ServerResponse): Promise<void> {
  const answer = await fetch(url);
  response.writeHead(answer.status).end(await answer.text());
}

/** A REST that refuses every request until it is told not to. */
async function refusingRest() {
  let target: string | null = null;
  const server = createHttpServer((request, response) => {
    if (target === null) return void response.writeHead(401).end('{}');
    void forward(target + request.url!, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    restUrl: `http://127.0.0.1:${port}`,
    allow: (base: string) => (target = base),
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a trader that was asked for markets is not ready', () => {
  test('before they were listed once; it is as soon as they are', async () => {
    await using rest = await refusingRest();
    await using it = await recording({ restUrl: rest.restUrl, discovery: RULES });
    await vi.waitFor(async () => {
      expect(it.trader.status()).toMatchObject({
        session: {},
        discovery: { problem: expect.stringMatching(/401/) as string },
      });
      expect((await it.readyz()).causes).toContainEqual(
        expect.objectContaining({ component: 'markets', reason: 'REST_REFUSED' }),
      );
    }, patience);
    expect(it.trader.status().transitions.map(({ to }) => to)).not.toContain('ready');
    rest.allow(it.exchange.restUrl);
    expect(await it.trader.ready).toBe(true);
    await vi.waitFor(() => expect(it.trader.status().feed).toMatchObject({ synced: 2 }), patience);
  });

  test('as long as REST cannot be reached', async () => {
    await using it = await recording({ restUrl: `http://127.0.0.1:${await closedPort()}`, discovery: RULES });
    await vi.waitFor(
      async () =>
        expect((await it.readyz()).causes).toContainEqual(
          expect.objectContaining({ component: 'markets', reason: 'REST_UNREACHABLE' }),
        ),
      patience,
    );
    expect(it.trader.status()).toMatchObject({ ready: false, session: {} });
  });

  test('while one that was named does not exist; the others are recorded, and it is named', async () => {
    await using it = await recording({ markets: ['FIRST', 'KXTYPO-1'] });
    await vi.waitFor(async () => {
      const status = it.trader.status();
      expect(status).toMatchObject({ ready: false, session: {}, unknownMarkets: [{ market: 'KXTYPO-1' }] });
      expect(status.health.causes).toMatchObject([{ component: 'markets' }]);
      expect(status.health.causes[0]!.reason).toContain('KXTYPO-1');
      expect(Number(status.session!['deltas'])).toBeGreaterThan(0);
      expect((await it.readyz()).causes).toContainEqual(
        expect.objectContaining({ component: 'markets', reason: 'MARKET_UNKNOWN' }),
      );
    }, patience);
    expect(it.lines.filter((line) => line.includes('MARKET_UNKNOWN') && line.includes('KXTYPO-1'))).not.toEqual([]);
  });
});

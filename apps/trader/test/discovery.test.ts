// Discovery against a whole exchange on loopback: its REST, its lifecycle events, its sockets.
import { createExchange, type Exchange, type ExchangeOptions } from '@trader/exchange-simulator';
import { createMarketDiscovery } from '@trader/market-discovery';
import { createOrderbookClient, type OrderbookClient } from '@trader/orderbook-client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DiscoveryConfig } from '../src/config/config-types.ts';
import { DiscoveredMarkets, signedRest } from '../src/feed/discovered-markets.ts';
import { createLog } from '../src/log/log.ts';
import { createTrader } from '../src/trader.ts';
import { newDatabase } from './databases.ts';

const RULES: DiscoveryConfig = {
  series: ['KXSIM'],
  events: [],
  status: ['open'],
  minVolume: 0,
  closesWithinMs: null,
  limit: 1_000,
  // Longer than the test: what comes in between comes from events.
  reconcileEveryMs: 3_600_000,
  keepAfterCloseMs: 100,
};

const until = (fact: () => void | Promise<void>) => vi.waitFor(fact, { timeout: 30_000, interval: 20 });

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of running.splice(0).toReversed()) await end();
});

async function discover(options: ExchangeOptions, rules: Partial<DiscoveryConfig> = {}) {
  const exchange = await createExchange({ deltasPerSecond: 50, ...options });
  running.push(() => exchange.close());
  const client = createOrderbookClient({
    url: exchange.url,
    credentials: exchange.credentials,
    markets: [],
    channels: { market_lifecycle_v2: 'all' },
  });
  running.push(() => client.close());
  let down = false;
  const search = createMarketDiscovery({
    ...signedRest(exchange.restUrl, exchange.credentials),
    ...RULES,
    ...rules,
    fetch: (input, init) => (down ? Promise.reject(new TypeError('fetch failed')) : fetch(input, init)),
    pageSize: 7,
  });
  const discovery = new DiscoveredMarkets({ client, search, log: createLog('silent') });
  running.push(() => discovery.close());
  return {
    exchange,
    client,
    discovery,
    start: () => {
      discovery.start();
      client.start();
    },
    cutRest: () => (down = true),
    healRest: () => (down = false),
  };
}

const wanted = (client: OrderbookClient): string[] => [...client.books()].map(({ market }) => market).toSorted();
const open = async ({ restUrl }: Exchange): Promise<string[]> => {
  const { markets } = (await (await fetch(`${restUrl}/markets?status=open&limit=1000`)).json()) as {
    markets: { ticker: string }[];
  };
  return markets.map(({ ticker }) => ticker).toSorted();
};

describe('discovery', () => {
  test('finds the open markets page by page, and their books come', async () => {
    const { exchange, client, discovery, start } = await discover({ markets: 30 });
    start();
    await until(() => expect(client.status()).toMatchObject({ phase: 'live', wanted: 30, synced: 30 }));
    expect(wanted(client)).toEqual(exchange.markets);
    expect(discovery.status()).toMatchObject({ roll: 'open', markets: 30, problem: null, unreadable: 0 });
  });

  test('follows a market that closes, and the next of its line, by their events alone', async () => {
    const { exchange, client, discovery, start } = await discover({ markets: 3 });
    start();
    // One listing at the start, one more once the events stand.
    await until(() => {
      expect(client.status()).toMatchObject({ phase: 'live', synced: 3 });
      expect(discovery.status().listings).toBe(2);
    });
    const [first = ''] = exchange.markets;
    exchange.control.markets.close(first);
    await until(() => {
      expect(wanted(client)).not.toContain(first);
      expect(wanted(client)).toContain(`${first}-2`);
      expect(client.status()).toMatchObject({ wanted: 3, synced: 3 });
    });
    // The others were never disturbed: no repair, no new connection.
    expect(client.status().counters).toMatchObject({ repairs: 0, epochs: 1, gaps: 0 });
    expect(discovery.status().listings).toBe(2);
  });

  test('rolls over and over with short-lived markets', async () => {
    const { client, discovery, start } = await discover({ markets: 4, marketLifetimeMs: 2_000 });
    start();
    await until(() => {
      const generations = wanted(client).map((ticker) => Number(/-\d+-(\d+)$/.exec(ticker)?.[1] ?? 1));
      expect(Math.max(...generations)).toBeGreaterThanOrEqual(3);
      expect(client.status().phase).toBe('live');
      expect(discovery.status().problem).toBeNull();
    });
    expect(client.status().counters.epochs).toBe(1);
  });

  test('keeps every market while REST is away, and finds what opened meanwhile', async () => {
    const { exchange, client, discovery, start, cutRest, healRest } = await discover(
      { markets: 3 },
      { reconcileEveryMs: 1_000 },
    );
    start();
    await until(() => expect(client.status()).toMatchObject({ phase: 'live', synced: 3 }));
    cutRest();
    const [first = ''] = exchange.markets;
    exchange.control.markets.close(first);
    // An answer that was on its way before the cut may come between a failure and the question about it.
    await until(() => {
      const { lookUpFailures, listingFailures, problem } = discovery.status();
      expect(lookUpFailures + listingFailures).toBeGreaterThan(0);
      expect(problem).toMatch(/fetch failed/);
    });
    expect(wanted(client)).toEqual(
      expect.arrayContaining(exchange.markets.filter((ticker) => !ticker.startsWith(first))),
    );
    healRest();
    await until(() => {
      expect(wanted(client)).toContain(`${first}-2`);
      expect(wanted(client)).not.toContain(first);
      expect(discovery.status().problem).toBeNull();
    });
  });

  test('finds no market open, which is a state, and takes those that open next', async () => {
    const { exchange, client, discovery, start } = await discover({ markets: 3 }, { reconcileEveryMs: 1_000 });
    start();
    await until(() => expect(client.status().synced).toBe(3));
    exchange.control.faults.add({ kind: 'no-open-markets' });
    await until(() => {
      expect(discovery.status().roll).toBe('empty');
      expect(client.status().phase).toBe('live');
    });
    exchange.control.faults.clear();
    await until(async () => {
      expect(discovery.status().roll).toBe('open');
      expect(wanted(client)).toEqual(await open(exchange));
      expect(client.status().synced).toBe(3);
      expect(discovery.status().problem).toBeNull();
    });
  });

  test('keeps to its limit', async () => {
    const { client, discovery, start } = await discover({ markets: 20 }, { limit: 5 });
    start();
    await until(() => {
      expect(client.status().synced).toBe(5);
      expect(discovery.status()).toMatchObject({ markets: 5, overLimit: 15 });
    });
  });

  test('asks for everything again after a connection was lost', async () => {
    const { exchange, client, discovery, start } = await discover({ markets: 3 });
    start();
    // Both that a start makes: a second one that is still to come would pass for the one that is asked for here.
    await until(() => {
      expect(client.status()).toMatchObject({ phase: 'live', synced: 3 });
      expect(discovery.status().listings).toBe(2);
    });
    const before = discovery.status().listings;
    exchange.dropConnections();
    await until(() => {
      expect(client.status()).toMatchObject({ phase: 'live', synced: 3 });
      expect(discovery.status().listings).toBeGreaterThan(before);
    });
  });

  test('leaves no request behind when it is closed in the middle of one', async () => {
    const { discovery, client, start } = await discover({ markets: 3 });
    start();
    await discovery.close();
    expect(wanted(client)).toEqual([]);
    expect(discovery.status().problem).toBeNull();
  });
});

test('a trader is ready with no market open, and records those that open', async () => {
  await using exchange = await createExchange({ markets: 2, deltasPerSecond: 50 });
  exchange.control.faults.add({ kind: 'no-open-markets' });
  await until(async () => expect(await open(exchange)).toEqual([]));
  const trader = createTrader({
    feed: {
      url: exchange.url,
      credentials: exchange.credentials,
      markets: [],
      discovery: { restUrl: exchange.restUrl, rules: { ...RULES, reconcileEveryMs: 1_000 } },
    },
    source: 'test',
    database: { url: await newDatabase() },
    recorder: 'test',
    port: null,
    drainMs: 60_000,
    log: createLog('silent'),
  });
  await trader.start();
  expect(await trader.ready).toBe(true);
  await until(() => expect(trader.status()).toMatchObject({ state: 'ready', discovery: { roll: 'empty' } }));
  exchange.control.faults.clear();
  await until(() => expect(trader.status().discovery).toMatchObject({ roll: 'open', markets: 2 }));
  await until(() => {
    const { state, session } = trader.status();
    expect(state).toBe('ready');
    expect(session!['snapshots']).toBeGreaterThanOrEqual(2);
  });
  await trader.stop('the test is over');
  expect(await trader.stopped).toMatchObject({ status: 'closed', gaps: 0 });
});

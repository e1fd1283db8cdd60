// The wall clock is set while everything runs: an hour and ten years, forwards and back. Waits go on as if nothing had happened.
import { createExchange } from '@trader/exchange-simulator';
import { createMarketDiscovery } from '@trader/market-discovery';
import { createOrderbookClient } from '@trader/orderbook-client';
import { createSessionStore } from '@trader/session-store';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DiscoveryConfig } from '../src/config/config-types.ts';
import { CoordinatorLoop } from '../src/coordinator/loop.ts';
import { DiscoveredMarkets } from '../src/feed/discovered-markets.ts';
import { createLog } from '../src/log/log.ts';
import { systemRuntime } from '../src/runtime/system-runtime.ts';
import { createTrader } from '../src/trader.ts';
import { newDataDir } from './databases.ts';

const HOUR_MS = 3_600_000;
const JUMPS_MS = [-HOUR_MS, HOUR_MS, -10 * 365 * 24 * HOUR_MS, 10 * 365 * 24 * HOUR_MS];
const RULES: DiscoveryConfig = {
  series: ['KXSIM'],
  events: [],
  status: ['open'],
  minVolume: 0,
  closesWithinMs: null,
  limit: 1_000,
  reconcileEveryMs: 1_000,
  keepAfterCloseMs: 100,
};

const until = (fact: () => void | Promise<void>) => vi.waitFor(fact, { timeout: 30_000, interval: 20 });

// Date alone: timers and the monotonic clock are the machine's.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], shouldAdvanceTime: true }));
afterEach(() => void vi.useRealTimers());

const jump = (byMs: number): void => void vi.setSystemTime(Date.now() + byMs);

describe.each(JUMPS_MS)('after a jump by %i ms', (byMs) => {
  test('a wait of the coordinator ends in its time, also one that is set anew meanwhile', async () => {
    const overdueAtMs: number[] = [];
    const loop = new CoordinatorLoop({
      limits: { storeOpeningMs: 300 },
      perform: (effect) => effect.type === 'overdue' && overdueAtMs.push(performance.now()),
      onFailure: (what, error) => expect.fail(`${what}: ${String(error)}`),
    });
    // Each wait begins after this, and the second one only when the first one is over.
    const startedMs = performance.now();
    loop.take({ type: 'started' });
    jump(byMs);
    // Any input sets the alarm clock anew.
    loop.take({ type: 'feed-went' });
    await until(() => expect(overdueAtMs).toHaveLength(2));
    loop.end();
    expect(overdueAtMs[0]! - startedMs).toBeGreaterThan(295);
    expect(overdueAtMs[1]! - startedMs).toBeGreaterThan(590);
  });

  test('listings go on, and no market is dropped', async () => {
    await using exchange = await createExchange({ markets: 3, deltasPerSecond: 20 });
    await using client = createOrderbookClient({
      url: exchange.url,
      credentials: exchange.credentials,
      markets: [],
      channels: { market_lifecycle_v2: 'all' },
    });
    const search = createMarketDiscovery({ restUrl: exchange.restUrl, runtime: systemRuntime, ...RULES });
    const discovery = new DiscoveredMarkets({ client, search, log: createLog('silent') });
    discovery.start();
    client.start();
    await until(() => expect(client.status()).toMatchObject({ phase: 'live', synced: 3 }));
    jump(byMs);
    const before = discovery.status().listings;
    await until(() => expect(discovery.status().listings).toBeGreaterThanOrEqual(before + 3));
    expect(discovery.status()).toMatchObject({ roll: 'open', markets: 3, problem: null, removed: 0 });
    expect(client.status().wanted).toBe(3);
    await discovery.close();
  });
});

test('a trader with short leases stays ready in one session through all jumps', async () => {
  const dataDir = newDataDir();
  await using exchange = await createExchange({ markets: 2, deltasPerSecond: 50 });
  const trader = createTrader({
    feed: {
      url: exchange.url,
      credentials: exchange.credentials,
      markets: [],
      discovery: { restUrl: exchange.restUrl, rules: RULES },
    },
    source: 'test',
    database: { dataDir },
    recorder: 'test',
    port: null,
    store: { lease: { durationMs: 2_000, sweepEveryMs: 500 } },
    log: createLog('silent'),
  });
  const isNear = (atMs: number): boolean => Math.abs(Date.now() - atMs) < HOUR_MS / 2;
  await trader.start();
  // Before the feed is there, it says since when it waits: on the clock that people have.
  const { waitingFor, health, since } = trader.status();
  expect([waitingFor!.sinceMs, waitingFor!.untilMs, Date.parse(since)].map(isNear)).toEqual([true, true, true]);
  expect(health.causes.map(({ sinceMs }) => isNear(sinceMs))).toContain(true);
  expect(health.causes.map(({ sinceMs }) => isNear(sinceMs))).not.toContain(false);
  expect(await trader.ready).toBe(true);
  const { id } = trader.status().session!;
  for (const byMs of JUMPS_MS) {
    jump(byMs);
    const { listings } = trader.status().discovery!;
    const deltas = Number(trader.status().session!['deltas']);
    await until(() => {
      expect(trader.status()).toMatchObject({ state: 'ready', session: { id } });
      expect(trader.status().discovery!.listings).toBeGreaterThanOrEqual(listings + 2);
      expect(Number(trader.status().session!['deltas'])).toBeGreaterThan(deltas);
    });
    expect(isNear(Date.parse(trader.status().since))).toBe(true);
  }
  await trader.stop('the test is over');
  expect(await trader.stopped).toMatchObject({ id, status: 'closed', gaps: 0 });
  await using store = await createSessionStore({ dataDir });
  const { ok, laws } = await store.verify(id);
  expect(ok, JSON.stringify(laws)).toBe(true);
});

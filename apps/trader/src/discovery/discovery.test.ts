// Discovery over an exchange that answers from a script, and a client that may refuse.
import type { EventType, Listener } from '@trader/orderbook-client';
import { ManualRuntime } from '@trader/testkit';
import { expect, test } from 'vitest';
import type { DiscoveryConfig } from '../config/config-types.ts';
import type { ListedMarket } from '../core/market-set-rules.ts';
import { createLog } from '../log/log.ts';
import { Discovery, type DiscoveryOptions } from './discovery.ts';
import type { Answers, Listing, MarketSource } from './market-source.ts';

const RULES: DiscoveryConfig = {
  series: ['KXA'],
  events: [],
  status: ['open'],
  minVolume: 0,
  closesWithinMs: null,
  limit: 10,
  reconcileEveryMs: 600_000,
  keepAfterCloseMs: 60_000,
};
const LIFECYCLE_SID = 7;
const market = (ticker: string, fields: Partial<ListedMarket> = {}): ListedMarket => ({
  ticker,
  eventTicker: 'KXA-1',
  status: 'active',
  openAtMs: null,
  closeAtMs: null,
  volume: 0,
  ...fields,
});
const listing = (markets: readonly ListedMarket[], rest: Partial<Listing> = {}): Listing => ({
  markets,
  refused: [],
  failures: [],
  ...rest,
});

async function discovering(list: () => Listing, lookUp: (tickers: readonly string[]) => Partial<Answers> = () => ({})) {
  const runtime = new ManualRuntime();
  const wanted = new Set<string>();
  const calls: string[][] = [];
  const lines: { code?: string; market?: string }[] = [];
  const refusesAll = new Set<string>();
  const listeners = new Map<string, (event: never) => void>();
  const asked: string[][] = [];
  let listings = 0;
  const source: MarketSource = {
    list: async () => (listings++, list()),
    lookUp: async (tickers) => {
      asked.push([...tickers]);
      return { ...listing([]), unanswered: [], ...lookUp(tickers) };
    },
  };
  const client = {
    on: <T extends EventType>(type: T, listener: Listener<T>) => {
      listeners.set(type, listener);
      return () => void listeners.delete(type);
    },
    status: () => ({
      connections: [{ subscriptions: [{ channel: 'market_lifecycle_v2', sid: LIFECYCLE_SID, seq: 1 }] }],
    }),
    addMarkets: (markets: readonly string[]) => {
      calls.push([...markets]);
      const bad = markets.find((one) => refusesAll.has(one));
      if (bad !== undefined) throw new TypeError(`"${bad}" is not for me`);
      for (const one of markets) wanted.add(one);
    },
    removeMarkets: (markets: readonly string[]) => {
      for (const one of markets) wanted.delete(one);
    },
  } as unknown as DiscoveryOptions['client'];
  const log = createLog('debug', { destination: { write: (line) => void lines.push(JSON.parse(line) as object) } });
  const discovery = new Discovery({ client, source, rules: RULES, runtime, log });
  const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  discovery.start();
  await turn();
  return {
    discovery,
    wanted: () => [...wanted].toSorted(),
    calls,
    refusesAll,
    asked,
    listings: () => listings,
    told: () => lines.filter(({ code }) => code === 'MARKET_REFUSED').map((line) => line.market),
    emit: async (type: string, event: object) => {
      listeners.get(type)!(event as never);
      runtime.advance(0);
      await turn();
    },
    advance: async (ms: number) => {
      runtime.advance(ms);
      await turn();
    },
  };
}

const created = (ticker: string) => ({
  market: ticker,
  change: 'created',
  metadata: { eventTicker: 'KXA-1' },
  openAtMs: null,
  closeAtMs: null,
});

test('a market that the client does not take keeps none of the others, is named, and is offered again with each listing', async () => {
  let names: string[] = [];
  const it = await discovering(() => listing(names.map((name) => market(`KXA-${name}`))));
  names = ['A', 'B', 'C'];
  it.refusesAll.add('KXA-B');
  await it.advance(700_000);
  expect(it.wanted()).toEqual(['KXA-A', 'KXA-C']);
  expect(it.discovery.status()).toMatchObject({
    roll: 'open',
    wanted: 3,
    markets: 2,
    refused: 1,
    refusals: [{ market: 'KXA-B', reason: '"KXA-B" is not for me' }],
  });
  await it.advance(700_000);
  expect(it.calls.at(-1)).toEqual(['KXA-B']);
  expect(it.told()).toEqual(['KXA-B']);
  it.refusesAll.clear();
  await it.advance(700_000);
  expect(it.wanted()).toEqual(['KXA-A', 'KXA-B', 'KXA-C']);
  expect(it.discovery.status()).toMatchObject({ wanted: 3, markets: 3, refused: 0, refusals: [] });
});

test('an announced market whose name is no ticker is named, never asked about, and stops no other event', async () => {
  const it = await discovering(
    () => listing([]),
    (tickers) => ({ markets: tickers.map((ticker) => market(ticker)) }),
  );
  await it.emit('market-lifecycle', created('KXA-1,KXA-2'));
  await it.emit('market-lifecycle', created('KXA-3'));
  expect(it.asked).toEqual([['KXA-3']]);
  expect(it.wanted()).toEqual(['KXA-3']);
  expect(it.discovery.status().refusals).toMatchObject([{ market: 'KXA-1,KXA-2' }]);
  expect(it.told()).toEqual(['KXA-1,KXA-2']);
});

test.each([
  ['of the lifecycle', LIFECYCLE_SID, true],
  ['whose channel nobody knows', null, true],
  ['of the books', 1, false],
])(
  'an event that cannot be read, %s (sid %s), is made up for by one listing soon: %s',
  async (_what, sid, isListed) => {
    const it = await discovering(() => listing([]));
    const before = it.listings();
    for (let i = 0; i < 5; i++) await it.emit('unrecognized', { sid, reason: 'no market' });
    await it.advance(9_999);
    expect(it.listings()).toBe(before);
    await it.advance(1);
    expect(it.listings()).toBe(before + Number(isListed));
  },
);

test('what is of a type that is not known is no event that was missed', async () => {
  const it = await discovering(() => listing([]));
  const before = it.listings();
  await it.emit('unrecognized', { sid: LIFECYCLE_SID, reason: null });
  await it.advance(20_000);
  expect(it.listings()).toBe(before);
});

test('a member whose entry cannot be read is neither missing nor let go, however often', async () => {
  let isOdd = false;
  const refused = [{ market: 'KXA-B', reason: 'it has no status' }];
  const it = await discovering(
    () => (isOdd ? listing([market('KXA-A')], { refused }) : listing([market('KXA-A'), market('KXA-B')])),
    () => ({ refused }),
  );
  isOdd = true;
  for (let i = 0; i < 5; i++) await it.advance(700_000);
  expect(it.asked).toEqual([]);
  expect(it.wanted()).toEqual(['KXA-A', 'KXA-B']);
  expect(it.discovery.status()).toMatchObject({ refused: 1, refusals: refused, unreadable: 5 });
});

test('an answer about a member that cannot be read lets nobody go', async () => {
  let isLacking = false;
  const it = await discovering(
    () => listing(isLacking ? [] : [market('KXA-A')]),
    () => ({ refused: [{ market: 'KXA-A', reason: 'it has no status' }] }),
  );
  isLacking = true;
  await it.advance(700_000);
  for (let i = 0; i < 10; i++) await it.advance(60_000);
  expect(it.asked.length).toBeGreaterThan(3);
  expect(it.wanted()).toEqual(['KXA-A']);
});

test('a part of a listing that cannot be had costs no market of the others, and nobody is asked about for it', async () => {
  let isPartial = false;
  const failures = [{ part: 'KXB', error: new Error('HTTP 400') }];
  const it = await discovering(() =>
    isPartial ? listing([market('KXA-C')], { failures }) : listing([market('KXA-A'), market('KXA-B')]),
  );
  isPartial = true;
  await it.advance(700_000);
  expect(it.wanted()).toEqual(['KXA-A', 'KXA-B', 'KXA-C']);
  expect(it.asked).toEqual([]);
  expect(it.discovery.status()).toMatchObject({ problem: 'KXB: HTTP 400', listings: 1 });
  const before = it.listings();
  await it.advance(60_000);
  expect(it.listings()).toBeGreaterThan(before);
});

test('a market in a state of which nobody has heard is named, and those beside it are recorded', async () => {
  const it = await discovering(() => listing([market('KXA-A', { status: 'levitating' }), market('KXA-B')]));
  expect(it.wanted()).toEqual(['KXA-B']);
  expect(it.discovery.status().refusals).toEqual([{ market: 'KXA-A', reason: 'its status "levitating" is not known' }]);
});

test('a page with a market twice, once unreadable, takes the readable one', async () => {
  const it = await discovering(() =>
    listing([market('KXA-A'), market('KXA-A')], { refused: [{ market: 'KXA-A', reason: 'it has no status' }] }),
  );
  expect(it.wanted()).toEqual(['KXA-A']);
  expect(it.discovery.status()).toMatchObject({ wanted: 1, refused: 0 });
});

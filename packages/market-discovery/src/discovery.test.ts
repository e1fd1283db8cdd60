// The search over an exchange that answers from a script.
import { ManualRuntime } from '@trader/testkit';
import { expect, test } from 'vitest';
import type { ListedMarket, MarketRules } from './core/rules.ts';
import { Search } from './discovery.ts';
import { EVENT_TYPES, type MarketDiscoveryEvent } from './events.ts';
import type { Answers, Listing, MarketSource } from './io/market-source.ts';

const RULES: MarketRules = {
  series: ['KXA'],
  events: [],
  status: ['open'],
  minVolume: 0,
  closesWithinMs: null,
  limit: 10,
  reconcileEveryMs: 600_000,
  keepAfterCloseMs: 60_000,
};
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

async function searching(list: () => Listing, lookUp: (tickers: readonly string[]) => Partial<Answers> = () => ({})) {
  const runtime = new ManualRuntime();
  const told: MarketDiscoveryEvent[] = [];
  const asked: string[][] = [];
  let listings = 0;
  const source: MarketSource = {
    list: async () => (listings++, list()),
    lookUp: async (tickers) => {
      asked.push([...tickers]);
      return { ...listing([]), unanswered: [], ...lookUp(tickers) };
    },
  };
  const search = new Search({ source, rules: RULES, runtime });
  for (const type of EVENT_TYPES) search.on(type, (event) => void told.push(event));
  const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  search.start();
  await turn();
  return {
    search,
    runtime,
    /** As somebody has it who does what is told. */
    wanted: () => {
      const markets = new Set<string>();
      for (const event of told) {
        if (event.type !== 'change') continue;
        for (const { market } of event.removed) markets.delete(market);
        for (const { market } of event.added) markets.add(market);
      }
      expect([...markets].toSorted()).toEqual([...search.markets()].toSorted());
      return [...markets].toSorted();
    },
    told: <T extends MarketDiscoveryEvent['type']>(type: T) =>
      told.filter((event): event is Extract<MarketDiscoveryEvent, { type: T }> => event.type === type),
    asked,
    listings: () => listings,
    created: async (ticker: string) => {
      search.acceptLifecycle({ market: ticker, change: 'created', eventTicker: 'KXA-1' });
      runtime.advance(0);
      await turn();
    },
    advance: async (ms: number) => {
      runtime.advance(ms);
      await turn();
    },
  };
}

test('what is found is told, with why, and so is each listing', async () => {
  let names = ['A', 'B'];
  const it = await searching(() => listing(names.map((name) => market(`KXA-${name}`))));
  expect(it.told('change')).toEqual([
    { type: 'change', added: ['KXA-A', 'KXA-B'].map((one) => ({ market: one, reason: 'listed' })), removed: [] },
  ]);
  expect(it.told('roll')).toEqual([{ type: 'roll', roll: 'open' }]);
  expect(it.told('listing')).toEqual([{ type: 'listing', outcome: 'whole', added: 2, removed: 0 }]);
  expect([it.search.has('KXA-A'), it.search.has('KXA-C')]).toEqual([true, false]);
  names = [];
  it.search.acceptLifecycle({ market: 'KXA-A', change: 'determined' });
  await it.advance(60_000);
  expect(it.told('change').at(-1)).toEqual({
    type: 'change',
    added: [],
    removed: [{ market: 'KXA-A', reason: 'it was determined' }],
  });
});

test('after the end nothing is asked or told, and no timer is left', async () => {
  const it = await searching(() => listing([market('KXA-A')]));
  await it.search.close();
  await it.search.close();
  const before = it.told('listing').length;
  await it.created('KXA-B');
  it.search.acceptMissedFacts();
  it.search.start();
  await it.advance(10_000_000);
  expect([it.listings(), it.asked, it.told('listing').length, it.runtime.armedTimers]).toEqual([1, [], before, 0]);
});

test('a listener that fails, at once or later, stops neither the others nor the search, and is told of', async () => {
  let names = ['A'];
  const it = await searching(() => listing(names.map((name) => market(`KXA-${name}`))));
  it.search.on('change', () => {
    throw new Error('mine');
  });
  it.search.on('change', () => Promise.reject(new Error('mine, later')));
  it.search.on('listener-failed', () => {
    throw new Error('mine too');
  });
  const heard: string[] = [];
  const remove = it.search.on('change', ({ added }) => void heard.push(...added.map((one) => one.market)));
  names = ['A', 'B'];
  await it.advance(700_000);
  expect(heard).toEqual(['KXA-B']);
  expect(it.wanted()).toEqual(['KXA-A', 'KXA-B']);
  expect(it.told('listener-failed').map(({ error }) => [error.code, (error.cause as Error).message])).toEqual([
    ['LISTENER_FAILED', 'mine'],
    ['LISTENER_FAILED', 'mine, later'],
  ]);
  expect(it.search.status().listenerFailures).toBe(4);
  remove();
  remove();
  names = ['A', 'B', 'C'];
  await it.advance(700_000);
  expect(heard).toEqual(['KXA-B']);
});

test('what a listener causes is told after everybody has heard of what it heard', async () => {
  const it = await searching(() => listing([]));
  const heard: string[] = [];
  it.search.on('refused', ({ market: name }) => {
    heard.push(`first ${name}`);
    if (name === 'bad 1') it.search.acceptLifecycle({ market: 'bad 2', change: 'created', eventTicker: 'KXA-1' });
  });
  it.search.on('refused', ({ market: name }) => void heard.push(`second ${name}`));
  await it.created('bad 1');
  expect(heard).toEqual(['first bad 1', 'second bad 1', 'first bad 2', 'second bad 2']);
});

test('missed facts are made up for by one listing, soon, however many calls', async () => {
  const it = await searching(() => listing([]));
  for (let i = 0; i < 5; i++) it.search.acceptMissedFacts(10_000);
  await it.advance(9_999);
  expect(it.listings()).toBe(1);
  await it.advance(1);
  expect(it.listings()).toBe(2);
});

test('a market that is no text is the caller’s mistake', async () => {
  const it = await searching(() => listing([]));
  expect(() => it.search.acceptLifecycle({ market: 5 as never, change: 'created' })).toThrow(TypeError);
});

test('an announced market whose name is no ticker is named, never asked about, and stops no other event', async () => {
  const it = await searching(
    () => listing([]),
    (tickers) => ({ markets: tickers.map((ticker) => market(ticker)) }),
  );
  await it.created('KXA-1,KXA-2');
  await it.created('KXA-3');
  expect(it.asked).toEqual([['KXA-3']]);
  expect(it.wanted()).toEqual(['KXA-3']);
  expect(it.search.status().refusals).toMatchObject([{ market: 'KXA-1,KXA-2' }]);
  expect(it.told('refused').map((event) => event.market)).toEqual(['KXA-1,KXA-2']);
});

test('a member whose entry cannot be read is neither missing nor let go, however often', async () => {
  let isOdd = false;
  const refused = [{ market: 'KXA-B', reason: 'it has no status' }];
  const it = await searching(
    () => (isOdd ? listing([market('KXA-A')], { refused }) : listing([market('KXA-A'), market('KXA-B')])),
    () => ({ refused }),
  );
  isOdd = true;
  for (let i = 0; i < 5; i++) await it.advance(700_000);
  expect(it.asked).toEqual([]);
  expect(it.wanted()).toEqual(['KXA-A', 'KXA-B']);
  expect(it.search.status()).toMatchObject({ refused: 1, refusals: refused, unreadable: 5 });
});

test('an answer about a member that cannot be read lets nobody go', async () => {
  let isLacking = false;
  const it = await searching(
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
  const it = await searching(() =>
    isPartial ? listing([market('KXA-C')], { failures }) : listing([market('KXA-A'), market('KXA-B')]),
  );
  isPartial = true;
  await it.advance(700_000);
  expect(it.wanted()).toEqual(['KXA-A', 'KXA-B', 'KXA-C']);
  expect(it.asked).toEqual([]);
  expect(it.search.status()).toMatchObject({ problem: 'KXB: HTTP 400', listings: 1 });
  const before = it.listings();
  await it.advance(60_000);
  expect(it.listings()).toBeGreaterThan(before);
});

test('a market in a state of which nobody has heard is named, and those beside it are recorded', async () => {
  const it = await searching(() => listing([market('KXA-A', { status: 'levitating' }), market('KXA-B')]));
  expect(it.wanted()).toEqual(['KXA-B']);
  expect(it.search.status().refusals).toEqual([{ market: 'KXA-A', reason: 'its status "levitating" is not known' }]);
});

test('a page with a market twice, once unreadable, takes the readable one', async () => {
  const it = await searching(() =>
    listing([market('KXA-A'), market('KXA-A')], { refused: [{ market: 'KXA-A', reason: 'it has no status' }] }),
  );
  expect(it.wanted()).toEqual(['KXA-A']);
  expect(it.search.status()).toMatchObject({ wanted: 1, refused: 0 });
});

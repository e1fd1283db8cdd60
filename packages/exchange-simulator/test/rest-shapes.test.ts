// REST bodies beside recorded ones, shape by shape: which fields there are, of which types, in which order.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { captures, capturesFolder } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../src/core/rest/routes.ts';
import { createExchange, type Exchange } from '../src/index.ts';
import { signedHeaders } from './client.ts';

let exchange: Exchange;
beforeAll(async () => {
  exchange = await createExchange({ markets: 3, deltasPerSecond: 5000, readTokensPerSecond: 1_000_000 });
  const [ticker = ''] = exchange.markets;
  const [price = 0] = exchange.book(ticker)?.no.at(-1) ?? [];
  exchange.control.orders.place({ ticker, side: 'yes', price: 10_000 - price, size: 100 });
});
afterAll(() => exchange.close());

async function get(path: string): Promise<unknown> {
  const headers = signedHeaders(exchange, { signedPath: `/trade-api/v2${path.split('?')[0]}` });
  return (await fetch(exchange.restUrl + path, { headers })).json();
}

/** One request of each route, and some that are refused. */
function paths(): string[] {
  const [ticker = ''] = exchange.markets;
  const names: Readonly<Record<string, string>> = { '/series/*': 'KXSIM' };
  const queries: Readonly<Record<string, string>> = {
    '/markets/orderbooks': `?tickers=${ticker}`,
    '/events': '?with_nested_markets=true&with_milestones=true',
    '/series': '?include_volume=true',
  };
  return [
    ...routes.map(({ path }) => path.replace('*', names[path] ?? ticker) + (queries[path] ?? '')),
    '/nothing',
    '/markets?limit=x',
  ];
}

/** Objects whose keys are not in alphabetical order, by where they are. */
function unsortedIn(value: unknown, place: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => unsortedIn(item, `${place}[]`));
  if (typeof value !== 'object' || value === null) return [];
  const keys = Object.keys(value);
  const own = keys.join() === keys.toSorted().join() ? [] : [`${place}: ${keys.join()}`];
  return [...own, ...Object.entries(value).flatMap(([key, item]) => unsortedIn(item, `${place}.${key}`))];
}

describe('the keys of every answer', () => {
  it('are in alphabetical order, at every depth', async () => {
    const unsorted: string[] = [];
    for (const path of paths()) unsorted.push(...unsortedIn(await get(path), path));
    expect(unsorted).toEqual([]);
  });
});

/** Fields that real bodies of the time had and today's have not. */
const GONE = new Set([
  // 2026-10-01 and 2026-09-10.
  'liquidity_dollars',
  'available_on_brokers',
  // Gone between January and August 2026.
  'subtitle',
  // Integers of cents, until March 2026.
  'last_price',
  'liquidity',
  'no_ask',
  'no_bid',
  'notional_value',
  'open_interest',
  'previous_price',
  'previous_yes_ask',
  'previous_yes_bid',
  'response_price_units',
  'tick_size',
  'volume',
  'volume_24h',
  'yes_ask',
  'yes_bid',
  'count',
  'price',
  'no_price',
  'yes_price',
]);

/** Fields of markets of a kind that this exchange has not. */
const OTHER_KINDS = new Set(['floor_strike', 'mve_collection_ticker', 'mve_selected_legs']);

/** Their contents are each market's own. */
const OPAQUE = new Set(['custom_strike', 'product_metadata']);

/** Where a value has which type; `null` fits every type, an empty list every list. */
function shapeOf(value: unknown, place = ''): Map<string, string> {
  if (Array.isArray(value)) return new Map(value.flatMap((item) => [...shapeOf(item, `${place}[]`)]));
  if (typeof value !== 'object' || value === null) return new Map([[place, value === null ? 'null' : typeof value]]);
  return new Map(
    Object.entries(value).flatMap(([key, item]): [string, string][] => {
      if (GONE.has(key) || OTHER_KINDS.has(key)) return [];
      const inner = place === '' ? key : `${place}.${key}`;
      return OPAQUE.has(key) ? [[inner, 'object']] : [...shapeOf(item, inner)];
    }),
  );
}

/** What is recorded and ours has not, or has with another type. */
function missingIn(ours: unknown, recorded: unknown): string[] {
  const shape = shapeOf(ours);
  return [...shapeOf(recorded)].flatMap(([place, type]) => {
    const found = shape.get(place);
    if (found === undefined) return [`${place} is missing`];
    return found === type || found === 'null' || type === 'null' ? [] : [`${place} is ${found}, recorded ${type}`];
  });
}

const placesIn = (value: unknown): string[] => [...shapeOf(value).keys()].toSorted();

const read = (...path: string[]): any => JSON.parse(readFileSync(join(capturesFolder, ...path), 'utf8')); // oxlint-disable-line typescript/no-explicit-any
const august = captures('rest-2026-08');
const january = captures('rest-2026-01');

describe.skipIf(august.missing)(august.title('a body of August 2026'), () => {
  const market = async () => (await get(`/markets/${exchange.markets[0]}`)) as { market: object };

  it('of a market has the fields that ours has, and no others', async () => {
    const { single, nested } = read('rest-2026-08', 'market_single.json');
    expect(placesIn(await market())).toEqual(placesIn(single));
    expect(missingIn(await market(), single)).toEqual([]);
    expect(missingIn((await market()).market, nested)).toEqual([]);
  });

  it('of an order book is as ours, also one of several', async () => {
    const [ticker = ''] = exchange.markets;
    const { orderbook } = read('rest-2026-08', 'market_single.json');
    expect(missingIn(await get(`/markets/${ticker}/orderbook`), orderbook)).toEqual([]);
    const { orderbooks } = (await get(`/markets/orderbooks?tickers=${ticker}`)) as { orderbooks: object[] };
    const recorded = read('rest-2026-08', 'combo_orderbooks.json') as object[];
    expect(recorded.flatMap((one) => missingIn(orderbooks[0], one))).toEqual([]);
    expect(unsortedIn(orderbooks, 'orderbooks')).toEqual([]);
  });

  it('of an event whose market is settled has what ours has', async () => {
    const folder = join('ws-gold15m-2026-08', 'metadata');
    const [ticker = ''] = exchange.markets;
    const ours = await get(`/events/${ticker}`);
    for (const file of readdirSync(join(capturesFolder, folder))) {
      const { response } = read(folder, file);
      const missing = missingIn(ours, response);
      // Only a settled market has them.
      const settled = ['markets[].settlement_ts is missing', 'markets[].settlement_value_dollars is missing'];
      expect({ file, missing: missing.filter((one) => !settled.includes(one)) }).toEqual({ file, missing: [] });
    }
  });
});

describe.skipIf(january.missing)(january.title('a body of January 2026'), () => {
  it.each([
    ['event_single', () => `/events/${exchange.markets[0]}`],
    ['market_single', () => `/markets/${exchange.markets[0]}`],
    ['markets_list', () => '/markets'],
    ['series_single', () => '/series/KXSIM'],
    ['trades_list', () => '/markets/trades'],
    ['exchange_status', () => '/exchange/status'],
    ['exchange_schedule', () => '/exchange/schedule'],
    ['portfolio_balance', () => '/portfolio/balance'],
    ['user_data_timestamp', () => '/exchange/user_data_timestamp'],
  ])('%s has no field that ours has not', async (file, path) => {
    await expect.poll(() => exchange.totals().tradesPlayed).toBeGreaterThan(0);
    const { response } = read('rest-2026-01', `${file}_response.json`);
    expect(missingIn(await get(path()), response)).toEqual([]);
  });
});

describe('what is gone from real bodies', () => {
  it('is in none of ours', async () => {
    for (const path of paths()) {
      const text = JSON.stringify(await get(path));
      const found = [...GONE].filter((field) => text.includes(`"${field}":`));
      expect({ path, found }).toEqual({ path, found: [] });
    }
  });
});

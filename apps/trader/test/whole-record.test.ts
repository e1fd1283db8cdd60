// A trader on the simulator records what its markets are and what becomes of them: the views and `marketAt` say what the exchange says.
import type { Exchange } from '@trader/exchange-simulator';
import { openReader } from '@trader/session-store';
import { afterEach, expect, test, vi } from 'vitest';
import { simulatedFeed } from '../src/cli/exchange-feed.ts';
import { createLog } from '../src/log/log.ts';
import { createTrader } from '../src/trader.ts';
import { newDatabase } from './databases.ts';

const until = <T>(fact: () => T | Promise<T>) => vi.waitFor(fact, { timeout: 30_000, interval: 50 });

const running: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of running.splice(0).toReversed()) await end();
});

type Body = Readonly<Record<string, unknown>>;

const get = async ({ restUrl }: Exchange, path: string): Promise<Body> =>
  (await fetch(restUrl + path)).json() as Promise<Body>;
const marketOf = async (exchange: Exchange, ticker: string): Promise<Body> =>
  (await get(exchange, `/markets/${ticker}`))['market'] as Body;

async function setUp(restUrl?: string) {
  const { feed, source, exchange } = await simulatedFeed({ markets: 3, deltasPerSecond: 50 });
  running.push(() => exchange.close());
  const url = await newDatabase();
  const lines: string[] = [];
  const trader = createTrader({
    feed: {
      ...feed,
      ...(restUrl !== undefined && { restUrl }),
      channels: { trade: 'markets', ticker: 'markets', market_lifecycle_v2: 'all' },
    },
    source,
    database: { url },
    recorder: 'desk',
    port: null,
    holdDownMs: 500,
    store: { batch: { maxAgeMs: 50 } },
    log: createLog('info', { destination: { write: (line) => void lines.push(line) } }),
  });
  running.push(() => trader.stop('the test is over'));
  await trader.start();
  expect(await trader.ready).toBe(true);
  const reader = await openReader({ url });
  running.push(() => reader.close());
  return { exchange, trader, reader, lines };
}

test('a market is described, paused, opened, closed and settled, and the record says so', async () => {
  const { exchange, trader, reader } = await setUp();
  const [market = '', other = ''] = exchange.markets;
  const statusOf = async () => (await reader.marketAt(market, Date.now()))?.status;
  await until(async () => expect(await statusOf()).toBe('open'));
  const described = (await reader.marketAt(market, Date.now()))!;
  const said = await marketOf(exchange, market);
  expect(described.definition).toMatchObject({
    eventTicker: said['event_ticker'],
    title: said['title'],
    primaryRules: said['rules_primary'],
    openAtMs: Date.parse(said['open_time'] as string),
    closeAtMs: Date.parse(said['close_time'] as string),
    priceLevelStructure: said['price_level_structure'],
    priceRanges: [{ start: 0, end: 10_000, step: 100 }],
    feeType: expect.any(String) as string,
    result: null,
  });

  exchange.control.markets.pause(market);
  await until(async () => expect(await statusOf()).toBe('paused'));
  const pausedAtMs = Date.now();
  exchange.control.markets.resume(market);
  await until(async () => expect(await statusOf()).toBe('open'));
  exchange.control.markets.close(market);
  await until(async () => expect(await statusOf()).toBe('settled'));
  await trader.stop('recorded');

  const ended = await marketOf(exchange, market);
  const settlementValue = Math.round(Number(ended['settlement_value_dollars']) * 10_000);
  const [settlement] = await reader.query('select * from settlements where market = $1', [market]);
  expect(settlement).toMatchObject({ market, result: ended['result'], settlement_value: settlementValue });
  const settledAtMs = Date.parse(ended['settlement_ts'] as string);
  // The socket tells whole seconds.
  expect(Math.abs((settlement!['settled_at'] as Date).getTime() - settledAtMs)).toBeLessThanOrEqual(1000);
  expect(await reader.marketAt(market, Date.now())).toMatchObject({
    status: 'settled',
    definition: { title: said['title'], result: ended['result'], settlementValue },
  });
  expect(await reader.marketAt(market, pausedAtMs)).toMatchObject({ status: 'paused', definition: { result: null } });
  expect(await reader.marketAt(other, Date.now())).toMatchObject({ status: 'open' });

  const changes = await reader.query('select change from lifecycle where market = $1 order by ordinal', [market]);
  expect(changes.map(({ change }) => change)).toEqual(
    expect.arrayContaining(['deactivated', 'activated', 'determined', 'settled']),
  );
  expect(await reader.query('select count(*) > 0 as some from tickers')).toEqual([{ some: true }]);
  const [exchangeStatus] = await reader.query('select * from exchange_status order by ordinal limit 1');
  const { schedule } = await get(exchange, '/exchange/schedule');
  expect(exchangeStatus).toMatchObject({ exchange_active: true, trading_active: true, schedule });
  const [session] = await reader.sessions();
  expect(await reader.verify(session!.id, { maxPriceSum: 10_000 })).toMatchObject({ ok: true });
  const [stored] = await reader.query('select count(*) as facts from fact_records');
  expect(session!.facts).toBe(stored!['facts']);
});

test('each session begins with what is known of the markets and the exchange', async () => {
  const { exchange, trader, reader } = await setUp();
  const first = trader.status().session!.id;
  const describedIn = async (session: string) => {
    const rows = await reader.query('select market from market_definitions where session_id = $1 order by market', [
      session,
    ]);
    return rows.map(({ market }) => market);
  };
  await until(async () => expect(await describedIn(first)).toEqual(exchange.markets.toSorted()));
  const refused = exchange.control.faults.add({ kind: 'refuse', status: 503 });
  exchange.control.dropConnections();
  await until(() => expect(trader.status().session).toBeNull());
  exchange.control.faults.remove(refused);
  await until(() => expect(trader.status().session).not.toBeNull());
  const second = trader.status().session!.id;
  await until(async () => expect(await describedIn(second)).toEqual(exchange.markets.toSorted()));
  const states = await reader.query('select distinct session_id from exchange_status');
  expect(new Set(states.map(({ session_id: id }) => id))).toEqual(new Set([first, second]));
  await trader.stop('recorded');
  for (const session of [first, second]) expect(await reader.verify(session)).toMatchObject({ ok: true });
});

test('where REST cannot be had that is said once, and the books and what is announced are recorded all the same', async () => {
  const { exchange, trader, reader, lines } = await setUp('http://127.0.0.1:1/trade-api/v2');
  const warnings = () => lines.filter((line) => line.includes('NOT_DESCRIBED'));
  await until(() => expect(warnings()).toHaveLength(1));
  expect(warnings()[0]).toContain('GET /trade-api/v2/exchange/status at 127.0.0.1:1');
  const [market = ''] = exchange.markets;
  exchange.control.markets.pause(market);
  await until(async () => expect((await reader.marketAt(market, Date.now()))?.status).toBe('paused'));
  expect(await reader.marketAt(market, Date.now())).toMatchObject({ describedAtMs: null, definition: { title: null } });
  expect(trader.status().state).toBe('ready');
  expect(await reader.query('select 1 as one from market_definitions')).toEqual([]);
});

import { ManualRuntime } from '@trader/testkit';
import { afterEach, expect, test, vi } from 'vitest';
import { createReferenceData, type ReferenceData, type ReferenceDataOptions } from '../src/index.ts';
import { scriptedFetch, type Asked, type Scripted } from './scripted-fetch.ts';

const open: ReferenceData[] = [];
afterEach(async () => {
  for (const data of open.splice(0)) await data.close();
});

const until = (fact: () => void) => vi.waitFor(fact, { timeout: 30_000, interval: 5 });

/** An exchange that can be changed, and what was told of it. */
function setUp(over: Partial<ReferenceDataOptions> = {}) {
  const runtime = new ManualRuntime();
  const world = {
    markets: new Map<string, object>(),
    tradingActive: true,
    fees: { fee_type: 'quadratic', fee_multiplier: 1 } as object,
    isAway: false,
    hasSchedule: true,
  };
  const answer = ({ url }: Asked): Scripted => {
    if (world.isAway) return { status: 403, body: {} };
    const path = url.pathname.replace('/v2', '');
    if (path === '/exchange/status') return { body: { exchange_active: true, trading_active: world.tradingActive } };
    if (path === '/exchange/schedule')
      return world.hasSchedule ? { body: { schedule: { standard_hours: [] } } } : { status: 403, body: {} };
    if (path.startsWith('/series/')) return { body: { series: world.fees } };
    const asked = url.searchParams.get('tickers')!.split(',');
    const markets = asked.flatMap((ticker) =>
      world.markets.has(ticker) ? [{ ticker, ...world.markets.get(ticker) }] : [],
    );
    return { body: { markets, cursor: '' } };
  };
  const { fetch, asked } = scriptedFetch(answer);
  const told: unknown[] = [];
  const data = createReferenceData({
    restUrl: 'https://exchange.test/v2',
    fetch,
    runtime,
    onMarket: ({ market, status, title, feeType }) => told.push([market, status, title, feeType]),
    onExchange: ({ tradingActive }) => told.push(['exchange', tradingActive]),
    onProblem: (problem) => told.push(['problem', problem]),
    ...over,
  });
  open.push(data);
  const paths = () => asked.map(({ url }) => url.pathname.replace('/v2', '') + decodeURIComponent(url.search));
  /** Lets time pass until nothing more is asked within it. */
  const pass = async (ms: number) => {
    runtime.advance(ms);
    for (let seen = -1; seen !== asked.length;) {
      seen = asked.length;
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { runtime, world, told, data, paths, asked, pass };
}

const KX = { event_ticker: 'KX-E', status: 'active', title: 'One' };

test('tells each market once, and again when it is another; of its series the fees', async () => {
  const { world, told, data, pass, paths } = setUp();
  world.markets.set('KX-E-1', KX);
  data.follow('KX-E-1');
  data.follow('KX-E-2');
  await pass(0);
  await pass(1_000);
  await until(() =>
    expect(told).toEqual([
      ['exchange', true],
      ['KX-E-1', 'open', 'One', 'quadratic'],
    ]),
  );
  expect(paths().slice(2)).toEqual(['/markets?tickers=KX-E-1,KX-E-2&limit=100', '/series/KX']);
  expect(data.markets()).toMatchObject([{ market: 'KX-E-1', feeMultiplier: 1 }]);
  expect(data.status()).toEqual({ followed: 2, described: 1, problem: null });
  // Nothing is new: its prices are no part of it.
  world.markets.set('KX-E-1', { ...KX, volume_fp: '1.00' });
  data.follow('KX-E-1');
  data.acceptChanged('KX-E-1');
  data.acceptChanged('KX-UNKNOWN');
  await pass(1_000);
  await until(() => expect(paths().at(-1)).toBe('/markets?tickers=KX-E-1&limit=100'));
  world.markets.set('KX-E-1', { ...KX, status: 'inactive' });
  data.acceptChanged('KX-E-1');
  await pass(1_000);
  await until(() => expect(told.slice(2)).toEqual([['KX-E-1', 'paused', 'One', 'quadratic']]));
});

test('the exchange’s state is told where its schedule cannot be had, and with the one that was known', async () => {
  const { world, data, pass } = setUp();
  world.hasSchedule = false;
  await pass(0);
  await until(() => expect(data.exchange()).toMatchObject({ tradingActive: true, schedule: null }));
  expect(data.status().problem).toContain('the schedule: ');
  world.hasSchedule = true;
  await pass(2_000);
  await until(() => expect(data.exchange()).toMatchObject({ schedule: { standard_hours: [] } }));
  expect(data.status().problem).toBeNull();
  [world.hasSchedule, world.tradingActive] = [false, false];
  data.acceptMissed();
  await pass(1_000);
  await until(() => expect(data.exchange()).toMatchObject({ tradingActive: false, schedule: { standard_hours: [] } }));
});

test('asks for all again when something was missed, and from time to time', async () => {
  const { world, told, data, pass } = setUp({ refreshEveryMs: 60_000 });
  world.markets.set('KX-E-1', KX);
  data.follow('KX-E-1');
  await pass(0);
  await pass(1_000);
  await until(() => expect(told).toHaveLength(2));
  world.tradingActive = false;
  world.markets.set('KX-E-1', { ...KX, title: 'Two' });
  data.acceptMissed();
  await pass(1_000);
  await until(() =>
    expect(told.slice(2)).toEqual([
      ['exchange', false],
      ['KX-E-1', 'open', 'Two', 'quadratic'],
    ]),
  );
  world.markets.set('KX-E-1', { ...KX, title: 'Three' });
  await pass(60_000);
  await until(() => expect(told.slice(4)).toEqual([['KX-E-1', 'open', 'Three', 'quadratic']]));
});

test('a settled market is told, and asked about no more', async () => {
  const { world, told, data, pass, asked } = setUp({ refreshEveryMs: 60_000 });
  world.markets.set('KX-E-1', { ...KX, status: 'finalized', result: 'yes' });
  data.follow('KX-E-1');
  await pass(0);
  await pass(1_000);
  await until(() => expect(told.at(-1)).toEqual(['KX-E-1', 'settled', 'One', 'quadratic']));
  expect(data.markets()).toEqual([]);
  const before = asked.length;
  await pass(60_000);
  await until(() => expect(asked.length).toBe(before + 2));
  expect(told).toHaveLength(2);
});

test('what cannot be had is named once, and asked for until it is there', async () => {
  const { world, told, data, pass, runtime } = setUp();
  world.isAway = true;
  world.markets.set('KX-E-1', KX);
  data.follow('KX-E-1');
  await pass(0);
  await until(() => expect(told).toEqual([['problem', expect.stringContaining('GET /v2/exchange/status: HTTP 403')]]));
  await pass(120_000);
  world.isAway = false;
  await pass(120_000);
  await until(() =>
    expect(told.slice(1)).toEqual([
      ['exchange', true],
      ['KX-E-1', 'open', 'One', 'quadratic'],
      ['problem', null],
    ]),
  );
  await data.close();
  expect(runtime.armedTimers).toBe(0);
});

test('whoever is told may fail, and a wrong option is refused', async () => {
  const { world, told, data, pass } = setUp({
    onExchange: () => {
      throw new Error('mine');
    },
  });
  world.markets.set('KX-E-1', KX);
  data.follow('KX-E-1');
  await pass(0);
  await pass(1_000);
  await until(() => expect(told).toContainEqual(['KX-E-1', 'open', 'One', 'quadratic']));
  expect(() => createReferenceData({ restUrl: 'x' })).toThrow(TypeError);
  expect(() => createReferenceData({ restUrl: 'https://a.test', refreshEveryMs: 0 })).toThrow(RangeError);
  expect(() => createReferenceData({ restUrl: 'https://a.test', onMarket: 7 as never })).toThrow(TypeError);
});

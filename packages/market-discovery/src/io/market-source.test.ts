import { ManualRuntime } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import type { MarketRules } from '../core/rules.ts';
import { scriptedFetch, type Asked } from '../../test/scripted-fetch.ts';
import { readListedMarket } from '../core/listed-market.ts';
import { RestMarketSource } from './market-source.ts';
import { createRestClient } from './rest-client.ts';

const RULES: MarketRules = {
  series: [],
  events: [],
  status: ['open'],
  minVolume: 0,
  closesWithinMs: null,
  limit: 10,
  reconcileEveryMs: 60_000,
  keepAfterCloseMs: 60_000,
};
const entry = (ticker: string) => ({
  ticker,
  event_ticker: 'KXA-1',
  status: 'active',
  open_time: '2026-11-22T10:00:00Z',
  close_time: '2026-11-22T12:00:00Z',
  volume_fp: '12.50',
  yes_bid_dollars: 'never read',
});
const { signal } = new AbortController();

/** @param statusOf 200 unless it says otherwise */
function source(answer: (asked: Asked, index: number) => unknown, statusOf: (asked: Asked) => number = () => 200) {
  const { fetch, asked } = scriptedFetch((request, index) => ({
    body: answer(request, index),
    status: statusOf(request),
  }));
  const rest = createRestClient({ restUrl: 'https://x.test/v2', runtime: new ManualRuntime(), fetch });
  return {
    source: new RestMarketSource(rest, 1_000, readListedMarket),
    queries: () => asked.map(({ url }) => Object.fromEntries(url.searchParams)),
  };
}

describe('list', () => {
  test('follows the cursor to its end', async () => {
    const pages = [['KXA-1-A', 'KXA-1-B'], ['KXA-1-C']];
    const { source: markets, queries } = source((_, index) => ({
      markets: pages[index]!.map(entry),
      cursor: index === 0 ? 'next/+ page' : '',
    }));
    const listing = await markets.list({ ...RULES, series: ['KXA'] }, signal);
    expect(listing.markets.map(({ ticker }) => ticker)).toEqual(['KXA-1-A', 'KXA-1-B', 'KXA-1-C']);
    expect(listing.markets[0]).toEqual({
      ticker: 'KXA-1-A',
      eventTicker: 'KXA-1',
      status: 'active',
      openAtMs: Date.UTC(2026, 10, 22, 10),
      closeAtMs: Date.UTC(2026, 10, 22, 12),
      volume: 1_250,
    });
    expect(queries()).toEqual([
      { series_ticker: 'KXA', status: 'open', limit: '1000' },
      { series_ticker: 'KXA', status: 'open', limit: '1000', cursor: 'next/+ page' },
    ]);
  });

  test('asks for each series, event and status by itself, since the exchange takes one of each', async () => {
    const { source: markets, queries } = source(() => ({ markets: [], cursor: null }));
    await markets.list({ ...RULES, series: ['KXA'], events: ['KXB-1'], status: ['open', 'unopened'] }, signal);
    expect(queries()).toEqual([
      { series_ticker: 'KXA', status: 'open', limit: '1000' },
      { series_ticker: 'KXA', status: 'unopened', limit: '1000' },
      { event_ticker: 'KXB-1', status: 'open', limit: '1000' },
      { event_ticker: 'KXB-1', status: 'unopened', limit: '1000' },
    ]);
  });

  test('leaves combinations out of the whole exchange', async () => {
    const { source: markets, queries } = source(() => ({ markets: [] }));
    await markets.list(RULES, signal);
    expect(queries()).toMatchObject([{ mve_filter: 'exclude' }]);
  });

  test('keeps what came before a page that fails, and says what is not whole', async () => {
    const { source: markets } = source((_, index) => (index === 0 ? { markets: [entry('KXA-1-A')], cursor: 'x' } : {}));
    const listing = await markets.list(RULES, signal);
    expect(listing.markets).toMatchObject([{ ticker: 'KXA-1-A' }]);
    expect(listing.failures).toMatchObject([{ part: 'all markets', error: { code: 'REST_UNREADABLE' } }]);
  });

  test.each([
    ['to itself', ['a', 'a'], 2],
    ['round to an earlier one', ['a', 'b', 'c', 'a'], 4],
  ])(
    'a cursor that leads %s is a failure, not an endless listing, and what was read is kept',
    async (_how, cursors, asked) => {
      const { source: markets, queries } = source((_, index) => ({
        markets: [entry(`KXA-1-${index}`)],
        cursor: cursors[index] ?? 'never',
      }));
      const listing = await markets.list(RULES, signal);
      expect(listing.failures).toMatchObject([{ error: { code: 'REST_UNREADABLE' } }]);
      expect([listing.markets.length, queries().length]).toEqual([asked, asked]);
    },
  );

  test('names what cannot be recorded, each with why, and keeps the rest', async () => {
    const { source: markets } = source(() => ({
      markets: [
        null,
        { ticker: 'KXA-1-NOSTATUS' },
        entry('KXA-1-A'),
        'x',
        entry('kxa-1-b'),
        entry('KXA,1'),
        { status: 'active' },
        entry(`KXA-1-${'é'.repeat(500)}`),
        entry('KXA-1-A'),
      ],
    }));
    const { markets: read, refused, failures } = await markets.list({ ...RULES, series: ['KXA'] }, signal);
    expect(read.map(({ ticker }) => ticker)).toEqual(['KXA-1-A', 'KXA-1-A']);
    expect(failures).toEqual([]);
    const odd = 'its ticker is not of capitals, digits, dots and dashes';
    expect(refused).toEqual([
      { market: 'entry 1 of KXA', reason: 'it is no object' },
      { market: 'KXA-1-NOSTATUS', reason: 'it has no status' },
      { market: 'entry 4 of KXA', reason: 'it is no object' },
      { market: 'kxa-1-b', reason: odd },
      { market: 'KXA,1', reason: odd },
      { market: 'entry 7 of KXA', reason: 'it has no ticker' },
      { market: `KXA-1-${'é'.repeat(74)}…`, reason: odd },
    ]);
  });

  test('one series that the exchange refuses keeps nobody from the others', async () => {
    const { source: markets } = source(({ url }) => {
      const series = url.searchParams.get('series_ticker')!;
      return series === 'KXBAD' ? { markets: 'none such' } : { markets: [entry(`${series}-1-A`)] };
    });
    const listing = await markets.list({ ...RULES, series: ['KXA', 'KXBAD', 'KXC'] }, signal);
    expect(listing.markets.map(({ ticker }) => ticker)).toEqual(['KXA-1-A', 'KXC-1-A']);
    expect(listing.failures).toMatchObject([{ part: 'KXBAD' }]);
  });

  test('reads what is missing or odd as nothing: no time, no volume', async () => {
    const odd = { ticker: 'KXA', status: 'active', open_time: 'soon', volume: 3 };
    const { source: markets } = source(() => ({ markets: [odd, { ...odd, volume_fp: 'lots' }] }));
    expect((await markets.list(RULES, signal)).markets).toMatchObject([
      { openAtMs: null, closeAtMs: null, volume: 300, eventTicker: '' },
      { volume: 0 },
    ]);
  });
});

describe('lookUp', () => {
  test('asks for a hundred at a time, whatever their state', async () => {
    const { source: markets, queries } = source(({ url }) => ({
      markets: url.searchParams.get('tickers')!.split(',').map(entry),
    }));
    const tickers = Array.from({ length: 250 }, (_, index) => `KXA-1-${index}`);
    const { markets: found } = await markets.lookUp(tickers, signal);
    expect(found.map(({ ticker }) => ticker)).toEqual(tickers);
    expect(queries().map(({ tickers: names, status }) => [names!.split(',').length, status])).toEqual([
      [100, undefined],
      [100, undefined],
      [50, undefined],
    ]);
  });

  test('finds the one name for which the exchange refuses the request, and gets the answers about all others', async () => {
    const namesOf = ({ url }: Asked): string[] => url.searchParams.get('tickers')!.split(',');
    const { source: markets, queries } = source(
      (asked) => ({ markets: namesOf(asked).map(entry) }),
      (asked) => (namesOf(asked).includes('KXA-1-13') ? 400 : 200),
    );
    const tickers = Array.from({ length: 150 }, (_, index) => `KXA-1-${index}`);
    const { markets: found, unanswered, failures } = await markets.lookUp(tickers, signal);
    expect(unanswered).toEqual(['KXA-1-13']);
    expect(found.map(({ ticker }) => ticker)).toEqual(tickers.filter((ticker) => ticker !== 'KXA-1-13'));
    expect(failures).toMatchObject([{ part: 'KXA-1-13', error: { status: 400 } }]);
    expect(queries().length).toBeLessThan(20);
  });

  test.each([401, 403])(
    'does not ask part by part for what the exchange refuses altogether (HTTP %i)',
    async (status) => {
      const { source: markets, queries } = source(
        () => ({}),
        () => status,
      );
      const tickers = Array.from({ length: 1_000 }, (_, index) => `KXA-1-${index}`);
      const { unanswered, failures } = await markets.lookUp(tickers, signal);
      expect(unanswered).toEqual(tickers);
      expect([failures.length, queries().length]).toEqual([2, 2]);
      const listing = await markets.list({ ...RULES, series: ['KXA', 'KXB', 'KXC', 'KXD'] }, signal);
      expect(listing.failures).toHaveLength(2);
    },
  );

  test('rejects when it is ended in the middle', async () => {
    const ends = new AbortController();
    const { source: markets } = source(() => {
      ends.abort(new Error('over'));
      return { markets: [], cursor: 'more' };
    });
    await expect(markets.list(RULES, ends.signal)).rejects.toThrow('over');
  });
});

import { ManualRuntime } from '@trader/testkit';
import { describe, expect, test } from 'vitest';
import type { DiscoveryConfig } from '../config-types.ts';
import { scriptedFetch, type Asked } from '../../test/scripted-fetch.ts';
import { RestMarketSource } from './market-source.ts';
import { RestClient } from './rest-client.ts';

const RULES: DiscoveryConfig = {
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

function source(answer: (asked: Asked, index: number) => unknown) {
  const { fetch, asked } = scriptedFetch((request, index) => ({ body: answer(request, index) }));
  const rest = new RestClient({ restUrl: 'https://x.test/v2', credentials: null, runtime: new ManualRuntime(), fetch });
  return {
    source: new RestMarketSource(rest),
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

  test('fails as a whole when a later page fails: half a listing is none', async () => {
    const { source: markets } = source((_, index) => (index === 0 ? { markets: [entry('KXA-1-A')], cursor: 'x' } : {}));
    await expect(markets.list(RULES, signal)).rejects.toMatchObject({ code: 'REST_UNREADABLE' });
  });

  test('a cursor that leads to itself is an error, not an endless listing', async () => {
    const { source: markets, queries } = source(() => ({ markets: [], cursor: 'again' }));
    await expect(markets.list(RULES, signal)).rejects.toMatchObject({ code: 'REST_UNREADABLE' });
    expect(queries()).toHaveLength(2);
  });

  test('counts what it cannot read, and keeps the rest', async () => {
    const { source: markets } = source(() => ({ markets: [null, { ticker: 'KXA' }, entry('KXA-1-A'), 'x'] }));
    const { markets: read, unreadable } = await markets.list(RULES, signal);
    expect({ read: read.length, unreadable }).toEqual({ read: 1, unreadable: 3 });
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
});

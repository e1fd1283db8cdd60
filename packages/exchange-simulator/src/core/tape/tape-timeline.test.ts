import { describe, expect, it } from 'vitest';
import { marketsOfTapes, type MarketOpening } from './tape-markets.ts';
import { TapeClock, timelineOrigins } from './tape-timeline.ts';

const span = (firstMs: number | undefined, ...tickers: string[]) => ({ firstMs, tickers: new Set(tickers) });

describe('timelineOrigins', () => {
  it('gives tapes that share a market, directly or through others, the start of the earliest', () => {
    const origins = timelineOrigins([span(500, 'A'), span(90, 'X'), span(300, 'B', 'C'), span(400, 'A', 'B')]);
    expect(origins).toEqual([300, 90, 300, 300]);
  });

  it('puts a tape without times at zero', () => {
    expect(timelineOrigins([span(undefined, 'A'), span(undefined, 'B'), span(70, 'B')])).toEqual([0, 70, 70]);
  });
});

describe('TapeClock', () => {
  it('never goes back, and lines without a time take that of the line before', () => {
    const clock = new TapeClock(100);
    expect([undefined, 100, undefined, 90, 120, undefined].map((ms) => clock.at(ms))).toEqual([
      100, 100, 100, 100, 120, 120,
    ]);
  });
});

describe('marketsOfTapes', () => {
  const contents = (openings: Record<string, MarketOpening>) => ({
    ...span(1, ...Object.keys(openings)),
    openings: new Map(Object.entries(openings)),
    badLines: new Set<number>(),
  });
  const opening = (firstMs: number, price?: number): MarketOpening => ({
    marketId: 'm',
    firstMs,
    levels: price === undefined ? undefined : { yes: [[price, 1]], no: [] },
  });

  it('primes a market with its earliest frame if that is a snapshot, and with nothing else', () => {
    const { markets, primed } = marketsOfTapes([
      contents({ SPLIT: opening(20, 200), LATE: opening(30, 300) }),
      contents({ SPLIT: opening(10, 100), DELTA_FIRST: opening(5) }),
      contents({ DELTA_FIRST: opening(6, 600) }),
    ]);
    expect(markets.map(({ ticker, book }) => [ticker, book.levels().yes])).toEqual([
      ['DELTA_FIRST', []],
      ['LATE', [[300, 1]]],
      ['SPLIT', [[100, 1]]],
    ]);
    expect(primed).toEqual([new Set(['LATE']), new Set(['SPLIT']), new Set()]);
  });
});

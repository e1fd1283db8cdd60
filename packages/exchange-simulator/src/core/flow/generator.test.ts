import fc from '@trader/testkit/fast-check';
import { describe, expect, it } from 'vitest';
import { newExchangeState } from '../exchange-state.ts';
import { Generator, type GeneratorOptions } from './generator.ts';
import { Hub } from '../socket/hub.ts';
import { PRICE_STRUCTURES } from '../market/listing.ts';
import type { Market } from '../market/market.ts';
import { Publisher } from '../socket/publisher.ts';
import { newTally } from '../tally.ts';

const startMs = 1_786_085_188_000;

function generate(options: Partial<GeneratorOptions> = {}) {
  const tally = newTally();
  const hub = new Hub();
  const publisher = new Publisher({ hub, tally });
  const state = newExchangeState();
  const generator = new Generator({
    markets: 3,
    deltasPerSecond: 100,
    marketLifetimeMs: Infinity,
    rollMarkets: true,
    seed: 1,
    startMs,
    publisher,
    state,
    ...options,
  });
  return { generator, tally, hub, state };
}

/** Everything that a follower of all books is told, as text. */
function follow(markets: Iterable<Market>, told: (text: string, market: Market) => unknown): void {
  for (const market of markets) {
    market.followers.add({
      receiveDelta: (side, price, tail) => told(`${side} ${price} ${tail}`, market),
      receiveSnapshot: (_, tail) => told(tail, market),
      receiveDelisting: () => told('delisted', market),
    });
  }
}

/** What is wrong with a book, in words; one assertion per delta would take longer than the generator. */
function faultsOf({ book }: Market): string[] {
  const { yes, no } = book.levels();
  const faults = [...yes, ...no].flatMap(([price, size]) => [
    ...(price % 100 === 0 && price > 0 ? [] : [`price ${price} is off the grid`]),
    ...(Number.isInteger(size) && size > 0 ? [] : [`size ${size} at ${price}`]),
  ]);
  return book.best('yes') + book.best('no') < 10_000 ? faults : [...faults, 'locked or crossed'];
}

describe('the generator', () => {
  it('never makes a negative, locked, crossed or off-grid level, after no delta, nor an empty side', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const { generator, tally } = generate({ seed });
        const faults = [...generator.markets.values()].flatMap(faultsOf);
        follow(generator.markets.values(), (_, market) => faults.push(...faultsOf(market)));
        for (let steps = 0; steps < 2000; steps++) generator.runNext();
        for (const { book } of generator.markets.values()) {
          for (const side of ['yes', 'no'] as const)
            if (book.depth(side) < 5) faults.push(`${book.depth(side)} levels`);
        }
        expect([faults, tally.levelsBelowZero]).toEqual([[], 0]);
      }),
      { numRuns: 30 },
    );
  });

  it('gives the same bytes for the same seed, others for another', () => {
    const run = (seed: number) => {
      const { generator } = generate({ seed, marketLifetimeMs: 20_000 });
      const told: string[] = [];
      follow(generator.markets.values(), (text) => told.push(text));
      while (generator.nextMicros < (startMs + 30_000) * 1000) generator.runNext();
      return { told, tickers: [...generator.markets.keys()] };
    };
    expect(run(9)).toEqual(run(9));
    expect(run(9)).not.toEqual(run(10));
  });

  it('keeps its mean rate over an hour, with time that never goes back', () => {
    const { generator, tally } = generate({ markets: 20, deltasPerSecond: 50 });
    let lastMicros = 0;
    while (generator.nextMicros < (startMs + 3_600_000) * 1000) {
      if (generator.nextMicros < lastMicros) throw new Error('time went back');
      lastMicros = generator.nextMicros;
      generator.runNext();
    }
    expect(tally.deltasPlayed / 180_000).toBeGreaterThan(0.7);
    expect(tally.deltasPlayed / 180_000).toBeLessThan(1.3);
  });

  it('falls silent for whole seconds about as often as recorded markets do', () => {
    // 9 % on the tape of a market of this rate; tapes of its family have from nothing to a fifth.
    for (const seed of [1, 2]) {
      const { generator } = generate({ markets: 1, deltasPerSecond: 66, seed });
      const heard = new Set<number>();
      follow(generator.markets.values(), (text) =>
        heard.add(Math.floor(Number(/"ts_ms":(\d+)/.exec(text)?.[1]) / 1000)),
      );
      while (generator.nextMicros < (startMs + 600_000) * 1000) generator.runNext();
      const seconds = [...heard];
      const silent = 1 - seconds.length / (seconds.at(-1)! - seconds[0]! + 1);
      expect(silent).toBeGreaterThan(0.05);
      expect(silent).toBeLessThan(0.15);
    }
  });

  it('keeps the best bids about as near to each other as recorded markets do', () => {
    // Tapes of its family: 1 to 2 cents in the middle, 3 to 4 in one of a hundred, 9 to 11 at most.
    for (const seed of [1, 2, 3]) {
      const { generator } = generate({ markets: 1, deltasPerSecond: 66, seed });
      const [market] = generator.markets.values();
      const cents: number[] = [];
      follow([market!], () => cents.push((10_000 - market!.book.best('yes') - market!.book.best('no')) / 100));
      while (generator.nextMicros < (startMs + 600_000) * 1000) generator.runNext();
      cents.sort((a, b) => a - b);
      expect(cents[Math.floor(cents.length / 2)]).toBeLessThanOrEqual(3);
      expect(cents[Math.floor(cents.length * 0.99)]).toBeLessThanOrEqual(9);
      expect(cents.at(-1)).toBeGreaterThan(3);
    }
  });

  it('makes some markets busy and most of them quiet, and trades a little of all', () => {
    const { generator, tally } = generate({ markets: 20 });
    const perMarket = new Map<string, number>();
    follow(generator.markets.values(), (_, { ticker }) => perMarket.set(ticker, (perMarket.get(ticker) ?? 0) + 1));
    for (let steps = 0; steps < 30_000; steps++) generator.runNext();
    const counts = [...perMarket.values()].toSorted((a, b) => b - a);
    const total = counts.reduce((sum, count) => sum + count);
    expect((counts[0]! + counts[1]! + counts[2]!) / total).toBeGreaterThan(0.6);
    expect(counts.slice(10).reduce((sum, count) => sum + count, 0) / total).toBeLessThan(0.1);
    expect(tally.tradesPlayed / tally.deltasPlayed).toBeGreaterThan(0.01);
    expect(tally.tradesPlayed / tally.deltasPlayed).toBeLessThan(0.1);
  });

  it.each(Object.entries(PRICE_STRUCTURES))(
    'quotes on the grid %s only, once that is the market’s',
    (label, ranges) => {
      const { generator } = generate({ markets: 1, deltasPerSecond: 500 });
      const [market] = generator.markets.values();
      while (generator.nextMicros < (startMs + 5_000) * 1000) generator.runNext();
      generator.changePriceStructure(market!.ticker, label, ranges, generator.nextMicros);
      const offGrid: string[] = [];
      follow([market!], (text) => {
        const [, side = '', price = '', change = ''] = /^(\w+) (\d+) .*"delta_fp":"([^"]+)"/.exec(text) ?? [];
        const band = ranges.find(({ start, end }) => Number(price) >= start && Number(price) < end);
        const isOn = band !== undefined && (Number(price) - band.start) % band.step === 0;
        // What rested before may still go, wherever it is.
        if (!isOn && !change.startsWith('-')) offGrid.push(`${side} ${price}`);
      });
      for (let steps = 0; steps < 5000; steps++) generator.runNext();
      expect(offGrid).toEqual([]);
    },
  );

  it('rests while trading is paused, and has the same markets after it', () => {
    const { generator, tally, state } = generate();
    state.tradingActive = false;
    for (let steps = 0; steps < 500; steps++) generator.runNext();
    expect(tally.deltasPlayed).toBe(0);
    state.tradingActive = true;
    for (let steps = 0; steps < 500; steps++) generator.runNext();
    expect(tally.deltasPlayed).toBeGreaterThan(300);
  });

  it('keeps a bounded number of markets however often they roll', () => {
    const { generator } = generate({ marketLifetimeMs: 5000 });
    while (generator.nextMicros < (startMs + 300_000) * 1000) generator.runNext();
    expect(generator.openTickers.length).toBe(3);
    expect(generator.markets.size).toBeLessThanOrEqual(3 * 8);
  });
});

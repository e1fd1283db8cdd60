import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Market } from './market.ts';
import { Generator } from './generator.ts';
import { seededRandom } from './seeded-random.ts';

const generate = (seed: number, markets = 3, deltasPerSecond = 100) =>
  new Generator({ markets, deltasPerSecond, random: seededRandom(seed) });

function apply({ market, changes }: ReturnType<Generator['next']>, after: (sound: boolean) => unknown): void {
  for (const { side, price, change } of changes) after(market.publishDelta(side, price, change, ''));
}

const bestOf = (levels: readonly (readonly [number, number])[]) => levels.at(-1)?.[0] ?? 0;

/** What is wrong with a book, in words; one assertion per delta would take longer than the generator. */
function faultsOf({ book }: Market): string[] {
  const { yes, no } = book.levels();
  const faults = [...yes, ...no].flatMap(([price, size]) => [
    ...(price % 100 === 0 && price > 0 ? [] : [`price ${price} is off the grid`]),
    ...(Number.isInteger(size) && size > 0 ? [] : [`size ${size} at ${price}`]),
  ]);
  return bestOf(yes) + bestOf(no) < 10_000 ? faults : [...faults, 'locked or crossed'];
}

describe('the generator', () => {
  it('never makes a negative, locked, crossed or off-grid level, after no delta, and keeps 20 to 40 levels a side', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const generator = generate(seed);
        const faults = generator.markets.flatMap(faultsOf);
        for (let orders = 0; orders < 1000; orders++) {
          const order = generator.next();
          apply(order, (sound) => faults.push(...(sound ? [] : ['below zero']), ...faultsOf(order.market)));
          for (const side of ['yes', 'no'] as const) {
            const depth = order.market.book.depth(side);
            if (depth < 20 || depth > 40) faults.push(`${depth} levels`);
          }
        }
        expect(faults).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('gives the same markets and orders for the same seed', () => {
    const run = (seed: number) => {
      const generator = generate(seed);
      const orders = Array.from({ length: 200 }, () => {
        const order = generator.next();
        apply(order, () => undefined);
        return { atMicros: order.atMicros, ticker: order.market.ticker, changes: order.changes };
      });
      return { ids: generator.markets.map(({ marketId }) => marketId), orders };
    };
    expect(run(9)).toEqual(run(9));
    expect(run(9)).not.toEqual(run(10));
  });

  it('keeps its mean rate, with time that never goes back', () => {
    const generator = generate(4, 20, 250);
    let deltas = 0;
    let lastMicros = 0;
    while (lastMicros < 100_000_000) {
      const order = generator.next();
      apply(order, () => deltas++);
      expect(order.atMicros).toBeGreaterThanOrEqual(lastMicros);
      lastMicros = order.atMicros;
    }
    // 25,000 of a Poisson process: 3 % is more than four standard deviations.
    expect(deltas / 25_000).toBeCloseTo(1, 1.5);
  });

  it('makes some markets busy and most of them quiet, with whole and fractional sizes', () => {
    const generator = generate(2, 20);
    const perMarket = new Map<string, number>();
    const sizes = new Set<boolean>();
    for (let orders = 0; orders < 20_000; orders++) {
      const order = generator.next();
      perMarket.set(order.market.ticker, (perMarket.get(order.market.ticker) ?? 0) + order.changes.length);
      for (const { change } of order.changes) sizes.add(change % 100 === 0);
      apply(order, () => undefined);
    }
    const counts = [...perMarket.values()].toSorted((a, b) => b - a);
    const total = counts.reduce((sum, count) => sum + count);
    expect(counts).toHaveLength(20);
    expect((counts[0]! + counts[1]! + counts[2]!) / total).toBeGreaterThan(0.5);
    expect(counts.slice(10).reduce((sum, count) => sum + count) / total).toBeLessThan(0.2);
    expect(sizes).toEqual(new Set([true, false]));
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OrderBook, type Level, type Side } from './book.ts';

const bookOf = (yes: Level[], no: Level[] = []): OrderBook => {
  const book = new OrderBook();
  book.replace(yes, no);
  return book;
};

describe('OrderBook', () => {
  test('derives asks as complements of the other side', () => {
    const book = bookOf([[4000, 1000]], [[5500, 500]]);
    expect([book.bestBid('yes'), book.bestAsk('yes')]).toEqual([
      [4000, 1000],
      [4500, 500],
    ]);
    expect([book.bestBid('no'), book.bestAsk('no')]).toEqual([
      [5500, 500],
      [6000, 1000],
    ]);
  });

  test('has no best where nothing rests', () => {
    expect([bookOf([]).bestBid('yes'), bookOf([]).bestAsk('no')]).toEqual([undefined, undefined]);
  });

  test('sorts a snapshot that is not', () => {
    expect(
      bookOf([
        [300, 1],
        [100, 2],
      ]).levels('yes'),
    ).toEqual([
      [100, 2],
      [300, 1],
    ]);
  });

  test('takes back nothing that is not there', () => {
    const book = bookOf([[4000, 1000]]);
    expect(book.apply('yes', 4000, -1001)).toBe('negative');
    expect(book.apply('yes', 3900, -1)).toBe('negative');
    expect(book.levels('yes')).toEqual([[4000, 1000]]);
  });

  test('calls sides that add up to a dollar or more crossed', () => {
    expect(bookOf([[4000, 1]], [[5500, 1]]).apply('yes', 4499, 1)).toBe('applied');
    expect(bookOf([[4000, 1]], [[5500, 1]]).apply('yes', 4500, 1)).toBe('crossed');
    expect(bookOf([], []).apply('yes', 10_000, 1)).toBe('applied');
  });

  test('holds levels beyond 32 bits exactly', () => {
    const book = bookOf([[100, 5_000_000_000]]);
    book.apply('yes', 100, 1);
    expect(book.sizeAt('yes', 100)).toBe(5_000_000_001);
  });

  test('equals a naive map of levels after any snapshot and deltas', () => {
    const level = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 500 }));
    const side = fc.constantFrom<Side>('yes', 'no');
    const change = fc.tuple(side, fc.integer({ min: 1, max: 60 }), fc.integer({ min: -300, max: 300 }));
    fc.assert(
      fc.property(fc.uniqueArray(level, { selector: ([price]) => price }), fc.array(change), (yes, changes) => {
        const book = bookOf(yes);
        const naive = { yes: new Map(yes), no: new Map<number, number>() };
        for (const [at, price, delta] of changes) {
          const size = (naive[at].get(price) ?? 0) + delta;
          expect(book.apply(at, price, delta) === 'negative').toBe(size < 0);
          if (size > 0) naive[at].set(price, size);
          else if (size === 0) naive[at].delete(price);
        }
        for (const at of ['yes', 'no'] as const) {
          expect(book.levels(at)).toEqual([...naive[at]].toSorted(([a], [b]) => a - b));
        }
      }),
    );
  });
});

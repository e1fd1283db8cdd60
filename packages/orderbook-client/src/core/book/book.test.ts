import fc from '@trader/testkit/fast-check';
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

  describe('between layouts', () => {
    const cents: Level[] = [
      [4000, 10],
      [4100, 20],
    ];

    test('takes a price between cents and keeps every level', () => {
      const book = bookOf(cents, [[5000, 30]]);
      expect(book.apply('yes', 4101, 2 ** 40)).toBe('applied');
      expect([book.levels('yes'), book.levels('no')]).toEqual([[...cents, [4101, 2 ** 40]], [[5000, 30]]]);
      expect(book.bestBid('yes')).toEqual([4101, 2 ** 40]);
    });

    test('sees a price between cents cross the book', () => {
      expect(bookOf(cents, [[5000, 30]]).apply('yes', 5005, 1)).toBe('crossed');
      expect(bookOf(cents, [[5000, 30]]).apply('yes', 4999, 1)).toBe('applied');
    });

    test('takes nothing away between cents, where nothing rests', () => {
      const book = bookOf(cents);
      expect([book.apply('yes', 4050, -1), book.apply('yes', 4050, 0)]).toEqual(['negative', 'applied']);
      expect(book.levels('yes')).toEqual(cents);
    });

    test('grows from nothing to every price there is, and shrinks to nothing', () => {
      const book = bookOf([]);
      for (let price = 0; price <= 10_000; price++) expect(book.apply('yes', price, price + 1)).toBe('applied');
      expect([book.depth('yes'), book.bestBid('yes')]).toEqual([10_001, [10_000, 10_001]]);
      for (let price = 0; price <= 10_000; price++) expect(book.apply('yes', price, -price - 1)).toBe('applied');
      expect([book.depth('yes'), book.bestBid('yes')]).toEqual([0, undefined]);
    });

    test('heeds a step that becomes known, or changes, with the same levels', () => {
      const book = bookOf(cents);
      for (const step of [10, 1, 100, 25, 0]) {
        book.priceStep = step;
        book.replace(book.levels('yes'), book.levels('no'));
        expect([book.levels('yes'), book.levels('no')]).toEqual([cents, []]);
      }
    });
  });

  describe('in any layout, after any snapshots and deltas', () => {
    const price = (step: number) => fc.integer({ min: 0, max: 10_000 / step }).map((slot) => slot * step);
    const anyPrice = fc.oneof(price(100), price(100), price(10), price(1), fc.constantFrom(0, 10_000));
    const size = fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 2 ** 32, max: 2 ** 50 }));
    const levels = (of: fc.Arbitrary<number>, maxLength: number) =>
      fc.uniqueArray(fc.tuple(of, size), { selector: ([at]) => at, maxLength });
    const snapshot = fc
      .constantFrom(100, 100, 10, 1)
      .chain((step) => fc.tuple(levels(price(step), 40), levels(price(step), 40)))
      .map(([yes, no]) => ({ type: 'snapshot' as const, yes, no }));
    const halfFull = Array.from({ length: 501 }, (_, index): Level => [10 * index, index + 1]);
    const fullSnapshot = fc.constant({ type: 'snapshot' as const, yes: halfFull, no: halfFull.slice(1) });
    const delta = fc.record({
      type: fc.constant('delta' as const),
      side: fc.constantFrom<Side>('yes', 'no'),
      price: anyPrice,
      by: fc.oneof(fc.integer({ min: -300, max: 300 }), size, fc.constantFrom('all' as const, 'half' as const)),
      ofBest: fc.boolean(),
    });
    const input = fc.oneof(
      { arbitrary: fc.oneof(snapshot, fullSnapshot), weight: 1 },
      { arbitrary: delta, weight: 12 },
    );
    const history = fc.array(input, { maxLength: 150 });
    const best = (side: Map<number, number>): number => Math.max(...side.keys(), Number.NEGATIVE_INFINITY);

    test('equals a naive map of levels, and a fresh book with the same levels', () => {
      fc.assert(
        fc.property(history, fc.constantFrom(0, 100, 10, 1), (inputs, step) => {
          const book = new OrderBook();
          book.priceStep = step;
          let naive = { yes: new Map<number, number>(), no: new Map<number, number>() };
          for (const input of inputs) {
            if (input.type === 'snapshot') {
              naive = { yes: new Map(input.yes), no: new Map(input.no) };
              book.replace(input.yes, input.no);
              continue;
            }
            const side = naive[input.side];
            const at = input.ofBest && side.size > 0 ? best(side) : input.price;
            const before = side.get(at) ?? 0;
            const after = { all: 0, half: Math.ceil(before / 2) }[input.by as string] ?? before + Number(input.by);
            const result = book.apply(input.side, at, after - before);
            if (after > 0) side.set(at, after);
            else if (after === 0) side.delete(at);
            const crosses = after >= before && best(naive.yes) + best(naive.no) >= 10_000;
            expect(result).toBe(after < 0 ? 'negative' : crosses ? 'crossed' : 'applied');
            expect(book.sizeAt(input.side, at)).toBe(side.get(at) ?? 0);
            expect(book.bestBid(input.side)?.[0] ?? Number.NEGATIVE_INFINITY).toBe(best(side));
          }
          for (const at of ['yes', 'no'] as const) {
            expect(book.levels(at)).toEqual([...naive[at]].toSorted(([a], [b]) => a - b));
            expect([...book.bids(at)]).toEqual(book.levels(at).toReversed());
            expect(book.depth(at)).toBe(naive[at].size);
          }
          expect(bookOf([...naive.yes], [...naive.no]).checksum()).toBe(book.checksum());
        }),
        { numRuns: 300 },
      );
    });
  });

  test('has a checksum that only the levels decide, not the layout nor the way to them', () => {
    const levels: Level[] = [
      [4000, 10],
      [4100, 20],
    ];
    const fine = new OrderBook();
    fine.priceStep = 10;
    fine.replace(levels, [[5000, 2 ** 40]]);
    const detour = bookOf([[1, 1]]);
    for (const [price, size] of levels.toReversed()) detour.apply('yes', price, size);
    detour.apply('no', 5000, 2 ** 40);
    detour.apply('yes', 1, -1);
    const checksum = bookOf(levels, [[5000, 2 ** 40]]).checksum();
    expect([fine.checksum(), detour.checksum()]).toEqual([checksum, checksum]);
    detour.apply('no', 5000, 1);
    expect(detour.checksum()).not.toBe(checksum);
  });
});

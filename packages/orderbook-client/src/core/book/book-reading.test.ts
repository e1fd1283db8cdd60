import { describe, expect, test } from 'vitest';
import { OrderBook, type Level } from './book.ts';

const bookOf = (yes: Level[], no: Level[] = []): OrderBook => {
  const book = new OrderBook();
  book.replace(yes, no);
  return book;
};

/** The same shape in each layout: dense cents, packed, and dense tenths of a cent under a floor of 1,001 levels. */
const FLOOR = Array.from({ length: 501 }, (_, index): Level => [10 * index, 1]);
const shift = (levels: Level[], by: number): Level[] => levels.map(([price, size]) => [price + by, size]);
const YES: Level[] = [
  [5100, 10],
  [5300, 20],
  [5400, 2 ** 34],
];
const NO: Level[] = [
  [4000, 40],
  [4200, 50],
];
const LAYOUTS = [
  { name: 'dense cents', book: bookOf(YES, NO), by: 0 },
  { name: 'packed', book: bookOf(shift(YES, 1), shift(NO, 1)), by: 1 },
  { name: 'half-full tenths of a cent', book: bookOf([...FLOOR, ...shift(YES, 10)], shift(NO, 10)), by: 10 },
];

describe.each(LAYOUTS)('reading a book of $name', ({ book, by }) => {
  const at = (price: number) => price + by;

  test('gives best prices and sizes of both sides as plain numbers', () => {
    expect([book.bestBidPrice('yes'), book.bestBidSize('yes')]).toEqual([at(5400), 2 ** 34]);
    expect([book.bestBidPrice('no'), book.bestBidSize('no')]).toEqual([at(4200), 50]);
    expect([book.bestAskPrice('yes'), book.bestAskSize('yes')]).toEqual([10_000 - at(4200), 50]);
    expect([book.bestAskPrice('no'), book.bestAskSize('no')]).toEqual([10_000 - at(5400), 2 ** 34]);
  });

  test('writes the best bids, best first, and no more than asked for', () => {
    const into = new Float64Array(10).fill(-1);
    expect(book.topBids('yes', 2, into)).toBe(2);
    expect([...into]).toEqual([at(5400), 2 ** 34, at(5300), 20, -1, -1, -1, -1, -1, -1]);
  });

  test('writes the best asks, lowest first', () => {
    const into = new Float64Array(10).fill(-1);
    expect(book.topAsks('yes', 5, into)).toBe(2);
    expect([...into.subarray(0, 6)]).toEqual([10_000 - at(4200), 50, 10_000 - at(4000), 40, -1, -1]);
  });

  test('writes whole levels only, as many as fit', () => {
    const into = new Float64Array(3).fill(-1);
    expect(book.topBids('yes', Infinity, into)).toBe(1);
    expect([...into]).toEqual([at(5400), 2 ** 34, -1]);
  });

  test.each([0, -1, Number.NaN])('writes nothing when asked for %d levels', (count) => {
    const into = new Float64Array(4).fill(-1);
    expect([book.topBids('yes', count, into), book.topAsks('yes', count, into)]).toEqual([0, 0]);
    expect([...into]).toEqual([-1, -1, -1, -1]);
  });

  test('goes through the levels in the order in which they would trade', () => {
    expect([...book.bids('yes')]).toEqual(book.levels('yes').toReversed());
    expect([...book.asks('yes')]).toEqual([
      [10_000 - at(4200), 50],
      [10_000 - at(4000), 40],
    ]);
    const into = new Float64Array(2 * book.depth('yes'));
    expect(book.topBids('yes', Infinity, into)).toBe(book.depth('yes'));
    expect([...into]).toEqual([...book.bids('yes')].flat());
  });

  test('adds up what rests at a price or better', () => {
    expect(book.bidSizeDownTo('yes', at(5300))).toBe(2 ** 34 + 20);
    expect(book.bidSizeDownTo('yes', at(5300) + 1)).toBe(2 ** 34);
    expect(book.bidSizeDownTo('no', 0)).toBe(90);
    expect(book.askSizeUpTo('yes', 10_000 - at(4200))).toBe(50);
    expect(book.askSizeUpTo('yes', 10_000)).toBe(90);
  });

  test.each([-1, -100, 10_001, 10_100, 5400.5, Number.NaN, Infinity])(
    'has nothing at the impossible price %d',
    (price) => {
      expect([book.sizeAt('yes', price), book.sizeAt('no', price)]).toEqual([0, 0]);
    },
  );
});

describe('BookReader of an empty book', () => {
  const book = bookOf([]);

  test('has prices that are no numbers and sizes of 0', () => {
    expect([book.bestBidPrice('yes'), book.bestAskPrice('yes')]).toEqual([Number.NaN, Number.NaN]);
    expect([book.bestBidSize('no'), book.bestAskSize('no'), book.depth('yes')]).toEqual([0, 0, 0]);
    expect([book.bidSizeDownTo('yes', 0), book.askSizeUpTo('yes', 10_000)]).toEqual([0, 0]);
  });

  test('has nothing to write or to go through', () => {
    expect([book.topBids('yes', 10, new Float64Array(20)), book.topAsks('yes', 10, new Float64Array(20))]).toEqual([
      0, 0,
    ]);
    expect([[...book.bids('yes')], [...book.asks('no')], book.levels('no')]).toEqual([[], [], []]);
  });
});

describe('BookReader.bids', () => {
  test('goes on in the changed book, never up again, when it changes between two levels', () => {
    const book = bookOf([
      [1000, 1],
      [2000, 2],
      [3000, 3],
    ]);
    const seen: Level[] = [];
    for (const level of book.bids('yes')) {
      seen.push(level);
      if (seen.length > 1) continue;
      book.apply('yes', 3500, 9);
      book.apply('yes', 2000, -2);
      // Between cents: from here on the levels lie in another layout.
      book.apply('yes', 1505, 7);
    }
    expect(seen).toEqual([
      [3000, 3],
      [1505, 7],
      [1000, 1],
    ]);
  });
});

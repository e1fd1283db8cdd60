import { expect, it } from 'vitest';
import { MarketBook } from './book.ts';

it('keeps levels ascending, drops a level at exactly zero and leaves the other side alone', () => {
  const book = new MarketBook();
  book.replace({
    yes: [
      [4000, 150],
      [100, 0],
      [200, 5],
    ],
    no: [[5500, 1]],
  });
  expect(book.applyChange('yes', 100, 7)).toBe(true);
  expect(book.applyChange('yes', 4000, -150)).toBe(true);
  expect(book.levels()).toEqual({
    yes: [
      [100, 7],
      [200, 5],
    ],
    no: [[5500, 1]],
  });
  expect([book.depth('yes'), book.size('yes', 200), book.size('no', 200)]).toEqual([2, 5, 0]);
});

it('has no level below zero: it reports the hole and removes the level', () => {
  const book = new MarketBook();
  book.applyChange('no', 5500, 10);
  expect(book.applyChange('no', 5500, -11)).toBe(false);
  expect(book.levels()).toEqual({ yes: [], no: [] });
});

it('is replaced whole, so that no level of before stays', () => {
  const book = new MarketBook();
  book.replace({ yes: [[100, 1]], no: [[200, 2]] });
  book.replace({ yes: [], no: [[300, 3]] });
  expect(book.levels()).toEqual({ yes: [], no: [[300, 3]] });
});

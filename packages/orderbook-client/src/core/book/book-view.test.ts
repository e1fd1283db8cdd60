import { describe, expect, test } from 'vitest';
import { TrackedBook } from './book-view.ts';
import type { Level } from './book.ts';

const bookOf = (yes: Level[], no: Level[] = []): TrackedBook => {
  const book = new TrackedBook('A');
  book.replace(yes, no);
  return book;
};

describe('TrackedBook', () => {
  test('waits for its first snapshot', () => {
    const book = new TrackedBook('A');
    expect([book.market, book.synced, book.staleReason]).toEqual(['A', false, 'no-snapshot-yet']);
  });

  describe('copy', () => {
    test('stays as the book was', () => {
      const book = bookOf([[4000, 100]], [[5005, 200]]);
      book.staleReason = null;
      const copy = book.copy();
      const checksum = copy.checksum();
      book.apply('yes', 4000, -100);
      book.apply('no', 5005, 7);
      book.replace([[1, 1]], []);
      book.staleReason = 'gap';
      expect([copy.market, copy.synced, copy.staleReason]).toEqual(['A', true, null]);
      expect([copy.levels('yes'), copy.levels('no')]).toEqual([[[4000, 100]], [[5005, 200]]]);
      expect(copy.checksum()).toBe(checksum);
    });

    test('reads as the book does, and is its own copy', () => {
      const book = bookOf([[4000, 100]], [[5500, 200]]);
      const copy = book.copy();
      expect([copy.bestBid('yes'), copy.bestAsk('yes'), copy.depth('no')]).toEqual([[4000, 100], [4500, 200], 1]);
      expect([...copy.asks('no')]).toEqual([[6000, 100]]);
      expect(copy.checksum()).toBe(book.checksum());
      expect(copy.copy()).toBe(copy);
    });

    test('of a stale book is stale for the same reason', () => {
      const copy = bookOf([[4000, 100]]).copy();
      expect([copy.synced, copy.staleReason]).toEqual([false, 'no-snapshot-yet']);
    });

    test('has no way to be changed', () => {
      expect(Object.keys(bookOf([]).copy())).not.toContain('priceStep');
      expect(bookOf([]).copy()).not.toHaveProperty('apply');
      expect(bookOf([]).copy()).not.toHaveProperty('replace');
    });
  });
});

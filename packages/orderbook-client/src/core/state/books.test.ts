import { describe, expect, test } from 'vitest';
import { Books } from './books.ts';

const gapsOf = (...atMs: readonly number[]) => {
  const books = new Books(['A']);
  const book = books.get('A')!;
  for (const changeAtMs of atMs) books.changed(book, changeAtMs);
  return [book.lastChangeAtMs, book.usualGapMs];
};

describe('the usual gap between changes', () => {
  test('is not known before the second change', () => {
    expect(gapsOf()).toEqual([Number.NaN, Number.NaN]);
    expect(gapsOf(1000)).toEqual([1000, Number.NaN]);
    expect(gapsOf(1000, 1160)).toEqual([1160, 160]);
  });

  test('moves by a sixteenth of the difference', () => {
    expect(gapsOf(1000, 1160, 1160)[1]).toBe(150);
    expect(gapsOf(1000, 1160, 1160, 1160 + 310)[1]).toBe(160);
  });
});

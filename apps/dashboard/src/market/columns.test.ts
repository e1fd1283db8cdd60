import { describe, expect, test } from 'vitest';
import { brightness, colorTable, NO_SIDE } from './brightness.ts';
import { columnOf, foldColumns, ROWS } from './columns.ts';

describe('brightness', () => {
  test('grows with the size, ends at 5,000 contracts, and keeps the usual 50 dim', () => {
    const steps = [1, 100, 5_000, 50_000, 500_000, 5_000_000].map(brightness);
    expect(steps[0]).toBe(1);
    expect(steps).toEqual(steps.toSorted((one, other) => one - other));
    expect(steps.slice(-2)).toEqual([127, 127]);
    expect(brightness(5_000)).toBeLessThan(32);
    expect(brightness(0)).toBe(0);
  });

  test('each of the 256 cells has a colour, and both sides of the empty cell have the same', () => {
    for (const theme of ['dark', 'light'] as const) {
      const table = colorTable(theme);
      expect(table.every((color) => color >>> 24 === 0xff)).toBe(true);
      expect(table[NO_SIDE]).toBe(table[0]);
      expect(table[NO_SIDE | 60]).not.toBe(table[60]);
    }
  });
});

describe('columns', () => {
  test('a NO bid stands at the price at which it sells YES', () => {
    const { bid, ask, sizes, cells } = columnOf([[2_300, 4_110]], [[7_600, 593]], 0);
    expect([bid, ask]).toEqual([23, 24]);
    expect([sizes[22], sizes[23]]).toEqual([4_110, 593]);
    expect([cells[22]! & NO_SIDE, cells[23]! & NO_SIDE]).toEqual([0, NO_SIDE]);
  });

  test('prices finer than a cent fold so that bid and ask are never nearer than they are', () => {
    const { bid, ask, sizes } = columnOf(
      [
        [2_390, 100],
        [2_310, 50],
      ],
      [[7_510, 10]],
      0,
    );
    expect([bid, ask]).toEqual([23, 25]);
    expect(sizes[22]).toBe(150);
  });

  test('prices of less than a cent stay in the picture', () => {
    const { cells } = columnOf([[10, 100]], [[10, 100]], 0);
    expect([cells[0]! > 0, cells[ROWS - 1]! > 0]).toEqual([true, true]);
  });

  test('an empty book has no touch', () => expect(columnOf([], [], 0)).toMatchObject({ bid: 0, ask: 0 }));

  test('two columns as one have the larger sizes, the later touch, and all changes', () => {
    const folded = foldColumns(columnOf([[2_300, 900]], [], 2), columnOf([[2_200, 100]], [[7_000, 5]], 3));
    expect([folded.sizes[22], folded.sizes[21], folded.bid, folded.ask, folded.changes]).toEqual([900, 100, 22, 30, 5]);
  });
});

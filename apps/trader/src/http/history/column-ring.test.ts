import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { ColumnRing } from './column-ring.ts';

const ring = (stepMs: number, slots: number) => new ColumnRing(stepMs, slots, { count: 'sum', most: 'max' });

describe('ColumnRing', () => {
  test('folds what falls into one step, and leaves out what it was told nothing of', () => {
    const seconds = ring(1_000, 4);
    expect([seconds.sinceMs, seconds.rows(0, 10_000)]).toEqual([null, []]);
    seconds.add(5_100, { count: 1, most: 7 });
    seconds.add(5_900, { count: 2, most: 3 });
    seconds.add(7_000, { count: 5, most: -1 });
    expect(seconds.rows(0, 99_000)).toEqual([
      { atMs: 5_000, row: { atMs: 5_000, count: 3, most: 7 } },
      { atMs: 6_000, row: null },
      { atMs: 7_000, row: { atMs: 7_000, count: 5, most: -1 } },
    ]);
    expect(seconds.rows(6_000, 6_999)).toEqual([{ atMs: 6_000, row: null }]);
  });

  test('shows nothing of a round before, however long nobody added anything', () => {
    const seconds = ring(1_000, 4);
    for (const atMs of [0, 1_000, 2_000, 3_000]) seconds.add(atMs, { count: 1, most: 1 });
    seconds.add(1_000_000_000, { count: 9, most: 9 });
    expect(seconds.sinceMs).toBe(999_997_000);
    expect(seconds.rows(0, Infinity).map(({ row }) => row?.count ?? null)).toEqual([null, null, null, 9]);
  });

  test('a coarse one says what the fine one says, folded', () => {
    const sample = fc.record({ afterMs: fc.nat(3_000), count: fc.nat(1_000), most: fc.integer() });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 200 }), (samples) => {
        const [fine, coarse] = [ring(1_000, 1_000), ring(60_000, 20)];
        let atMs = 0;
        for (const { afterMs, ...numbers } of samples) {
          atMs += afterMs;
          fine.add(atMs, numbers);
          coarse.add(atMs, numbers);
        }
        for (const { atMs: minuteMs, row } of coarse.rows(0, atMs)) {
          const within = fine.rows(minuteMs, minuteMs + 59_999).flatMap(({ row }) => row ?? []);
          expect(within.length > 0).toBe(row !== null);
          if (!row) continue;
          expect(within.reduce((sum, { count }) => sum + count, 0)).toBe(row.count);
          expect(Math.max(...within.map(({ most }) => most))).toBe(row.most);
        }
      }),
    );
  });
});

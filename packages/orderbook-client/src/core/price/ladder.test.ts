import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { DenseLadder } from './dense-ladder.ts';
import type { Ladder } from './ladder.ts';
import { PackedLadder } from './packed-ladder.ts';

const CENT = 100;

const flat = (ladder: Ladder, count = ladder.depth): number[] => {
  const into = new Float64Array(2 * count);
  return [...into.subarray(0, 2 * ladder.writeTop(count, into))];
};

/** Each layout with room for every whole cent. The NO half of a pair has a neighbour that must not notice. */
const LAYOUTS: readonly [string, () => Ladder][] = [
  ['DenseLadder', () => DenseLadder.of([], CENT)],
  ['DenseLadder.pair', () => DenseLadder.pair([[10_000, 7]], [], CENT)[1]],
  ['PackedLadder', () => new PackedLadder([], 101)],
];

describe.each(LAYOUTS)('%s', (_, create) => {
  test('is empty at first', () => {
    const ladder = create();
    expect([ladder.depth, ladder.bestSize, ladder.sizeAt(0), ladder.sizeAt(10_000)]).toEqual([0, 0, 0, 0]);
    expect(flat(ladder)).toEqual([]);
    expect(ladder.best).toBeLessThan(0);
    expect(ladder.below(10_000)).toBeLessThan(0);
  });

  test('finds the next best when the best goes, however far away it is', () => {
    const ladder = create();
    for (const price of [0, 100, 9900, 10_000]) ladder.addSize(price, 5);
    expect(ladder.best).toBe(10_000);
    ladder.addSize(10_000, -5);
    expect(ladder.best).toBe(9900);
    ladder.addSize(9900, -5);
    expect(ladder.best).toBe(100);
    ladder.addSize(9900, 1);
    expect(ladder.best).toBe(9900);
  });

  test('takes away no more than there is', () => {
    const ladder = create();
    ladder.addSize(4000, 10);
    expect([ladder.addSize(4000, -11), ladder.addSize(3900, -1), ladder.addSize(3950, -1)]).toEqual(
      Array(3).fill('negative'),
    );
    expect(flat(ladder)).toEqual([4000, 10]);
  });

  test('makes no level of nothing', () => {
    const ladder = create();
    expect([ladder.addSize(4000, 0), ladder.addSize(4050, 0)]).toEqual(['applied', 'applied']);
    expect([ladder.depth, ladder.best < 0]).toEqual([0, true]);
  });

  test('knows the next level below any price, resting or not, on the grid or not', () => {
    const ladder = create();
    for (const price of [300, 500, 1000]) ladder.addSize(price, 5);
    expect([10_000, 1000, 999, 501, 500, 301].map((price) => ladder.below(price))).toEqual([
      1000, 500, 500, 500, 300, 300,
    ]);
    expect([ladder.below(300) < 0, ladder.below(0) < 0]).toEqual([true, true]);
  });

  test('equals a map of levels after any changes', () => {
    const change = fc.tuple(
      fc.integer({ min: 0, max: 100 }).map((cents) => cents * CENT),
      fc.oneof(fc.integer({ min: -300, max: 300 }), fc.constantFrom('all', 2 ** 40)),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
        const ladder = create();
        const naive = new Map<number, number>();
        for (const [price, by] of changes) {
          const before = naive.get(price) ?? 0;
          const delta = typeof by === 'number' ? by : -before;
          expect(ladder.addSize(price, delta)).toBe(before + delta < 0 ? 'negative' : 'applied');
          if (before + delta > 0) naive.set(price, before + delta);
          else if (before + delta === 0) naive.delete(price);
          expect(ladder.sizeAt(price)).toBe(naive.get(price) ?? 0);
          const best = Math.max(...naive.keys(), -1);
          expect([Math.max(ladder.best, -1), ladder.bestSize]).toEqual([best, naive.get(best) ?? 0]);
        }
        expect(ladder.depth).toBe(naive.size);
        expect(flat(ladder)).toEqual([...naive].toSorted(([a], [b]) => b - a).flat());
      }),
    );
  });
});

describe('DenseLadder', () => {
  test('has no place between the steps of its grid', () => {
    const ladder = DenseLadder.of([[4000, 5]], CENT);
    expect(ladder.addSize(4050, 1)).toBe('misfit');
    expect([ladder.sizeAt(4050), ladder.depth]).toEqual([0, 1]);
  });

  test('keeps the two sides of a pair apart at both ends of the grid', () => {
    const [yes, no] = DenseLadder.pair([[0, 1]], [[10_000, 2]], CENT);
    yes.addSize(10_000, 3);
    no.addSize(0, 4);
    expect([flat(yes), flat(no)]).toEqual([
      [10_000, 3, 0, 1],
      [10_000, 2, 0, 4],
    ]);
    yes.addSize(10_000, -3);
    no.addSize(0, -4);
    expect([flat(yes), flat(no)]).toEqual([
      [0, 1],
      [10_000, 2],
    ]);
  });
});

describe('PackedLadder', () => {
  test('is full at its capacity, and changes what it has even then', () => {
    const ladder = new PackedLadder([[4000, 5]], 1);
    ladder.addSize(4001, 5);
    expect([ladder.addSize(3999, 1), ladder.addSize(4000, 1), ladder.depth]).toEqual(['misfit', 'applied', 2]);
    ladder.addSize(4000, -6);
    expect(ladder.addSize(3999, 1)).toBe('applied');
  });

  test.each(['ascending', 'descending', 'shuffled'])('takes %s levels', (order) => {
    const ascending = Array.from({ length: 500 }, (_, index): [number, number] => [10 * index + 3, index + 1]);
    const given = {
      ascending,
      descending: ascending.toReversed(),
      shuffled: ascending.map((_, index) => ascending[(index * 7) % 500]!),
    };
    const ladder = new PackedLadder(given[order as keyof typeof given], 0);
    expect(flat(ladder)).toEqual(ascending.toReversed().flat());
  });

  test('inserts and removes far from the best, where many levels move', () => {
    const levels = Array.from({ length: 400 }, (_, index): [number, number] => [10 * index + 10, 2 ** 33 + index]);
    const ladder = new PackedLadder(levels, 1);
    ladder.addSize(15, 9);
    ladder.addSize(10, -(2 ** 33));
    expect(flat(ladder).slice(-6)).toEqual([30, 2 ** 33 + 2, 20, 2 ** 33 + 1, 15, 9]);
    expect([ladder.depth, ladder.best, ladder.sizeAt(4000)]).toEqual([400, 4000, 2 ** 33 + 399]);
  });
});

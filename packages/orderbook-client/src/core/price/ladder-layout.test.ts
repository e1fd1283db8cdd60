import { describe, expect, test } from 'vitest';
import type { Level } from './book-level.ts';
import { DenseLadder } from './dense-ladder.ts';
import type { Ladder } from './ladder.ts';
import { EMPTY_LADDER, layOut } from './ladder-layout.ts';
import { PackedLadder } from './packed-ladder.ts';

const UNKNOWN = 0;
const CENT = 100;
const TENTH_OF_A_CENT = 10;

const levels = (count: number, step: number): Level[] =>
  Array.from({ length: count }, (_, index) => [(index + 1) * step, 1]);
const contents = (ladder: Ladder): number[] => {
  const into = new Float64Array(2 * ladder.depth);
  ladder.writeTop(ladder.depth, into);
  return [...into];
};
const classes = (ladders: readonly Ladder[]) => ladders.map((ladder) => ladder.constructor);

describe('layOut', () => {
  test.each([UNKNOWN, CENT])('makes cents dense (known step %d)', (step) => {
    expect(classes(layOut(levels(3, CENT), [], step))).toEqual([DenseLadder, DenseLadder]);
  });

  test('packs both sides when one price is between cents', () => {
    expect(classes(layOut([[4001, 1]], [[5000, 1]], UNKNOWN))).toEqual([PackedLadder, PackedLadder]);
    expect(classes(layOut([[4000, 1]], [[5010, 1]], CENT))).toEqual([PackedLadder, PackedLadder]);
  });

  test('packs whole cents where finer prices are known to come', () => {
    expect(classes(layOut([[4000, 1]], [[5000, 1]], TENTH_OF_A_CENT))).toEqual([PackedLadder, PackedLadder]);
  });

  test('makes a side dense that fills half of its grid', () => {
    const half = levels(501, TENTH_OF_A_CENT);
    expect(classes(layOut(half, half.slice(1), TENTH_OF_A_CENT))).toEqual([DenseLadder, PackedLadder]);
  });

  test('leaves room for levels to come in a packed side', () => {
    const [yes] = layOut(levels(10, TENTH_OF_A_CENT), [], UNKNOWN);
    expect(yes.addSize(4001, 1)).toBe('applied');
  });

  test('spends nothing on what is empty', () => {
    expect(layOut([], [], CENT)).toEqual([EMPTY_LADDER, EMPTY_LADDER]);
    expect(layOut([[4001, 1]], [], UNKNOWN)[1]).toBe(EMPTY_LADDER);
  });

  test('lets nothing into the ladder that all empty books share', () => {
    expect([EMPTY_LADDER.addSize(4000, 1), EMPTY_LADDER.addSize(4000, -1), EMPTY_LADDER.addSize(4000, 0)]).toEqual([
      'misfit',
      'negative',
      'applied',
    ]);
    expect(EMPTY_LADDER.depth).toBe(0);
  });

  test('fills dense ladders of the same grid anew, with nothing left of before', () => {
    const [yes, no] = layOut(levels(40, CENT), levels(30, CENT), CENT);
    const again = layOut([[5000, 7]], levels(2, CENT), CENT, yes, no);
    expect(again[0]).toBe(yes);
    expect(again[1]).toBe(no);
    expect(again.map(contents)).toEqual([
      [5000, 7],
      [200, 1, 100, 1],
    ]);
  });

  test('lets dense ladders of another grid go', () => {
    const half = levels(501, TENTH_OF_A_CENT);
    const [yes, no] = layOut(half, half, TENTH_OF_A_CENT);
    const [cents] = layOut([[5000, 7]], [], CENT, yes, no);
    expect(cents).not.toBe(yes);
    expect(yes.depth).toBe(501);
  });
});

// Which layout the ladders of a book get. The levels of both sides come in, two ladders come out. It is decided whenever
// levels are laid out: at a snapshot, when a price is off the grid, and when a packed ladder is full.
import type { Level } from './book-level.ts';
import { DenseLadder, slotsOf } from './dense-ladder.ts';
import { ONE_DOLLAR } from './price.ts';
import type { Ladder } from './ladder.ts';
import { PackedLadder } from './packed-ladder.ts';

const CENT = ONE_DOLLAR / 100;

/** A side without levels. It has no place for one: a first level is a misfit. So it never changes, and all books share it. */
export const EMPTY_LADDER: Ladder = new PackedLadder([], 0);

/**
 * The ladders that were there are filled anew where they can be; nobody may keep them for what they held.
 *
 * - All prices in whole cents, and no finer step known: dense, 101 cells a side.
 * - A finer grid: packed, or dense for a side that fills half of it (501 levels at a tenth of a cent). There both take
 *   about the same memory, and packed ones begin to pay for moving levels.
 *
 * @param priceStep finest step of the market's price structure, 1/10,000 dollar; 0 if it is not known. A hint: levels
 * off that grid are kept, too
 */
export function layOut(
  yes: readonly Level[],
  no: readonly Level[],
  priceStep: number,
  yesBefore: Ladder = EMPTY_LADDER,
  noBefore: Ladder = EMPTY_LADDER,
): [yes: Ladder, no: Ladder] {
  if (yes.length + no.length === 0) return [EMPTY_LADDER, EMPTY_LADDER];
  const step = commonStep(no, commonStep(yes, commonDivisor(CENT, priceStep)));
  if (step !== CENT) return [ladderOf(yes, step), ladderOf(no, step)];
  const isRefilled = refill(yesBefore, yes) && refill(noBefore, no);
  return isRefilled ? [yesBefore, noBefore] : DenseLadder.pair(yes, no, CENT);
}

const refill = (ladder: Ladder, levels: readonly Level[]): boolean =>
  ladder instanceof DenseLadder && ladder.refill(levels, CENT);

function ladderOf(levels: readonly Level[], step: number): Ladder {
  if (levels.length === 0) return EMPTY_LADDER;
  if (levels.length * 2 >= slotsOf(step)) return DenseLadder.of(levels, step);
  return new PackedLadder(levels, 8 + (levels.length >>> 3));
}

function commonStep(levels: readonly Level[], step: number): number {
  let common = step;
  for (const level of levels) if (level[0] % common !== 0) common = commonDivisor(common, level[0]);
  return common;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

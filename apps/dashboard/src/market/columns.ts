// A book at one time as a column of a picture: one cell for each cent, its side and how large it is. Prices finer than a cent
// fold into the cent that they are worse than, so that bid and ask are never nearer than they are.
import { CENT, complement } from '../text/price.ts';
import { brightness, NO_SIDE } from './brightness.ts';

/** Cells of a column: 1 to 99 cents of YES, from below. */
export const ROWS = 99;

export type Column = {
  /** By cent less one: 0 is empty; the highest bit is set for NO bids, the other seven are the brightness. */
  readonly cells: Uint8Array;
  /** The same in 1/100 contract. */
  readonly sizes: Float64Array;
  /** Cents of YES, 1 to 99; 0: nothing rests. */
  readonly bid: number;
  readonly ask: number;
  /** Levels that have changed since the column before. */
  readonly changes: number;
};

type Levels = Iterable<readonly [price: number, size: number]>;

/** @param yes bids in prices of YES; `no` bids in prices of NO; 1/10,000 dollar and 1/100 contract */
export function columnOf(yes: Levels, no: Levels, changes: number): Column {
  const sizes = new Float64Array(ROWS);
  const noSizes = new Float64Array(ROWS);
  let bid = 0;
  let ask = 0;
  for (const [price, size] of yes) {
    const cent = clampCent(Math.floor(price / CENT));
    sizes[cent - 1]! += size;
    if (cent > bid) bid = cent;
  }
  for (const [price, size] of no) {
    const cent = clampCent(Math.ceil(complement(price) / CENT));
    noSizes[cent - 1]! += size;
    if (ask === 0 || cent < ask) ask = cent;
  }
  const cells = new Uint8Array(ROWS);
  for (let row = 0; row < ROWS; row++) {
    const isNo = noSizes[row]! > sizes[row]!;
    if (isNo) sizes[row] = noSizes[row]!;
    cells[row] = brightness(sizes[row]!) | (isNo ? NO_SIDE : 0);
  }
  return { cells, sizes, bid, ask, changes };
}

const clampCent = (cent: number): number => Math.min(Math.max(cent, 1), ROWS);

/** Two columns that follow each other as one: of each cell the larger, of all else the later. */
export function foldColumns(one: Column, later: Column): Column {
  const sizes = later.sizes.slice();
  const cells = later.cells.slice();
  for (let row = 0; row < ROWS; row++) {
    if (one.sizes[row]! <= sizes[row]!) continue;
    sizes[row] = one.sizes[row]!;
    cells[row] = one.cells[row]!;
  }
  return { cells, sizes, bid: later.bid, ask: later.ask, changes: one.changes + later.changes };
}

// One market's resting bids, both sides, as snapshots and deltas make them.
import type { Level, Side } from '../price/book-level.ts';
import { BookReader } from './book-reader.ts';
import { ONE_DOLLAR } from '../price/price.ts';
import { layOut } from '../price/ladder-layout.ts';

export type { Level, Side } from '../price/book-level.ts';

/** What a delta did. `negative` and `crossed` never happen on a book that is right: the caller must re-synchronise. */
export type ApplyResult = 'applied' | 'negative' | 'crossed';

/**
 * The two sides of a book. It does not know whether it is current: its owner does. It takes prices and sizes that
 * `parsePrice` and `parseSize` let through: integers, a price from 0 to 10,000.
 */
export class OrderBook extends BookReader {
  /**
   * Finest step of the market's price structure in 1/10,000 dollar (100: cents, 10: tenths of a cent); 0 while it is
   * not known. It may change at any time. A hint for memory and speed, heeded when levels are laid out next: no price
   * is refused for it.
   *
   * @default 0
   */
  priceStep = 0;

  /** Replaces everything by the levels of a snapshot: one for a price, in any order. */
  replace(yes: readonly Level[], no: readonly Level[]): void {
    [this.yes, this.no] = layOut(yes, no, this.priceStep);
  }

  /**
   * Adds `delta` to the level's size; the level goes at exactly zero.
   *
   * @returns `negative` (and nothing is changed) if more would be taken away than is there, `crossed` if YES and NO
   * bids now add up to a dollar or more
   */
  apply(side: Side, price: number, delta: number): ApplyResult {
    const result = this.ladder(side).add(price, delta);
    if (result === 'negative') return 'negative';
    if (result === 'misfit') layOutWith(this, side, [price, delta]);
    // A removal uncrosses at most. An empty side's best is negative: with it no sum reaches a dollar.
    return delta >= 0 && this.yes.best + this.no.best >= ONE_DOLLAR ? 'crossed' : 'applied';
  }
}

/** The ladder has no place for this level, so it is not in there yet: both sides are laid out anew around it. */
function layOutWith(book: OrderBook, side: Side, level: Level): void {
  const yes = book.levels('yes');
  const no = book.levels('no');
  (side === 'yes' ? yes : no).push(level);
  book.replace(yes, no);
}

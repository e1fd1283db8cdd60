// One market's book: the resting bids of both sides, as snapshots and deltas make them, and what can be read of them.
// Snapshots (`replace`) and changes of one level (`apply`) come in; best bids and asks, sizes and levels come out. The
// exchange sends no asks: a YES ask is the complement of a NO bid of the same size, and the other way round.
import { checksumOf } from './book-checksum.ts';
import type { Level, Side } from '../price/book-level.ts';
import { ONE_DOLLAR } from '../price/price.ts';
import type { Ladder } from '../price/ladder.ts';
import { EMPTY_LADDER, layOut } from '../price/ladder-layout.ts';

export type { Level, Side } from '../price/book-level.ts';

/** The reading half of a book, live or copied. {@link BookView} documents the methods. */
export abstract class BookReader {
  protected yes: Ladder = EMPTY_LADDER;
  protected no: Ladder = EMPTY_LADDER;

  bestBid(side: Side): Level | undefined {
    const { best, bestSize } = this.ladder(side);
    return best < 0 ? undefined : [best, bestSize];
  }

  bestAsk(side: Side): Level | undefined {
    const bid = this.bestBid(opposite(side));
    return bid && [ONE_DOLLAR - bid[0], bid[1]];
  }

  bestBidPrice(side: Side): number {
    const price = this.ladder(side).best;
    return price < 0 ? Number.NaN : price;
  }

  bestBidSize(side: Side): number {
    return this.ladder(side).bestSize;
  }

  bestAskPrice(side: Side): number {
    return ONE_DOLLAR - this.bestBidPrice(opposite(side));
  }

  bestAskSize(side: Side): number {
    return this.bestBidSize(opposite(side));
  }

  spread(): number {
    return this.bestAskPrice('yes') - this.bestBidPrice('yes');
  }

  midTimesTwo(side: Side): number {
    return this.bestBidPrice(side) + this.bestAskPrice(side);
  }

  sizeAt(side: Side, price: number): number {
    return price >= 0 && price <= ONE_DOLLAR ? this.ladder(side).sizeAt(price) : 0;
  }

  depth(side: Side): number {
    return this.ladder(side).depth;
  }

  bidSizeDownTo(side: Side, price: number): number {
    const ladder = this.ladder(side);
    let sum = 0;
    for (let at = ladder.best; at >= 0 && at >= price; at = ladder.below(at)) sum += ladder.sizeAt(at);
    return sum;
  }

  askSizeUpTo(side: Side, price: number): number {
    return this.bidSizeDownTo(opposite(side), ONE_DOLLAR - price);
  }

  topBids(side: Side, count: number, into: Float64Array): number {
    return this.ladder(side).writeTop(Math.min(count, into.length >>> 1), into);
  }

  topAsks(side: Side, count: number, into: Float64Array): number {
    const written = this.topBids(opposite(side), count, into);
    for (let at = 0; at < 2 * written; at += 2) into[at] = ONE_DOLLAR - into[at]!;
    return written;
  }

  /** Goes on from the price reached, in whatever ladder is there by then: the book may change between two levels. */
  *bids(side: Side): Generator<Level, void> {
    for (let price = this.ladder(side).best; price >= 0; price = this.ladder(side).below(price)) {
      yield [price, this.ladder(side).sizeAt(price)];
    }
  }

  *asks(side: Side): Generator<Level, void> {
    for (const [price, size] of this.bids(opposite(side))) yield [ONE_DOLLAR - price, size];
  }

  levels(side: Side): Level[] {
    const ladder = this.ladder(side);
    const flat = new Float64Array(2 * ladder.depth);
    const depth = ladder.writeTop(ladder.depth, flat);
    const levels: Level[] = [];
    for (let at = 2 * (depth - 1); at >= 0; at -= 2) levels.push([flat[at]!, flat[at + 1]!]);
    return levels;
  }

  checksum(): number {
    return checksumOf(this.bids('yes'), this.bids('no'));
  }

  protected ladder(side: Side): Ladder {
    return side === 'yes' ? this.yes : this.no;
  }
}

const opposite = (side: Side): Side => (side === 'yes' ? 'no' : 'yes');

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
    [this.yes, this.no] = layOut(yes, no, this.priceStep, this.yes, this.no);
  }

  /**
   * Adds `delta` to the level's size; the level goes at exactly zero.
   *
   * @returns `negative` (and nothing is changed) if more would be taken away than is there, `crossed` if YES and NO
   * bids now add up to a dollar or more
   */
  apply(side: Side, price: number, delta: number): ApplyResult {
    const result = this.ladder(side).addSize(price, delta);
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

// What can be read of a book. Kalshi sends no asks: a YES ask is the complement of a NO bid of the same size, and the
// other way round.
import { checksumOf } from './book-checksum.ts';
import type { Level, Side } from '../price/book-level.ts';
import { ONE_DOLLAR } from '../price/price.ts';
import type { Ladder } from '../price/ladder.ts';
import { EMPTY_LADDER } from '../price/ladder-layout.ts';

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

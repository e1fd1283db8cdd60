// One market's book with the one thing that a trader must know of it: whether it is current.
import type { PriceRange } from '../../channel-events.ts';
import type { StaleReason } from '../../events.ts';
import { BookReader, OrderBook, type Level, type Side } from './book.ts';
import { PackedLadder } from '../price/packed-ladder.ts';

/**
 * A book as readers see it. The object stays the same for the life of the client; what it answers changes.
 *
 * Prices are integers in 1/10,000 dollar (4300 is $0.43), sizes in 1/100 contract (250 is 2.50 contracts): exact, and
 * {@link formatPrice} and {@link formatSize} spell them as the exchange does. Asks are derived: an ask to sell YES at
 * $0.45 is a bid for NO at $0.55.
 */
export interface BookView {
  readonly market: string;
  /** `true`: built from a snapshot of this connection, with no gap since. Only then is it right. */
  readonly synced: boolean;
  /** Why it is not synced, or `null`. */
  readonly staleReason: StaleReason | null;
  /** Highest bid of a side, or `undefined`. Of a stale book this is the last known one. */
  bestBid(side: Side): Level | undefined;
  /** Lowest ask of a side, derived as the complement of the other side's best bid. */
  bestAsk(side: Side): Level | undefined;
  /**
   * The price of {@link bestBid} without making a pair.
   *
   * @returns `NaN` if the side is empty: no comparison with it is true, and every sum shows it
   */
  bestBidPrice(side: Side): number;
  /** The size at the best bid; 0 if the side is empty. */
  bestBidSize(side: Side): number;
  /** The price of {@link bestAsk} without making a pair; `NaN` if nobody asks. */
  bestAskPrice(side: Side): number;
  /** The size at the best ask; 0 if nobody asks. */
  bestAskSize(side: Side): number;
  /**
   * {@link bestAskPrice} minus {@link bestBidPrice} in 1/10,000 dollar; the same for both sides. `NaN` if either is
   * missing; of a stale book it may be negative.
   */
  spread(): number;
  /**
   * Twice the middle of {@link bestBidPrice} and {@link bestAskPrice}: their sum, in 1/10,000 dollar. The middle itself can
   * fall between two prices, this is always a whole number: 8700 for a bid of 4300 and an ask of 4400. `NaN` if either is missing.
   */
  midTimesTwo(side: Side): number;
  /**
   * The valid prices, as lifecycle events or `setPriceRanges` have given them last. `null` while they are not known. What
   * rests off a coarser new grid stays.
   */
  readonly priceRanges: readonly PriceRange[] | null;
  /** The finest step among {@link priceRanges}, in 1/10,000 dollar; `null` while they are not known. */
  readonly tickSize: number | null;
  /** Size in 1/100 contract at a price in 1/10,000 dollar; 0 where nothing rests. */
  sizeAt(side: Side, price: number): number;
  /** The number of a side's bid levels. The asks of a side are the other side's bids. */
  depth(side: Side): number;
  /** The sum of a side's bids at `price` and above: what can be sold for at least that. */
  bidSizeDownTo(side: Side, price: number): number;
  /** The sum of a side's asks at `price` and below: what can be bought for at most that. */
  askSizeUpTo(side: Side, price: number): number;
  /**
   * Writes a side's best bids into your array, without making another: price, size, price, size … from the best down.
   * What lies in the array beyond them stays as it was.
   *
   * @param count how many levels you want at most; there are never more than fit into the array
   * @returns how many levels were written: twice as many numbers
   */
  topBids(side: Side, count: number, into: Float64Array): number;
  /** As {@link topBids}, for the asks: from the lowest price up. */
  topAsks(side: Side, count: number, into: Float64Array): number;
  /**
   * A side's bids from the best down, without copying the book. If the book changes meanwhile, the levels to come are
   * those of the changed book; none comes twice or out of order. For one moment's book use {@link copy}.
   */
  bids(side: Side): IterableIterator<Level>;
  /** As {@link bids}, for the asks: from the lowest price up. */
  asks(side: Side): IterableIterator<Level>;
  /** A copy of a side's levels, ascending by price. */
  levels(side: Side): readonly Level[];
  /** This book as it is now, for good: nothing changes the copy, and it keeps saying whether it was synced. */
  copy(): BookView;
  /**
   * A number that is equal for equal levels, whatever led to them: CRC-32 (as in zlib) over a line `side price size`
   * for each level in the exchange's spelling, `yes 0.4300 100.00`, each ended by a line feed; first the YES bids, then
   * the NO bids, each from the best down. An empty book has 0.
   */
  checksum(): number;
}

/** A book together with whether it is current. Only its owner, `books.ts`, writes to it. */
export class TrackedBook extends OrderBook implements BookView {
  readonly market: string;
  /** Its owner's: see `rounds.ts`. */
  place = -1;
  staleReason: StaleReason | null = 'no-snapshot-yet';
  /** Stale, but followed all the same: it is right again as soon as it is shown that nothing was missed. */
  suspended = false;
  /** The fault is this market's own: it is asked for ever more slowly, and costs its neighbours nothing. */
  setAside = false;
  /** When the book last changed, on the monotonic clock; `NaN` if it never did. For the audit. */
  lastChangeAtMs = Number.NaN;
  /** Running mean of the time between two changes; `NaN` until there were two, so that no silence compares as unusual. */
  usualGapMs = Number.NaN;
  #priceRanges: readonly PriceRange[] | null = null;

  /** @param priceStep see {@link OrderBook.priceStep} */
  constructor(market: string, priceStep = 0) {
    super();
    this.market = market;
    this.priceStep = priceStep;
  }

  get synced(): boolean {
    return this.staleReason === null;
  }

  get priceRanges(): readonly PriceRange[] | null {
    return this.#priceRanges;
  }

  get tickSize(): number | null {
    return this.#priceRanges && this.priceStep;
  }

  /** A market's grid can change while it trades; the book lays its levels out accordingly. */
  setPriceRanges(ranges: readonly PriceRange[]): void {
    if (ranges.length === 0) return;
    this.#priceRanges = ranges;
    this.priceStep = Math.min(...ranges.map(({ step }) => step));
  }

  copy(): BookView {
    return new BookCopy(this);
  }
}

/** A book that nothing changes any more; it has no way to. */
class BookCopy extends BookReader implements BookView {
  readonly market: string;
  readonly synced: boolean;
  readonly staleReason: StaleReason | null;
  readonly priceRanges: readonly PriceRange[] | null;
  readonly tickSize: number | null;

  constructor(book: BookView) {
    super();
    this.market = book.market;
    this.synced = book.synced;
    this.staleReason = book.staleReason;
    this.priceRanges = book.priceRanges;
    this.tickSize = book.tickSize;
    this.yes = new PackedLadder(book.levels('yes'), 0);
    this.no = new PackedLadder(book.levels('no'), 0);
  }

  copy(): BookView {
    return this;
  }
}

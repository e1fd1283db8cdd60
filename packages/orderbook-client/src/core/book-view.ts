// One market's book with the one thing that a trader must know of it: whether it is current.
import type { StaleReason } from '../events.ts';
import { OrderBook, type Level, type Side } from './book.ts';

/** A book as readers see it. The object stays the same for the life of the client; what it answers changes. */
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
  /** Size in 1/100 contract at a price in 1/10,000 dollar; 0 where nothing rests. */
  sizeAt(side: Side, price: number): number;
  /** A copy of a side's levels, ascending by price. */
  levels(side: Side): readonly Level[];
}

/** A book together with whether it is current. Only its owner, `books.ts`, writes to it. */
export class TrackedBook implements BookView {
  readonly market: string;
  readonly book = new OrderBook();
  staleReason: StaleReason | null = 'no-snapshot-yet';

  constructor(market: string) {
    this.market = market;
  }

  get synced(): boolean {
    return this.staleReason === null;
  }

  bestBid(side: Side): Level | undefined {
    return this.book.bestBid(side);
  }

  bestAsk(side: Side): Level | undefined {
    return this.book.bestAsk(side);
  }

  sizeAt(side: Side, price: number): number {
    return this.book.sizeAt(side, price);
  }

  levels(side: Side): readonly Level[] {
    return this.book.levels(side);
  }
}

import { type BookLevels, MarketBook, type Side } from './book.ts';

/** Who is told when a market changes. */
export interface Follower {
  /** @param tail the frame's text from `"msg":` on, with the price as the tape or generator has it (NO prices) */
  delta(side: Side, price: number, tail: string): void;
  snapshot(market: Market, tail: string): void;
}

/** A market of this exchange: its truth, and those who follow it. */
export class Market {
  readonly ticker: string;
  readonly marketId: string;
  readonly book = new MarketBook();
  readonly followers = new Set<Follower>();

  constructor(ticker: string, marketId: string) {
    this.ticker = ticker;
    this.marketId = marketId;
  }

  /** @returns false when the level would have fallen below zero */
  publishDelta(side: Side, price: number, change: number, tail: string): boolean {
    const sound = this.book.apply(side, price, change);
    for (const follower of this.followers) follower.delta(side, price, tail);
    return sound;
  }

  /** A snapshot that nobody asked for, as the exchange sends when a market closes. It replaces the book. */
  publishSnapshot(levels: BookLevels, tail: string): void {
    this.book.replace(levels);
    for (const follower of this.followers) follower.snapshot(this, tail);
  }
}

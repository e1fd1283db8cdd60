// A market of this exchange: its book, its listing and those who follow it. In go changes and snapshots that something
// else has decided; out go the same to every follower, with the book already changed.
import { type BookLevels, MarketBook, type Side } from './book.ts';
import { type MarketListing, newListing } from './listing.ts';

/** Whose order made a change: only the owner's connections are shown its `client_order_id`. */
export interface OrderOwner {
  readonly keyId: string;
  readonly clientOrderId: string;
}

/** Who is told when a market changes. */
export interface Follower {
  /** @param tail the frame's text from `"msg":` on, with the price as the tape or generator has it (NO prices) */
  receiveDelta(side: Side, price: number, tail: string, owner?: OrderOwner): void;
  receiveSnapshot(market: Market, tail: string): void;
  /** The market is no longer listed. */
  receiveDelisting(market: Market): void;
}

/** A market of this exchange: its truth, and those who follow it. */
export class Market {
  readonly ticker: string;
  readonly marketId: string;
  readonly listing: MarketListing;
  readonly book = new MarketBook();
  readonly followers = new Set<Follower>();

  constructor(ticker: string, marketId: string, listing: MarketListing = newListing({ ticker, marketId })) {
    this.ticker = ticker;
    this.marketId = marketId;
    this.listing = listing;
  }

  /** @returns false when the level would have fallen below zero */
  publishDelta(side: Side, price: number, change: number, tail: string, owner?: OrderOwner): boolean {
    const sound = this.book.applyChange(side, price, change);
    for (const follower of this.followers) follower.receiveDelta(side, price, tail, owner);
    return sound;
  }

  /** A snapshot that nobody asked for, as the exchange sends when a market closes. It replaces the book. */
  publishSnapshot(levels: BookLevels, tail: string): void {
    this.book.replace(levels);
    for (const follower of this.followers) follower.receiveSnapshot(this, tail);
  }

  delist(): void {
    for (const follower of this.followers) follower.receiveDelisting(this);
    this.followers.clear();
  }
}

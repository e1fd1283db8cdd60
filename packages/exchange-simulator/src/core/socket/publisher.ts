// The way of everything that happens in a market: into its book and its figures, then to its followers and to the hub.
// In go facts (a level changed, a trade, a lifecycle event); out go the texts of frames. All of it is counted.
import type { Side } from '../market/book.ts';
import { deltaTail, snapshotTail } from './frames.ts';
import type { Hub } from './hub.ts';
import { type LifecycleEvent, lifecycleTail } from './lifecycle-frames.ts';
import { type PublicTrade, recordTrade } from '../market/listing.ts';
import type { Market, OrderOwner } from '../market/market.ts';
import { quoteOf, tickerTail, tradeTail } from './quote-frames.ts';
import type { Tally } from '../tally.ts';

export interface PublisherOptions {
  readonly hub: Hub;
  readonly tally: Tally;
}

/** Brings what happens in a market into its book and its figures, and to those who listen. Counts all of it. */
export class Publisher {
  readonly hub: Hub;
  readonly #tally: Tally;
  /** By ticker, the quote that was told last: the channel tells changes only. */
  readonly #quotes = new Map<string, string>();

  constructor({ hub, tally }: PublisherOptions) {
    this.hub = hub;
    this.#tally = tally;
  }

  publishChange(market: Market, side: Side, price: number, change: number, atMicros: number, owner?: OrderOwner): void {
    this.publishDelta(market, side, price, change, deltaTail(market, side, price, change, atMicros), owner);
  }

  /** @param tail the frame's text from `"msg":` on */
  publishDelta(market: Market, side: Side, price: number, change: number, tail: string, owner?: OrderOwner): void {
    this.#tally.deltasPlayed++;
    if (!market.publishDelta(side, price, change, tail, owner)) this.#tally.levelsBelowZero++;
  }

  /** An unasked snapshot of an empty book, as a closed market's. */
  publishEmptied(market: Market, atMicros: number): void {
    this.#tally.snapshotsPlayed++;
    const nothing = { yes: [], no: [] };
    market.book.replace(nothing);
    market.publishSnapshot(nothing, snapshotTail(market, false));
    this.publishQuote(market, atMicros);
  }

  publishLifecycle(event: LifecycleEvent, market: Market, atMicros: number): void {
    market.listing.updatedAtMs = Math.floor(atMicros / 1000);
    const tail = lifecycleTail(event, market.listing);
    this.hub.publish('market_lifecycle_v2', { type: 'market_lifecycle_v2', ticker: market.ticker, tail });
  }

  /** @param tail the frame's text from `"msg":` on, when it is on a tape */
  publishTrade(market: Market | undefined, trade: PublicTrade, tail?: string): void {
    this.#tally.tradesPlayed++;
    if (market) recordTrade(market.listing, trade);
    if (!this.hub.wanted('trade')) return;
    this.hub.publish('trade', { type: 'trade', ticker: trade.ticker, tail: tail ?? tradeTail(trade) });
  }

  /** To be called after whatever may have changed a market's best bids or its figures. */
  publishQuote(market: Market, atMicros: number): void {
    const { ticker } = market;
    market.listing.updatedAtMs = Math.floor(atMicros / 1000);
    if (!this.hub.wanted('ticker')) return;
    const quote = quoteOf(market);
    if (this.#quotes.get(ticker) === quote) return;
    this.#quotes.set(ticker, quote);
    this.hub.publish('ticker', { type: 'ticker', ticker, tail: tickerTail(quote, atMicros) });
  }

  forgetMarket(market: Market): void {
    this.#quotes.delete(market.ticker);
  }
}

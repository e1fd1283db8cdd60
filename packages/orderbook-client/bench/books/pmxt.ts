import { KalshiWebSocket, type PmxtBook } from 'pmxt-core/dist/exchanges/kalshi/websocket.js';
import type { BookContender } from './contender.ts';
import { askDollarsOf, contractsOf, dollarsOf, peerPrices, type Tape } from './tape.ts';

/** Its Kalshi socket's own way to change a book, with the numbers that its decoder would have to find. */
export class Pmxt implements BookContender {
  static readonly title = 'pmxt-core';
  readonly #tape: Tape;
  readonly #client = new KalshiWebSocket({ getHeaders: () => ({}) }, { wsUrl: 'ws://127.0.0.1' });
  readonly #isBid: boolean[];
  readonly #price: Float64Array;
  readonly #delta: Float64Array;
  #books: PmxtBook[] = [];

  constructor(tape: Tape) {
    this.#tape = tape;
    this.#isBid = tape.side.map((side) => side === 'yes');
    this.#price = peerPrices(tape);
    this.#delta = Float64Array.from(tape.delta, contractsOf);
  }

  reset(): void {
    this.#books = this.#tape.snapshots.map(({ yes, no }) => ({
      bids: yes.map(([price, size]) => ({ price: dollarsOf(price), size: contractsOf(size) })).toReversed(),
      asks: no.map(([price, size]) => ({ price: askDollarsOf(price), size: contractsOf(size) })).toReversed(),
      timestamp: 0,
    }));
  }

  apply(): number {
    const { market } = this.#tape;
    for (let index = 0; index < market.length; index++) this.#change(this.#books[market[index]!]!, index);
    return market.length;
  }

  applyAndReadBest(): number {
    const { market } = this.#tape;
    let sum = 0;
    for (let index = 0; index < market.length; index++) {
      const book = this.#books[market[index]!]!;
      this.#change(book, index);
      const bid = book.bids[0]!;
      const ask = book.asks[0]!;
      sum += bid.price + bid.size + ask.price + ask.size;
    }
    return sum;
  }

  applyAndReadTop(): number {
    const { market } = this.#tape;
    let sum = 0;
    for (let index = 0; index < market.length; index++) {
      const book = this.#books[market[index]!]!;
      this.#change(book, index);
      const { bids } = book;
      for (let at = 0; at < 10 && at < bids.length; at++) sum += bids[at]!.price + bids[at]!.size;
    }
    return sum;
  }

  bestBids(): readonly number[] {
    return this.#books.map(({ bids }) => Math.round((bids[0]?.price ?? 0) * 10_000));
  }

  #change(book: PmxtBook, index: number): void {
    const price = this.#price[index]!;
    const delta = this.#delta[index]!;
    if (this.#isBid[index]!) this.#client.applyDelta(book.bids, price, delta, 'desc');
    else this.#client.applyDelta(book.asks, price, delta, 'asc');
  }
}

import { OrderBook, type BookChange } from 'tardis-dev/dist/orderbook.js';
import type { BookContender } from './contender.ts';
import { askDollarsOf, contractsOf, dollarsOf, peerPrices, type Tape } from './tape.ts';

/** It takes messages with new sizes: these are made for it beforehand. */
export class Tardis implements BookContender {
  static readonly title = 'tardis-dev';
  readonly #tape: Tape;
  readonly #messages: BookChange[];
  #books: OrderBook[] = [];

  constructor(tape: Tape) {
    this.#tape = tape;
    const prices = peerPrices(tape);
    this.#messages = tape.side.map((side, index) => {
      const levels = [{ price: prices[index]!, amount: contractsOf(tape.size[index]!) }];
      return { isSnapshot: false, bids: side === 'yes' ? levels : [], asks: side === 'no' ? levels : [] };
    });
  }

  reset(): void {
    this.#books = this.#tape.snapshots.map(({ yes, no }) => {
      const book = new OrderBook();
      const bids = yes.map(([price, size]) => ({ price: dollarsOf(price), amount: contractsOf(size) }));
      const asks = no.map(([price, size]) => ({ price: askDollarsOf(price), amount: contractsOf(size) }));
      book.update({ isSnapshot: true, bids, asks });
      return book;
    });
  }

  apply(): number {
    const { market } = this.#tape;
    for (let index = 0; index < market.length; index++) this.#books[market[index]!]!.update(this.#messages[index]!);
    return market.length;
  }

  applyAndReadBest(): number {
    const { market } = this.#tape;
    let sum = 0;
    for (let index = 0; index < market.length; index++) {
      const book = this.#books[market[index]!]!;
      book.update(this.#messages[index]!);
      const bid = book.bestBid()!;
      const ask = book.bestAsk()!;
      sum += bid.price + bid.amount + ask.price + ask.amount;
    }
    return sum;
  }

  applyAndReadTop(): number {
    const { market } = this.#tape;
    let sum = 0;
    for (let index = 0; index < market.length; index++) {
      const book = this.#books[market[index]!]!;
      book.update(this.#messages[index]!);
      let count = 0;
      for (const { price, amount } of book.bids()) {
        sum += price + amount;
        if (++count === 10) break;
      }
    }
    return sum;
  }

  bestBids(): readonly number[] {
    return this.#books.map((book) => Math.round((book.bestBid()?.price ?? 0) * 10_000));
  }
}

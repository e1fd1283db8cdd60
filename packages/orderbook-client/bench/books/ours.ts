import { OrderBook } from '../../src/core/book/book.ts';
import type { BookContender } from './contender.ts';
import type { Tape } from './tape.ts';

export class Ours implements BookContender {
  static readonly title = '@trader/orderbook-client';
  readonly #tape: Tape;
  readonly #top = new Float64Array(20);
  #books: OrderBook[] = [];

  constructor(tape: Tape) {
    this.#tape = tape;
  }

  reset(): void {
    this.#books = this.#tape.snapshots.map(({ yes, no }) => {
      const book = new OrderBook();
      book.replace(yes, no);
      return book;
    });
  }

  apply(): number {
    const { market, side, price, delta } = this.#tape;
    const books = this.#books;
    let applied = 0;
    for (let index = 0; index < market.length; index++) {
      if (books[market[index]!]!.apply(side[index]!, price[index]!, delta[index]!) === 'applied') applied++;
    }
    return applied;
  }

  applyAndReadBest(): number {
    const { market, side, price, delta } = this.#tape;
    const books = this.#books;
    let sum = 0;
    for (let index = 0; index < market.length; index++) {
      const book = books[market[index]!]!;
      book.apply(side[index]!, price[index]!, delta[index]!);
      sum += book.bestBidPrice('yes') + book.bestBidSize('yes') + book.bestAskPrice('yes') + book.bestAskSize('yes');
    }
    return sum;
  }

  applyAndReadTop(): number {
    const { market, side, price, delta } = this.#tape;
    const books = this.#books;
    const top = this.#top;
    let sum = 0;
    for (let index = 0; index < market.length; index++) {
      const book = books[market[index]!]!;
      book.apply(side[index]!, price[index]!, delta[index]!);
      const levels = book.topBids('yes', 10, top);
      for (let at = 0; at < 2 * levels; at += 2) sum += top[at]! + top[at + 1]!;
    }
    return sum;
  }

  bestBids(): readonly number[] {
    return this.#books.map((book) => book.bestBid('yes')?.[0] ?? 0);
  }
}

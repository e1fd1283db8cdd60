import type { BookContender } from './contender.ts';
import type { Tape } from './tape.ts';

type MapBook = { readonly yes: Map<number, number>; readonly no: Map<number, number> };

/** What is written in an afternoon: sizes by price, looked through for the best. */
export class PlainMap implements BookContender {
  static readonly title = 'a Map for each side';
  readonly #tape: Tape;
  #books: MapBook[] = [];

  constructor(tape: Tape) {
    this.#tape = tape;
  }

  reset(): void {
    this.#books = this.#tape.snapshots.map(({ yes, no }) => ({ yes: new Map(yes), no: new Map(no) }));
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
      const bid = highest(book.yes);
      const ask = highest(book.no);
      sum += bid + book.yes.get(bid)! + (10_000 - ask) + book.no.get(ask)!;
    }
    return sum;
  }

  applyAndReadTop(): number {
    const { market } = this.#tape;
    let sum = 0;
    for (let index = 0; index < market.length; index++) {
      const book = this.#books[market[index]!]!;
      this.#change(book, index);
      const prices = [...book.yes.keys()].toSorted((a, b) => b - a);
      for (let at = 0; at < 10 && at < prices.length; at++) sum += prices[at]! + book.yes.get(prices[at]!)!;
    }
    return sum;
  }

  bestBids(): readonly number[] {
    return this.#books.map(({ yes }) => highest(yes));
  }

  #change(book: MapBook, index: number): void {
    const sizes = book[this.#tape.side[index]!];
    const price = this.#tape.price[index]!;
    const size = (sizes.get(price) ?? 0) + this.#tape.delta[index]!;
    if (size === 0) sizes.delete(price);
    else sizes.set(price, size);
  }
}

function highest(sizes: ReadonlyMap<number, number>): number {
  let highest = 0;
  for (const price of sizes.keys()) if (price > highest) highest = price;
  return highest;
}

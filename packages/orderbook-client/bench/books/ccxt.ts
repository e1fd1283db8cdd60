import { OrderBook, type CcxtBook } from '../ccxt.ts';
import type { BookContender } from './contender.ts';
import { askDollarsOf, contractsOf, dollarsOf, peerPrices, type Tape } from './tape.ts';

/** Its sides take new sizes, not changes: these are given to it for nothing. */
export class Ccxt implements BookContender {
  static readonly title = 'ccxt';
  readonly #tape: Tape;
  readonly #isBid: boolean[];
  readonly #price: Float64Array;
  readonly #size: Float64Array;
  #books: CcxtBook[] = [];

  constructor(tape: Tape) {
    this.#tape = tape;
    this.#isBid = tape.side.map((side) => side === 'yes');
    this.#price = peerPrices(tape);
    this.#size = Float64Array.from(tape.size, contractsOf);
  }

  reset(): void {
    this.#books = this.#tape.snapshots.map(({ yes, no }) => {
      const bids = yes.map(([price, size]) => [dollarsOf(price), contractsOf(size)] as const);
      const asks = no.map(([price, size]) => [askDollarsOf(price), contractsOf(size)] as const);
      return new OrderBook({ bids, asks });
    });
  }

  apply(): number {
    const { market } = this.#tape;
    let sum = 0;
    for (let index = 0; index < market.length; index++) {
      const book = this.#books[market[index]!]!;
      (this.#isBid[index]! ? book.bids : book.asks).store(this.#price[index]!, this.#size[index]!);
      sum += book.bids.length;
    }
    return sum;
  }

  applyAndReadBest(): number {
    const { market } = this.#tape;
    let sum = 0;
    for (let index = 0; index < market.length; index++) {
      const book = this.#books[market[index]!]!;
      (this.#isBid[index]! ? book.bids : book.asks).store(this.#price[index]!, this.#size[index]!);
      const bid = book.bids[0]!;
      const ask = book.asks[0]!;
      sum += bid[0] + bid[1] + ask[0] + ask[1];
    }
    return sum;
  }

  applyAndReadTop(): number {
    const { market } = this.#tape;
    let sum = 0;
    for (let index = 0; index < market.length; index++) {
      const book = this.#books[market[index]!]!;
      (this.#isBid[index]! ? book.bids : book.asks).store(this.#price[index]!, this.#size[index]!);
      const { bids } = book;
      for (let at = 0; at < 10 && at < bids.length; at++) sum += bids[at]![0] + bids[at]![1];
    }
    return sum;
  }

  bestBids(): readonly number[] {
    return this.#books.map(({ bids }) => Math.round((bids[0]?.[0] ?? 0) * 10_000));
  }
}

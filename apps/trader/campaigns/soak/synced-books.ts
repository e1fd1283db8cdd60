// Compares the books that the trader calls synced with the exchange's own.
import type { Exchange } from '@trader/exchange-simulator';
import { formatPrice, formatSize } from '@trader/orderbook-client';
import type { Status } from '../../src/status.ts';

type Seen = { readonly shown: string; readonly real: string; readonly sinceMs: number };

/** So long neither side may have changed: a book that is on its way there is not wrong. */
const SETTLED_MS = 2_000;
const ONE_DOLLAR = 10_000;

export class SyncedBooks {
  readonly #exchange: Pick<Exchange, 'book'>;
  readonly #differing = new Map<string, Seen>();
  readonly #found = new Set<string>();
  compared = 0;

  constructor(exchange: Pick<Exchange, 'book'>) {
    this.#exchange = exchange;
  }

  /** Of each market once. */
  get wrong(): readonly string[] {
    return [...this.#found];
  }

  /** @param isExcused nobody can know at this time that what is shown is old */
  compare(books: Status['books'], atMs: number, isExcused: boolean): void {
    for (const { market, synced, yesBid, yesAsk } of books) {
      const real = synced && !isExcused ? this.#realOf(market) : null;
      const shown = JSON.stringify([yesBid, yesAsk]);
      if (real === null || real === shown) {
        if (real !== null) this.compared++;
        this.#differing.delete(market);
        continue;
      }
      const before = this.#differing.get(market);
      if (before?.shown !== shown || before.real !== real) this.#differing.set(market, { shown, real, sinceMs: atMs });
      else if (atMs - before.sinceMs >= SETTLED_MS)
        this.#found.add(`${market} at ${(atMs / 1000).toFixed(1)} s shows ${shown}, and is ${real}`);
    }
  }

  #realOf(market: string): string | null {
    const book = this.#exchange.book(market);
    if (!book) return null;
    const [bid, ask] = [book.yes.at(-1), book.no.at(-1)];
    return JSON.stringify([
      bid ? [formatPrice(bid[0]), formatSize(bid[1])] : null,
      ask ? [formatPrice(ONE_DOLLAR - ask[0]), formatSize(ask[1])] : null,
    ]);
  }
}

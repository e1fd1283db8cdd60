// When each book was last compared with the exchange's, and what came of it.
import type { BookView, OrderbookClient } from '@trader/orderbook-client';

export type Audit = {
  /** Wall clock. */
  readonly atMs: number;
  /** Levels that were not equal. */
  readonly differences: number;
};

/** Of each book; the oldest are forgotten. */
const AUDITS_KEPT = 50;

export class MarketAudits {
  /** By the book itself: what is not wanted any more is forgotten with it. */
  readonly #audits = new WeakMap<BookView, Audit[]>();

  follow(client: OrderbookClient): void {
    client.on('audited', ({ market, differences, atMs }) => {
      const book = client.book(market);
      if (!book) return;
      this.#audits.set(book, [...this.of(book).slice(-AUDITS_KEPT + 1), { atMs, differences }]);
    });
  }

  /** Oldest first. */
  of(book: BookView): readonly Audit[] {
    return this.#audits.get(book) ?? [];
  }
}

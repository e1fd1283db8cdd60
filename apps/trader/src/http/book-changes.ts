// When each book last changed. The client does not say, and asking every book every quarter second whether its levels
// differ would cost more than counting.
import type { BookView, OrderbookClient } from '@trader/orderbook-client';

export type BookChange = {
  /** Rises with each change. */
  readonly version: number;
  /** When the latest was read, ms since the Unix epoch. */
  readonly atMs: number;
};

type Tracked = { version: number; atMs: number; checksum: number; checksumOf: number };

export class BookChanges {
  /** By the book itself, which lives as long as its market is wanted: what is not wanted any more is forgotten with it. */
  readonly #changes = new WeakMap<BookView, Tracked>();

  /** Counts from now on; for each delta a look-up and two assignments. */
  follow(client: OrderbookClient): void {
    client.on('delta', ({ market, applied, receivedAtMs }) => {
      const book = applied ? client.book(market) : undefined;
      if (book) changed(this.#tracked(book), receivedAtMs);
    });
    client.on('snapshot', ({ market, applied, receivedAtMs }) => {
      const book = applied ? client.book(market) : undefined;
      if (!book) return;
      const tracked = this.#tracked(book);
      const checksum = book.checksum();
      // An audit brings the same book again: of a quiet one that shows, and of a busy one it makes no difference.
      if (tracked.version === tracked.checksumOf && tracked.checksum === checksum) return;
      changed(tracked, receivedAtMs);
      tracked.checksum = checksum;
      tracked.checksumOf = tracked.version;
    });
  }

  /** `undefined`: nothing came yet. */
  of(book: BookView): BookChange | undefined {
    return this.#changes.get(book);
  }

  #tracked(book: BookView): Tracked {
    let tracked = this.#changes.get(book);
    if (!tracked) this.#changes.set(book, (tracked = { version: 0, atMs: 0, checksum: 0, checksumOf: -1 }));
    return tracked;
  }
}

function changed(tracked: Tracked, atMs: number): void {
  tracked.version++;
  tracked.atMs = atMs;
}

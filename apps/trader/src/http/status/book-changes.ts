// When each book last changed. The client does not say, and asking every book every quarter second whether its levels
// differ would cost more than counting.
import type { BookView, OrderbookClient } from '@trader/orderbook-client';
import { systemRuntime } from '../../runtime/system-runtime.ts';

export type BookChange = {
  /** Rises with each change. */
  readonly version: number;
  /** When the latest was read, on the monotonic clock, to a millisecond. */
  readonly atMs: number;
};

type Tracked = { version: number; atMs: number; checksum: number; checksumOf: number };

export class BookChanges {
  /** By the book itself, which lives as long as its market is wanted: what is not wanted any more is forgotten with it. */
  readonly #changes = new WeakMap<BookView, Tracked>();
  readonly #monotonicMs: () => number;
  /** The latest reading of the clock serves all that was received in the same millisecond: deltas come by the hundred thousand. */
  #read = { receivedAtMs: Number.NaN, atMs: 0 };

  constructor(monotonicMs: () => number = () => systemRuntime.monotonicMs()) {
    this.#monotonicMs = monotonicMs;
  }

  /** Counts from now on; for each delta a look-up and a few assignments. */
  follow(client: OrderbookClient): void {
    client.on('delta', ({ market, applied, receivedAtMs }) => {
      const book = applied ? client.book(market) : undefined;
      if (book) this.#changed(this.#tracked(book), receivedAtMs);
    });
    client.on('snapshot', ({ market, applied, receivedAtMs }) => {
      const book = applied ? client.book(market) : undefined;
      if (!book) return;
      const tracked = this.#tracked(book);
      const checksum = book.checksum();
      // An audit brings the same book again: of a quiet one that shows, and of a busy one it makes no difference.
      if (tracked.version === tracked.checksumOf && tracked.checksum === checksum) return;
      this.#changed(tracked, receivedAtMs);
      tracked.checksum = checksum;
      tracked.checksumOf = tracked.version;
    });
  }

  /** `undefined`: nothing came yet. */
  of(book: BookView): BookChange | undefined {
    return this.#changes.get(book);
  }

  #changed(tracked: Tracked, receivedAtMs: number): void {
    if (receivedAtMs !== this.#read.receivedAtMs) this.#read = { receivedAtMs, atMs: this.#monotonicMs() };
    tracked.version++;
    tracked.atMs = this.#read.atMs;
  }

  #tracked(book: BookView): Tracked {
    let tracked = this.#changes.get(book);
    if (!tracked) this.#changes.set(book, (tracked = { version: 0, atMs: 0, checksum: 0, checksumOf: -1 }));
    return tracked;
  }
}

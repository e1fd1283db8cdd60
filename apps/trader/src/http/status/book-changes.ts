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

type Tracked = {
  version: number;
  atMs: number;
  checksum: number;
  checksumOf: number;
  /** Where its window began, what came in it, and in the one before. */
  windowAtMs: number;
  inWindow: number;
  before: number;
};

/** Changes are counted in windows of it: of two, the older counts by the part that is not yet past. */
const WINDOW_MS = 10_000;

const newlyTracked = (): Tracked => ({
  version: 0,
  atMs: 0,
  checksum: 0,
  checksumOf: -1,
  windowAtMs: 0,
  inWindow: 0,
  before: 0,
});

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

  /** Of the last ten seconds, to a tenth. @param nowMs of the monotonic clock */
  perSecond(book: BookView, nowMs: number): number {
    const tracked = this.#changes.get(book);
    if (!tracked) return 0;
    const agoMs = nowMs - tracked.windowAtMs;
    const [recent, older] = agoMs < WINDOW_MS ? [tracked.inWindow, tracked.before] : [0, tracked.inWindow];
    const left = Math.max(1 - (agoMs % WINDOW_MS) / WINDOW_MS, 0);
    const changes = agoMs < 2 * WINDOW_MS ? recent + older * left : 0;
    return Math.round((changes * 10_000) / WINDOW_MS) / 10;
  }

  #changed(tracked: Tracked, receivedAtMs: number): void {
    if (receivedAtMs !== this.#read.receivedAtMs) this.#read = { receivedAtMs, atMs: this.#monotonicMs() };
    const agoMs = this.#read.atMs - tracked.windowAtMs;
    if (agoMs >= WINDOW_MS) {
      tracked.before = agoMs < 2 * WINDOW_MS ? tracked.inWindow : 0;
      tracked.inWindow = 0;
      tracked.windowAtMs += Math.floor(agoMs / WINDOW_MS) * WINDOW_MS;
    }
    tracked.inWindow++;
    tracked.version++;
    tracked.atMs = this.#read.atMs;
  }

  #tracked(book: BookView): Tracked {
    let tracked = this.#changes.get(book);
    if (!tracked) this.#changes.set(book, (tracked = newlyTracked()));
    return tracked;
  }
}

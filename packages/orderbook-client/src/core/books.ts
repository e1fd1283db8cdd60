// The books of all wanted markets, and how many of them are current.
import type { StaleReason } from '../events.ts';
import { TrackedBook, type BookView } from './book-view.ts';
import type { DeltaMessage, SnapshotMessage } from './decode.ts';

/** What became of a delta. */
export type DeltaOutcome = 'applied' | 'stale' | 'desynced' | 'foreign';

/** The books of the wanted markets. */
export class Books {
  readonly #books = new Map<string, TrackedBook>();
  #synced = 0;

  constructor(markets: readonly string[]) {
    for (const market of markets) this.add(market);
  }

  add(market: string): void {
    if (!this.#books.has(market)) this.#books.set(market, new TrackedBook(market));
  }

  /** Views of it that somebody holds are stale from now on. */
  remove(market: string): void {
    const book = this.#books.get(market);
    if (!book) return;
    if (book.synced) this.#synced--;
    book.staleReason = 'unwanted';
    this.#books.delete(market);
  }

  has(market: string): boolean {
    return this.#books.has(market);
  }

  markets(): string[] {
    return [...this.#books.keys()];
  }

  get size(): number {
    return this.#books.size;
  }

  get syncedCount(): number {
    return this.#synced;
  }

  get(market: string): BookView | undefined {
    return this.#books.get(market);
  }

  all(): IterableIterator<BookView> {
    return this.#books.values();
  }

  /** The markets that wait for a snapshot. */
  staleMarkets(): string[] {
    return [...this.#books.values()].filter((book) => !book.synced).map((book) => book.market);
  }

  /** A snapshot makes the book current. `false`: nobody wants this market. */
  replace({ market, yes, no }: SnapshotMessage): boolean {
    const book = this.#books.get(market);
    if (!book) return false;
    book.book.replace(yes, no);
    if (book.staleReason !== null) this.#synced++;
    book.staleReason = null;
    return true;
  }

  /** A stale book takes no deltas: they would build on numbers that are not there. */
  apply({ market, side, price, delta }: DeltaMessage): DeltaOutcome {
    const book = this.#books.get(market);
    if (!book) return 'foreign';
    if (book.staleReason !== null) return 'stale';
    if (book.book.apply(side, price, delta) === 'applied') return 'applied';
    this.#markStale(book, 'desync');
    return 'desynced';
  }

  /** The synced market after `previous` in the order in which they were added, round and round. */
  nextSynced(previous: string | null): string | undefined {
    let first: string | undefined;
    let passed = previous === null || !this.#books.has(previous);
    for (const book of this.#books.values()) {
      if (book.synced && passed) return book.market;
      if (book.synced) first ??= book.market;
      passed ||= book.market === previous;
    }
    return first;
  }

  markStale(market: string, reason: StaleReason): void {
    const book = this.#books.get(market);
    if (book) this.#markStale(book, reason);
  }

  markAllStale(reason: StaleReason): void {
    for (const book of this.#books.values()) this.#markStale(book, reason);
  }

  #markStale(book: TrackedBook, reason: StaleReason): void {
    if (book.staleReason === null) this.#synced--;
    // A market that never had a snapshot may not exist: that stays its reason, whatever else happens.
    if (book.staleReason !== 'no-snapshot-yet') book.staleReason = reason;
  }
}

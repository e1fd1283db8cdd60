// Every wanted market's book with the one thing that a trader must know of it: whether it is current.
import type { StaleReason } from '../events.ts';
import { OrderBook, type Level, type Side } from './book.ts';
import type { DeltaMessage, SnapshotMessage } from './decode.ts';

/** A book as readers see it. The object stays the same for the life of the client; what it answers changes. */
export interface BookView {
  readonly market: string;
  /** `true`: built from a snapshot of this connection, with no gap since. Only then is it right. */
  readonly synced: boolean;
  /** Why it is not synced, or `null`. */
  readonly staleReason: StaleReason | null;
  /** Highest bid of a side, or `undefined`. Of a stale book this is the last known one. */
  bestBid(side: Side): Level | undefined;
  /** Lowest ask of a side, derived as the complement of the other side's best bid. */
  bestAsk(side: Side): Level | undefined;
  /** Size in 1/100 contract at a price in 1/10,000 dollar; 0 where nothing rests. */
  sizeAt(side: Side, price: number): number;
  /** A copy of a side's levels, ascending by price. */
  levels(side: Side): readonly Level[];
}

class TrackedBook implements BookView {
  readonly market: string;
  readonly book = new OrderBook();
  staleReason: StaleReason | null = 'no-snapshot-yet';

  constructor(market: string) {
    this.market = market;
  }

  get synced(): boolean {
    return this.staleReason === null;
  }

  bestBid(side: Side): Level | undefined {
    return this.book.bestBid(side);
  }

  bestAsk(side: Side): Level | undefined {
    return this.book.bestAsk(side);
  }

  sizeAt(side: Side, price: number): number {
    return this.book.sizeAt(side, price);
  }

  levels(side: Side): readonly Level[] {
    return this.book.levels(side);
  }
}

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

// The books of all wanted markets, how many of them are current, and which of them is to be asked about next.
import type { StaleReason } from '../../events.ts';
import { TrackedBook, type BookView } from '../book/book-view.ts';
import type { SnapshotMessage } from '../decode/decode.ts';
import { Rounds } from './rounds.ts';
import { isUnusual } from './silence.ts';
import { TickerTable } from '../decode/ticker-table.ts';

/** This connection has not sent a first snapshot of it. Any other stale book is broken: it was right, and is not now. */
const isAwaited = (reason: StaleReason | null): boolean => reason === 'no-snapshot-yet' || reason === 'disconnected';

/** Books that one look at silences reads; thousands of them are looked at in turns. */
const BOOKS_PER_LOOK = 1000;

/** The rounds over all books. */
const AUDIT_ROUND = 0;
const SILENCE_ROUND = 1;

export class Books {
  /** The same books, found by the bytes of a frame. */
  readonly byBytes = new TickerTable<TrackedBook>();
  readonly #books = new Map<string, TrackedBook>();
  #synced = 0;
  #awaited = 0;
  #latest: TrackedBook | null = null;
  readonly #rounds = new Rounds<TrackedBook>(2);

  constructor(markets: readonly string[]) {
    for (const market of markets) this.add(market);
  }

  add(market: string): void {
    if (this.#books.has(market)) return;
    const book = new TrackedBook(market);
    this.#books.set(market, book);
    this.byBytes.set(market, book);
    this.#rounds.add(book);
    this.#awaited++;
  }

  /** Views of it that somebody holds are stale from now on. */
  remove(market: string): void {
    const book = this.#books.get(market);
    if (!book) return;
    this.#turn(book, 'unwanted');
    this.#books.delete(market);
    this.byBytes.delete(market);
    this.#rounds.delete(book);
    if (this.#latest === book) this.#latest = null;
  }

  has(market: string): boolean {
    return this.#books.has(market);
  }

  markets(): IterableIterator<string> {
    return this.#books.keys();
  }

  get size(): number {
    return this.#books.size;
  }

  get syncedCount(): number {
    return this.#synced;
  }

  /** Books that wait for this connection's first snapshot of them. */
  get awaitedCount(): number {
    return this.#awaited;
  }

  /** Books that were right on this connection, and are not now. */
  get brokenCount(): number {
    return this.#books.size - this.#synced - this.#awaited;
  }

  get(market: string): TrackedBook | undefined {
    return this.#books.get(market);
  }

  all(): IterableIterator<BookView> {
    return this.#books.values();
  }

  staleMarkets(): string[] {
    return this.#marketsWith((reason) => reason !== null);
  }

  awaitedMarkets(): string[] {
    return this.#marketsWith(isAwaited);
  }

  brokenMarkets(): string[] {
    return this.#marketsWith((reason) => reason !== null && !isAwaited(reason));
  }

  #marketsWith(test: (reason: StaleReason | null) => boolean): string[] {
    const markets: string[] = [];
    for (const { market, staleReason } of this.#books.values()) if (test(staleReason)) markets.push(market);
    return markets;
  }

  /** A snapshot makes the book current. Times here and below are of the monotonic clock. */
  replace(book: TrackedBook, { yes, no }: SnapshotMessage, atMs: number): void {
    book.replace(yes, no);
    book.changedAt(atMs);
    this.#turn(book, null);
  }

  /** It has changed, at `atMs`. */
  changed(book: TrackedBook, atMs: number): void {
    book.changedAt(atMs);
    this.#latest = book;
  }

  /** The synced market whose turn it is, round and round in the order in which they were added. */
  nextSynced(): string | undefined {
    for (let looked = 0; looked <= this.#books.size; looked++) {
      const book = this.#rounds.next(AUDIT_ROUND);
      if (book?.synced) return book.market;
    }
    return undefined;
  }

  /** The market that has changed last, if its book is synced; else any that is. */
  latestChanged(): string | undefined {
    return this.#latest?.synced ? this.#latest.market : this.nextSynced();
  }

  /** A synced market that has been silent for longer than its past explains, among those whose turn it is. */
  unusuallySilent(atMs: number): string | undefined {
    for (let looked = 0; looked < Math.min(BOOKS_PER_LOOK, this.#books.size); looked++) {
      const book = this.#rounds.next(SILENCE_ROUND);
      if (book?.synced && isUnusual(atMs - book.lastChangeAtMs, book.usualGapMs)) return book.market;
    }
    return undefined;
  }

  /**
   * A first reason stays until the next snapshot, except that a lost connection explains everything; a market that never
   * had a snapshot may not exist, and that stays its reason whatever else happens.
   *
   * @returns the markets whose books were synced until now
   */
  markStale(markets: Iterable<string>, reason: StaleReason): string[] {
    const turned: string[] = [];
    for (const market of markets) {
      const book = this.#books.get(market);
      if (!book) continue;
      if (book.synced) turned.push(market);
      if (book.synced || (reason === 'disconnected' && book.staleReason !== 'no-snapshot-yet'))
        this.#turn(book, reason);
    }
    return turned;
  }

  #turn(book: TrackedBook, reason: StaleReason | null): void {
    this.#synced += Number(reason === null) - Number(book.synced);
    this.#awaited += Number(isAwaited(reason)) - Number(isAwaited(book.staleReason));
    book.staleReason = reason;
  }
}

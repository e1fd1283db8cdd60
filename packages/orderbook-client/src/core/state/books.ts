// The books of all wanted markets, how many of them are current, and which of them is to be asked about next.
import type { StaleReason } from '../../events.ts';
import { TrackedBook, type BookView } from '../book/book-view.ts';
import type { Level } from '../price/book-level.ts';
import { Rounds } from './rounds.ts';
import { isUnusual, nextUsualGapMs } from './silence.ts';
import { TickerTable } from '../decode/ticker-table.ts';

/** This connection has not sent a first snapshot of it. */
const isAwaited = ({ staleReason }: TrackedBook): boolean =>
  staleReason === 'no-snapshot-yet' || staleReason === 'disconnected';

/** It was right on this connection, and is not now. */
const isBroken = (book: TrackedBook): boolean => needsSnapshot(book) && !book.setAside && !isAwaited(book);

const needsSnapshot = ({ synced, suspended }: TrackedBook): boolean => !synced && !suspended;

/** Books that one look at silences reads; thousands of them are looked at in turns. */
const BOOKS_PER_LOOK = 1000;

/** Of a snapshot. */
type Sides = { readonly yes: readonly Level[]; readonly no: readonly Level[] };

/** The rounds over all books. */
const AUDIT_ROUND = 0;
const SILENCE_ROUND = 1;

export class Books {
  /** The same books, found by the bytes of a frame. */
  readonly byBytes = new TickerTable<TrackedBook>();
  readonly #books = new Map<string, TrackedBook>();
  #synced = 0;
  #missing = 0;
  #broken = 0;
  #latest: TrackedBook | null = null;
  readonly #rounds = new Rounds<TrackedBook>(2);

  constructor(markets: readonly string[]) {
    for (const market of markets) this.add(market);
  }

  /** @param book one that was taken out before, for whoever still holds it */
  add(market: string, book = new TrackedBook(market)): void {
    if (this.#books.has(market)) return;
    this.#books.set(market, book);
    this.byBytes.set(market, book);
    this.#rounds.add(book);
    this.#count(book, 1);
  }

  /** Views of it that somebody holds are stale from now on. */
  remove(market: string): void {
    const book = this.#books.get(market);
    if (!book) return;
    this.#turn(book, 'unwanted');
    this.#count(book, -1);
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

  /** Books that only a snapshot makes right. */
  get missingCount(): number {
    return this.#missing;
  }

  /** Those among them that were right on this connection, and whose fault is not known to be their own. */
  get brokenCount(): number {
    return this.#broken;
  }

  get(market: string): TrackedBook | undefined {
    return this.#books.get(market);
  }

  all(): IterableIterator<BookView> {
    return this.#books.values();
  }

  missingMarkets(): string[] {
    const markets: string[] = [];
    for (const book of this.#books.values()) if (needsSnapshot(book)) markets.push(book.market);
    return markets;
  }

  isBroken(market: string): boolean {
    const book = this.#books.get(market);
    return book !== undefined && isBroken(book);
  }

  isSetAside(market: string): boolean {
    return this.#books.get(market)?.setAside === true;
  }

  /** From here to its next snapshot the market is its own affair. */
  setAside(market: string): void {
    const book = this.#books.get(market);
    if (!book) return;
    this.#count(book, -1);
    book.setAside = true;
    this.#count(book, 1);
  }

  /**
   * A snapshot makes the book current. Times here and below are of the monotonic clock.
   *
   * @param doubt why no book can be called synced now, or `null`
   */
  replace(book: TrackedBook, { yes, no }: Sides, doubt: StaleReason | null, atMs: number): void {
    book.replace(yes, no);
    this.#noteChange(book, atMs);
    this.#turn(book, doubt, { suspended: doubt !== null, setAside: false });
  }

  /** It has changed, at `atMs`. */
  changed(book: TrackedBook, atMs: number): void {
    this.#noteChange(book, atMs);
    this.#latest = book;
  }

  #noteChange(book: TrackedBook, atMs: number): void {
    const gapMs = atMs - book.lastChangeAtMs;
    if (!Number.isNaN(gapMs)) book.usualGapMs = nextUsualGapMs(book.usualGapMs, gapMs);
    book.lastChangeAtMs = atMs;
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
      const explains = reason === 'disconnected' && book.staleReason !== 'no-snapshot-yet';
      if (book.synced || book.suspended || explains) this.#turn(book, reason, { setAside: false });
    }
    return turned;
  }

  /**
   * Whether those of these books are right that are synced is not known. They are stale, and followed all the same.
   *
   * @returns their markets
   */
  suspend(reason: StaleReason, markets: Iterable<string> = this.#books.keys()): string[] {
    const turned: string[] = [];
    for (const market of markets) {
      const book = this.#books.get(market);
      if (!book?.synced) continue;
      this.#turn(book, reason, { suspended: true });
      turned.push(market);
    }
    return turned;
  }

  /**
   * Nothing was missed: what of these was suspended is synced.
   *
   * @returns its markets
   */
  verify(markets: Iterable<string> = this.#books.keys()): string[] {
    const turned: string[] = [];
    for (const market of markets) {
      const book = this.#books.get(market);
      if (!book?.suspended) continue;
      this.#turn(book, null);
      turned.push(market);
    }
    return turned;
  }

  /** It could not be shown that nothing was missed: only snapshots help. */
  giveUpSuspended(): void {
    for (const book of this.#books.values()) if (book.suspended) this.#turn(book, book.staleReason);
  }

  firstSuspended(): string | undefined {
    for (const book of this.#books.values()) if (book.suspended) return book.market;
    return undefined;
  }

  get suspendedCount(): number {
    return this.#books.size - this.#synced - this.#missing;
  }

  #turn(
    book: TrackedBook,
    reason: StaleReason | null,
    { suspended = false, setAside = book.setAside }: { suspended?: boolean; setAside?: boolean } = {},
  ): void {
    this.#count(book, -1);
    book.staleReason = reason;
    book.suspended = suspended;
    book.setAside = setAside;
    this.#count(book, 1);
  }

  #count(book: TrackedBook, by: 1 | -1): void {
    if (book.synced) this.#synced += by;
    if (needsSnapshot(book)) this.#missing += by;
    if (isBroken(book)) this.#broken += by;
  }
}

import type { DeltaRecord, GapRecord, SnapshotRecord } from '../records.ts';
import { dayMs } from '../database/day.ts';
import { BookFold } from './book-fold.ts';

/** When a market's book is stored again. */
export type KeyframeSpacing = {
  /** So long after its last stored book, in ms of arrival. */
  readonly intervalMs: number;
  /** After so many deltas, however short the time: no more have to be folded for a book. An eighth of it has to lie between two. */
  readonly everyDeltas: number;
};

/** A market's book after one of its deltas. */
export type Keyframe = Omit<SnapshotRecord, 'kind'>;

type Book = {
  /** Since when its subscription has had no hole: see `Keyframes`. */
  readonly era: number;
  readonly fold: BookFold;
  /** When it was stored last, and its deltas since. */
  storedAtMs: number;
  deltas: number;
};

/** Books that are folded; beyond that the one whose book was stored first is let go, until its next snapshot. */
const mostBooks = 100_000;

/**
 * The books of a session's markets, folded as its records come, so that a reader need not go back to a snapshot of last week. A book is
 * known from a snapshot to the next hole: each subscription has a number, its era, and another one after each hole. A market has one
 * book, of the subscription that its last snapshot came on; so nothing is kept of connections that have ended.
 */
export class Keyframes {
  readonly #intervalMs: number;
  readonly #fewestDeltas: number;
  readonly #everyDeltas: number;
  /** By when they were stored last. */
  readonly #books = new Map<string, Book>();

  constructor({ intervalMs, everyDeltas }: KeyframeSpacing) {
    this.#intervalMs = intervalMs;
    // Otherwise a quiet market's books of a hundred levels each would be most of what is stored.
    this.#fewestDeltas = Math.max(1, everyDeltas >> 3);
    this.#everyDeltas = everyDeltas;
  }

  snapshot({ market, yes, no, receivedAtMs }: SnapshotRecord, era: number): void {
    const fold = new BookFold();
    fold.set(yes, no);
    this.#stored(market, { era, fold, storedAtMs: receivedAtMs, deltas: 0 });
  }

  /** @returns the market's book, where that is due */
  delta({ epoch, sid, seq, market, side, price, delta, receivedAtMs }: DeltaRecord, era: number): Keyframe | null {
    const book = this.#books.get(market);
    if (book?.era !== era) return null;
    // The store's integers do not hold it.
    if (!Number.isSafeInteger(book.fold.change(side, price, delta))) {
      this.#books.delete(market);
      return null;
    }
    book.deltas++;
    if (!this.#isDue(book, receivedAtMs)) return null;
    this.#stored(market, { era, fold: book.fold, storedAtMs: receivedAtMs, deltas: 0 });
    return { epoch, sid, seq, market, receivedAtMs, yes: book.fold.levels('yes'), no: book.fold.levels('no') };
  }

  /** A hole of this market alone. */
  forget(market: string, era: number): void {
    if (this.#books.get(market)?.era === era) this.#books.delete(market);
  }

  /** Once a day at least where it changes at all: the book is needed when the day before expires. */
  #isDue({ storedAtMs, deltas }: Book, atMs: number): boolean {
    if (deltas >= this.#everyDeltas) return true;
    // A clock may go back.
    const ageMs = Math.abs(atMs - storedAtMs);
    return ageMs >= dayMs || (deltas >= this.#fewestDeltas && ageMs >= this.#intervalMs);
  }

  #stored(market: string, book: Book): void {
    this.#books.delete(market);
    this.#books.set(market, book);
    if (this.#books.size <= mostBooks) return;
    const [first] = this.#books.keys();
    this.#books.delete(first!);
  }
}

/** Whether a hole may lie in what follows on a subscription. */
export const mayConcern = (gap: GapRecord, { epoch, sid }: { readonly epoch: number; readonly sid: number }): boolean =>
  gap.epoch === epoch && (gap.sid === null || gap.sid === sid);

import type { GapRecord } from '../../records.ts';

/** Where a book was known: after this number of an (epoch, sid), which arrived then. */
export type BookPlace = {
  readonly epoch: number;
  readonly sid: number;
  readonly seq: number;
  /** ms since the epoch. */
  readonly receivedAtMs: number;
};

/**
 * Whether a hole of a book's market, or of all markets, breaks what follows the book. One of the same subscription that names a number is judged by its numbers, and
 * where only one end is known the hole is there; any other hole of the epoch is judged by its time.
 */
export function breaks(gap: GapRecord, book: BookPlace): boolean {
  if (gap.epoch !== book.epoch || (gap.sid !== null && gap.sid !== book.sid)) return false;
  const last = gap.lastSeq ?? gap.firstSeq;
  if (gap.sid !== null && last !== null) return last > book.seq;
  return (gap.toAtMs ?? gap.fromAtMs) >= book.receivedAtMs;
}

/** From when on a book is not known any more, by the clock: not before it was known. */
export const brokenFromMs = (gap: GapRecord, book: BookPlace): number => Math.max(gap.fromAtMs, book.receivedAtMs);

/** The first hole that breaks what follows a book, by time; `null` if there is none. */
export function firstBreak(gaps: readonly GapRecord[], book: BookPlace): GapRecord | null {
  let first: GapRecord | null = null;
  for (const gap of gaps) {
    if (breaks(gap, book) && (!first || brokenFromMs(gap, book) < brokenFromMs(first, book))) first = gap;
  }
  return first;
}

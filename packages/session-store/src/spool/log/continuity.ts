import type { SpoolNeighbour } from '../spool.ts';
import type { LogBlock } from './log-block.ts';

/** Numbers without a block. */
export type Hole = {
  readonly first: number;
  readonly last: number;
  /** Bytes that were there instead, and the segment that holds the first of them. */
  readonly bytes: number;
  readonly segment: string | null;
  readonly before: SpoolNeighbour | null;
  /** Known only once the next entry was seen. */
  after: SpoolNeighbour | null;
};

/**
 * Follows the numbers through a log. Only a number that is missing is a loss: bytes that are no block are the leftover of a
 * failed write when the numbers go on behind them, and numbers that come again were written twice, as they are after a failed sync.
 */
export class Continuity {
  readonly holes: Hole[] = [];
  #next: number | null;
  #badBytes = 0;
  #badSegment: string | null = null;
  #before: SpoolNeighbour | null = null;

  /** @param next the number of the first block, `null` when any will do */
  constructor(next: number | null) {
    this.#next = next;
  }

  /** The number that the next block should have; `null` when there was none yet and any will do. */
  get next(): number | null {
    return this.#next;
  }

  /** Bytes since the last block that are no blocks. */
  get badBytes(): number {
    return this.#badBytes;
  }

  /** The last entry. */
  get before(): SpoolNeighbour | null {
    return this.#before;
  }

  bad(bytes: number, segment: string): void {
    this.#badBytes += bytes;
    this.#badSegment ??= segment;
  }

  /** @returns whether this block was not there before */
  accept({ number, content }: LogBlock): boolean {
    if (this.#next !== null && number < this.#next) return false;
    if (this.#next !== null && number > this.#next) this.missing(number - 1);
    this.#next = number + 1;
    this.#forgetBad();
    if (content.kind === 'entry') {
      this.#before = { session: content.session, batch: content.batch, atMs: content.atMs };
      for (let index = this.holes.length - 1; index >= 0 && !this.holes[index]!.after; index--) {
        this.holes[index]!.after = this.#before;
      }
    }
    return true;
  }

  /** Up to this number there should have been blocks. */
  missing(last: number): void {
    this.holes.push({
      first: this.#next ?? last,
      last,
      bytes: this.#badBytes,
      segment: this.#badSegment,
      before: this.#before,
      after: null,
    });
    this.#next = last + 1;
    this.#forgetBad();
  }

  #forgetBad(): void {
    this.#badBytes = 0;
    this.#badSegment = null;
  }
}

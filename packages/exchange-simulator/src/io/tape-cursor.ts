// One tape's next frame. In goes a file, line by line; out comes one frame at a time, with the moment when it is due.
import type { MergeSource } from '../core/merge-queue.ts';
import { parseTapeLine, type TapeFrame } from '../core/tape/tape-line.ts';
import { TapeClock } from '../core/tape/tape-timeline.ts';
import { invalidTape, readTapeLines } from './tape-file.ts';
import { isBlank } from './tape-scan.ts';

export interface TapeCursorOptions {
  readonly file: string;
  /** Place of the tape in the options: of frames due together, the earlier tape's goes first. */
  readonly order: number;
  readonly firstMs: number | undefined;
  /** What is zero on the timeline of the tape's group. */
  readonly originMs: number;
  /** Tickers whose first snapshot is not played. */
  readonly primed: ReadonlySet<string>;
  /** Lines that the scan has found to be no frames. */
  readonly badLines: ReadonlySet<number>;
  readonly onSkipped: (type: string) => void;
}

/** A place on one tape, at the next frame that is to be played. */
export class TapeCursor implements MergeSource {
  readonly order: number;
  /** Whether the tape has times; one without is due at once. */
  readonly timed: boolean;
  /** When the frame is due, ms on the group's timeline. */
  dueMs = 0;
  frame!: Exclude<TapeFrame, { kind: 'other' }>;
  readonly #file: string;
  readonly #originMs: number;
  readonly #primed: Set<string>;
  readonly #badLines: ReadonlySet<number>;
  readonly #onSkipped: (type: string) => void;
  readonly #clock: TapeClock;
  readonly #batches: AsyncGenerator<readonly string[], void, undefined>;
  #lines: readonly string[] = [];
  #next = 0;
  #linesBefore = 0;

  constructor({ file, order, firstMs, originMs, primed, badLines, onSkipped }: TapeCursorOptions) {
    this.order = order;
    this.timed = firstMs !== undefined;
    this.#file = file;
    this.#originMs = originMs;
    this.#primed = new Set(primed);
    this.#badLines = badLines;
    this.#onSkipped = onSkipped;
    this.#clock = new TapeClock(firstMs);
    this.#batches = readTapeLines(file);
  }

  /**
   * Goes on to the next frame among the lines in memory.
   *
   * @returns false when there is none: {@link refill} is next
   * @throws {ExchangeError} `TAPE_INVALID`, when the file is not what it was at the scan
   */
  advance(): boolean {
    while (this.#next < this.#lines.length) {
      const line = this.#lines[this.#next++] as string;
      if (isBlank(line)) continue;
      const frame = parseTapeLine(line);
      if (frame.kind === 'invalid') {
        const number = this.#linesBefore + this.#next;
        if (this.#badLines.has(number)) continue;
        throw invalidTape(this.#file, number, frame.expected);
      }
      const atMs = this.#clock.at(frame.atMs);
      if (frame.kind === 'other') {
        this.#onSkipped(frame.type);
        continue;
      }
      if (frame.kind === 'snapshot' && this.#primed.delete(frame.ticker)) continue;
      this.dueMs = this.timed ? atMs - this.#originMs : 0;
      this.frame = frame;
      return true;
    }
    return false;
  }

  /**
   * Reads on until there is a frame.
   *
   * @returns false at the end of the tape
   */
  async refill(): Promise<boolean> {
    for (;;) {
      const { done, value } = await this.#batches.next();
      if (done || !value) return false;
      this.#linesBefore += this.#lines.length;
      this.#lines = value;
      this.#next = 0;
      if (this.advance()) return true;
    }
  }

  async close(): Promise<void> {
    await this.#batches.return();
  }
}

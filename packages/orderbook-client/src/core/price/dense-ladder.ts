// A ladder with a cell for every price of the grid: a change is one addition, at any price.
import type { Level } from './book-level.ts';
import { ONE_DOLLAR } from './price.ts';
import type { AddSizeResult, Ladder } from './ladder.ts';

/** How many prices a grid has: from 0 to a dollar, both included. */
export const slotsOf = (step: number): number => ONE_DOLLAR / step + 1;

/** Levels on a grid of one step. A price between its steps is a misfit. */
export class DenseLadder implements Ladder {
  readonly #step: number;
  /** The size at price `p` is in cell `offset + p / step`. */
  readonly #cells: Float64Array;
  readonly #offset: number;
  /** The highest slot in use, -1 if none is. */
  #top = -1;
  #depth = 0;

  private constructor(levels: readonly Level[], step: number, cells: Float64Array, offset: number) {
    this.#step = step;
    this.#cells = cells;
    this.#offset = offset;
    this.#fill(levels);
  }

  #fill(levels: readonly Level[]): void {
    for (const level of levels) this.addSize(level[0], level[1]);
  }

  /** Replaces all levels in the cells that are there: a snapshot of a known book makes no other array. @returns whether it could */
  refill(levels: readonly Level[], step: number): boolean {
    if (step !== this.#step) return false;
    this.#cells.fill(0, this.#offset, this.#offset + slotsOf(step));
    this.#top = -1;
    this.#depth = 0;
    this.#fill(levels);
    return true;
  }

  /**
   * Both sides of a book in one array: an array costs about 600 bytes beside its cells, as much as 75 of them.
   *
   * @param step divides every price of the levels
   */
  static pair(yes: readonly Level[], no: readonly Level[], step: number): [yes: DenseLadder, no: DenseLadder] {
    const slots = slotsOf(step);
    const cells = new Float64Array(2 * slots);
    return [new DenseLadder(yes, step, cells, 0), new DenseLadder(no, step, cells, slots)];
  }

  /** @param step divides every price of the levels */
  static of(levels: readonly Level[], step: number): DenseLadder {
    return new DenseLadder(levels, step, new Float64Array(slotsOf(step)), 0);
  }

  get best(): number {
    return this.#top * this.#step;
  }

  get bestSize(): number {
    return this.#top < 0 ? 0 : this.#cells[this.#offset + this.#top]!;
  }

  get depth(): number {
    return this.#depth;
  }

  addSize(price: number, delta: number): AddSizeResult {
    const slot = price / this.#step;
    if (!Number.isInteger(slot)) return delta > 0 ? 'misfit' : delta < 0 ? 'negative' : 'applied';
    const cell = this.#offset + slot;
    const before = this.#cells[cell]!;
    const after = before + delta;
    if (after < 0) return 'negative';
    this.#cells[cell] = after;
    if (after === 0) {
      if (before !== 0) this.#depth--;
      if (slot === this.#top) this.#top = usedFrom(this.#cells, this.#offset, slot - 1);
    } else if (before === 0) {
      this.#depth++;
      if (slot > this.#top) this.#top = slot;
    }
    return 'applied';
  }

  sizeAt(price: number): number {
    const slot = price / this.#step;
    return Number.isInteger(slot) ? this.#cells[this.#offset + slot]! : 0;
  }

  below(price: number): number {
    return usedFrom(this.#cells, this.#offset, Math.ceil(price / this.#step) - 1) * this.#step;
  }

  writeTop(count: number, into: Float64Array): number {
    const wanted = Math.min(count, this.#depth);
    let written = 0;
    for (let slot = this.#top; written < wanted; slot--) {
      const size = this.#cells[this.#offset + slot]!;
      if (size === 0) continue;
      into[2 * written] = slot * this.#step;
      into[2 * written + 1] = size;
      written++;
    }
    return written;
  }
}

/**
 * The highest slot in use at `from` or under it, or -1. Levels stand close together: this is a step or two.
 *
 * A function, because a private method would cost each ladder a word.
 */
function usedFrom(cells: Float64Array, offset: number, from: number): number {
  let slot = from;
  while (slot >= 0 && cells[offset + slot] === 0) slot--;
  return slot;
}

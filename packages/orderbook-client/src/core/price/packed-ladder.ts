// A ladder of the levels that rest and no others, sorted: 10 bytes each, on any grid.
import type { Level } from './book-level.ts';
import type { AddSizeResult, Ladder } from './ladder.ts';

/** From here on the engine's own move is quicker than a loop, in spite of the cost of calling it. */
const LONG_MOVE = 64;

/**
 * Levels ascending by price, in arrays of a fixed capacity: one level too many is a misfit. Changes cluster near the
 * best price, which is the arrays' end: there the search is short, and little is moved.
 */
export class PackedLadder implements Ladder {
  readonly #sizes: Float64Array;
  readonly #prices: Uint16Array;
  #depth = 0;

  /** @param spare places for levels to come */
  constructor(levels: readonly Level[], spare: number) {
    const capacity = levels.length + spare;
    const bytes = new ArrayBuffer(capacity * (Float64Array.BYTES_PER_ELEMENT + Uint16Array.BYTES_PER_ELEMENT));
    this.#sizes = new Float64Array(bytes, 0, capacity);
    this.#prices = new Uint16Array(bytes, this.#sizes.byteLength, capacity);
    // Ascending ones are appended. From the top down each would push all the others along.
    if (levels.length > 0 && levels[0]![0] > levels.at(-1)![0]) levels = levels.toReversed();
    for (const level of levels) this.addSize(level[0], level[1]);
  }

  get best(): number {
    return this.#depth === 0 ? -1 : this.#prices[this.#depth - 1]!;
  }

  get bestSize(): number {
    return this.#depth === 0 ? 0 : this.#sizes[this.#depth - 1]!;
  }

  get depth(): number {
    return this.#depth;
  }

  addSize(price: number, delta: number): AddSizeResult {
    const index = this.#indexOf(price);
    const found = index < this.#depth && this.#prices[index] === price;
    const size = found ? this.#sizes[index]! + delta : delta;
    if (size < 0) return 'negative';
    if (size === 0) {
      if (found) this.#remove(index);
    } else if (found) {
      this.#sizes[index] = size;
    } else {
      if (this.#depth === this.#sizes.length) return 'misfit';
      this.#insert(index, price, size);
    }
    return 'applied';
  }

  sizeAt(price: number): number {
    const index = this.#indexOf(price);
    return index < this.#depth && this.#prices[index] === price ? this.#sizes[index]! : 0;
  }

  below(price: number): number {
    const index = this.#indexOf(price) - 1;
    return index < 0 ? -1 : this.#prices[index]!;
  }

  writeTop(count: number, into: Float64Array): number {
    const wanted = Math.min(count, this.#depth);
    let written = 0;
    for (let index = this.#depth - 1; written < wanted; index--) {
      into[2 * written] = this.#prices[index]!;
      into[2 * written + 1] = this.#sizes[index]!;
      written++;
    }
    return written;
  }

  /** Where the price is, or where it would be inserted: doubling steps down from the best, then halving ones. */
  #indexOf(price: number): number {
    let high = this.#depth;
    let low = high - 1;
    for (let step = 1; low >= 0 && this.#prices[low]! >= price; step *= 2) {
      high = low;
      low -= step;
    }
    low = Math.max(low + 1, 0);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#prices[middle]! < price) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(index: number, price: number, size: number): void {
    const depth = this.#depth++;
    if (depth - index >= LONG_MOVE) {
      this.#prices.copyWithin(index + 1, index, depth);
      this.#sizes.copyWithin(index + 1, index, depth);
    } else {
      for (let at = depth; at > index; at--) {
        this.#prices[at] = this.#prices[at - 1]!;
        this.#sizes[at] = this.#sizes[at - 1]!;
      }
    }
    this.#prices[index] = price;
    this.#sizes[index] = size;
  }

  #remove(index: number): void {
    const depth = --this.#depth;
    if (depth - index >= LONG_MOVE) {
      this.#prices.copyWithin(index, index + 1, depth + 1);
      this.#sizes.copyWithin(index, index + 1, depth + 1);
    } else {
      for (let at = index; at < depth; at++) {
        this.#prices[at] = this.#prices[at + 1]!;
        this.#sizes[at] = this.#sizes[at + 1]!;
      }
    }
  }
}

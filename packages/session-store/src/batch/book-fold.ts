import type { StoredLevel } from '../records.ts';

type Side = 'yes' | 'no';

/** A book being folded: set whole by a snapshot, then changed by deltas. Integers at the caller's scale. */
export class BookFold {
  readonly #sides: Readonly<Record<Side, SideFold>> = { yes: new SideFold(), no: new SideFold() };

  set(yes: readonly StoredLevel[], no: readonly StoredLevel[]): void {
    this.#sides.yes.set(yes);
    this.#sides.no.set(no);
  }

  /** @returns the level's size from now on; below 0 what is stored cannot be right */
  change(side: Side, price: number, delta: number): number {
    return this.#sides[side].change(price, delta);
  }

  /** The highest price of a side, -Infinity where it is empty. */
  best(side: Side): number {
    return this.#sides[side].best();
  }

  /** A side's levels, by rising price. */
  levels(side: Side): readonly StoredLevel[] {
    return this.#sides[side].levels();
  }
}

/** Levels by rising price in two arrays: they are few, and most changes are of one that is there. */
class SideFold {
  #prices: number[] = [];
  #sizes: number[] = [];

  set(levels: readonly StoredLevel[]): void {
    const held = levels.filter(([, size]) => size !== 0).toSorted(([one], [other]) => one - other);
    this.#prices = held.map(([price]) => price);
    this.#sizes = held.map(([, size]) => size);
  }

  change(price: number, delta: number): number {
    const at = this.#placeOf(price);
    if (this.#prices[at] !== price) {
      if (delta === 0) return 0;
      this.#prices.splice(at, 0, price);
      this.#sizes.splice(at, 0, delta);
      return delta;
    }
    const size = this.#sizes[at]! + delta;
    if (size === 0) {
      this.#prices.splice(at, 1);
      this.#sizes.splice(at, 1);
    } else {
      this.#sizes[at] = size;
    }
    return size;
  }

  best(): number {
    return this.#prices.at(-1) ?? -Infinity;
  }

  levels(): readonly StoredLevel[] {
    return this.#prices.map((price, index) => [price, this.#sizes[index]!]);
  }

  /** The first place whose price is not below this one. */
  #placeOf(price: number): number {
    const prices = this.#prices;
    let [from, to] = [0, prices.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (prices[middle]! < price) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

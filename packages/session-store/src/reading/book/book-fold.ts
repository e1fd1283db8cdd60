import type { StoredLevel } from '../../records.ts';

type Side = 'yes' | 'no';

/** A book being rebuilt: set whole by a snapshot, then changed by deltas. Integers at the caller's scale. */
export class BookFold {
  readonly #sides: Readonly<Record<Side, Map<number, number>>> = { yes: new Map(), no: new Map() };
  /** Highest price of a side; NaN where that has to be found again. */
  readonly #best: Record<Side, number> = { yes: -Infinity, no: -Infinity };

  set(yes: readonly StoredLevel[], no: readonly StoredLevel[]): void {
    for (const [side, levels] of [
      ['yes', yes],
      ['no', no],
    ] as const) {
      const book = this.#sides[side];
      book.clear();
      this.#best[side] = Number.NaN;
      for (const [price, size] of levels) if (size !== 0) book.set(price, size);
    }
  }

  /** @returns the level's size from now on; below 0 what is stored cannot be right */
  change(side: Side, price: number, delta: number): number {
    const book = this.#sides[side];
    const size = (book.get(price) ?? 0) + delta;
    if (size === 0) {
      book.delete(price);
      if (price === this.#best[side]) this.#best[side] = Number.NaN;
    } else {
      book.set(price, size);
      if (price > this.#best[side]) this.#best[side] = price;
    }
    return size;
  }

  /** The highest price of a side, -Infinity where it is empty. */
  best(side: Side): number {
    // Found again only when it was asked for after the best level had gone.
    if (Number.isNaN(this.#best[side])) this.#best[side] = [...this.#sides[side].keys()].reduce(higher, -Infinity);
    return this.#best[side];
  }

  /** A side's levels, by rising price. */
  levels(side: Side): readonly StoredLevel[] {
    return [...this.#sides[side]].toSorted(([one], [other]) => one - other);
  }
}

const higher = (one: number, other: number) => (one > other ? one : other);

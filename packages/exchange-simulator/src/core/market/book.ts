// One market's resting bids as the exchange knows them: both sides are bids, NO prices on the NO side.

export type Side = 'yes' | 'no';

/** Price in 1/10,000 dollar, size in 1/100 contract. */
export type Level = readonly [price: number, size: number];

/** All levels of one market, ascending by price, integers. */
export interface BookLevels {
  readonly yes: readonly Level[];
  readonly no: readonly Level[];
}

export class MarketBook {
  readonly #sides: Record<Side, Map<number, number>> = { yes: new Map(), no: new Map() };

  /**
   * Adds a signed change to a level.
   *
   * @returns false when the level would have fallen below zero (only a tape with missing frames does that); it is then
   *   removed, because the exchange has no negative levels.
   */
  applyChange(side: Side, price: number, change: number): boolean {
    const levels = this.#sides[side];
    const size = (levels.get(price) ?? 0) + change;
    if (size > 0) levels.set(price, size);
    else levels.delete(price);
    return size >= 0;
  }

  /** Replaces both sides; levels of size zero are left out. */
  replace(book: BookLevels): void {
    for (const side of ['yes', 'no'] as const) {
      const levels = this.#sides[side];
      levels.clear();
      for (const [price, size] of book[side]) if (size > 0) levels.set(price, size);
    }
  }

  size(side: Side, price: number): number {
    return this.#sides[side].get(price) ?? 0;
  }

  /** The highest bid of a side, 0 when it has none. */
  best(side: Side): number {
    let best = 0;
    for (const price of this.#sides[side].keys()) if (price > best) best = price;
    return best;
  }

  /** How many levels a side has. */
  depth(side: Side): number {
    return this.#sides[side].size;
  }

  levels(): BookLevels {
    return { yes: ascending(this.#sides.yes), no: ascending(this.#sides.no) };
  }
}

const ascending = (levels: ReadonlyMap<number, number>): Level[] => [...levels].toSorted(([a], [b]) => a - b);

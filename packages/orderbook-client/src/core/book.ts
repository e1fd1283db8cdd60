// One market's resting bids, both sides. Kalshi sends no asks: a YES ask is the complement of a NO bid of the same
// size, and the other way round.
import { ONE_DOLLAR } from './fixed-point.ts';

export type Side = 'yes' | 'no';

/** `[price, size]`: price in 1/10,000 dollar, size in 1/100 contract. */
export type Level = readonly [price: number, size: number];

/** What a delta did. `negative` and `crossed` never happen on a book that is right: the caller must re-synchronise. */
export type ApplyResult = 'applied' | 'negative' | 'crossed';

/** The two sides of a book, each sorted by price. It does not know whether it is current: its owner does. */
export class OrderBook {
  readonly #yes = new Ladder();
  readonly #no = new Ladder();

  /** Replaces everything by the levels of a snapshot. */
  replace(yes: readonly Level[], no: readonly Level[]): void {
    this.#yes.replace(yes);
    this.#no.replace(no);
  }

  /**
   * Adds `delta` to the level's size; the level goes at exactly zero.
   *
   * @returns `negative` (and nothing is changed) if more would be taken away than is there, `crossed` if YES and NO
   * bids now add up to a dollar or more
   */
  apply(side: Side, price: number, delta: number): ApplyResult {
    const ladder = this.#side(side);
    if (!ladder.add(price, delta)) return 'negative';
    if (delta < 0) return 'applied';
    return this.#yes.best + this.#no.best >= ONE_DOLLAR && this.#yes.best >= 0 && this.#no.best >= 0
      ? 'crossed'
      : 'applied';
  }

  /** The highest bid of a side, or `undefined` if nothing rests there. */
  bestBid(side: Side): Level | undefined {
    return this.#side(side).top();
  }

  /** The lowest ask of a side: the complement of the other side's best bid. */
  bestAsk(side: Side): Level | undefined {
    const bid = this.#side(side === 'yes' ? 'no' : 'yes').top();
    return bid && [ONE_DOLLAR - bid[0], bid[1]];
  }

  /** The size that rests at a price, 0 where none does. */
  sizeAt(side: Side, price: number): number {
    return this.#side(side).sizeAt(price);
  }

  /** A side's levels, ascending by price: the best bid comes last. A copy. */
  levels(side: Side): Level[] {
    return this.#side(side).toLevels();
  }

  #side(side: Side): Ladder {
    return side === 'yes' ? this.#yes : this.#no;
  }
}

/** Levels sorted by price in two parallel arrays; changes cluster near the best price, which is the arrays' end. */
class Ladder {
  #prices: number[] = [];
  #sizes: number[] = [];

  /** The highest price, or -1. */
  get best(): number {
    return this.#prices.at(-1) ?? -1;
  }

  replace(levels: readonly Level[]): void {
    const sorted = levels.toSorted(([a], [b]) => a - b);
    this.#prices = sorted.map(([price]) => price);
    this.#sizes = sorted.map(([, size]) => size);
  }

  add(price: number, delta: number): boolean {
    const index = this.#indexOf(price);
    const found = this.#prices[index] === price;
    const size = (found ? this.#sizes[index]! : 0) + delta;
    if (size < 0) return false;
    if (!found) {
      if (size > 0) {
        this.#prices.splice(index, 0, price);
        this.#sizes.splice(index, 0, size);
      }
    } else if (size === 0) {
      this.#prices.splice(index, 1);
      this.#sizes.splice(index, 1);
    } else {
      this.#sizes[index] = size;
    }
    return true;
  }

  top(): Level | undefined {
    const last = this.#prices.length - 1;
    return last < 0 ? undefined : [this.#prices[last]!, this.#sizes[last]!];
  }

  sizeAt(price: number): number {
    const index = this.#indexOf(price);
    return this.#prices[index] === price ? this.#sizes[index]! : 0;
  }

  toLevels(): Level[] {
    return this.#prices.map((price, index) => [price, this.#sizes[index]!]);
  }

  /** Where the price is, or where it would be inserted. */
  #indexOf(price: number): number {
    let low = 0;
    let high = this.#prices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#prices[middle]! < price) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

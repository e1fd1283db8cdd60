// A seeded market: a book, and changes of it that keep it uncrossed and no level negative. The shape is that of
// recorded books: 338,796 changes of eight gold markets for where and how they fall, twelve baseball markets for depth.
import { seededRandom } from '@trader/testkit';

export type Side = 'yes' | 'no';
/** `[price, size]`: price in 1/10,000 dollar, size in 1/100 contract. */
export type Level = [price: number, size: number];
export type Change = {
  readonly side: Side;
  /** 1/10,000 dollar. */
  readonly price: number;
  /** Signed, in 1/100 contract. */
  readonly delta: number;
  /** What rests there afterwards, in 1/100 contract. */
  readonly size: number;
};

/**
 * Price steps of a market. `resting`: the share of prices with size, as recorded for cents (28 to 64 levels a side);
 * no recording has a full deci-cent book, so that one is a guess: about 400 levels in all.
 */
const GRIDS = {
  cent: { step: 100, resting: 0.88 },
  'deci-cent': { step: 10, resting: 0.4 },
} as const;

export type Grid = keyof typeof GRIDS;

/** How many changes in 100 fall how many cents behind the best price; the remaining ones fall anywhere. */
const PERCENT_BY_CENTS = [22.7, 12.8, 10.6, 8.3, 6.8, 6.1, 5.1, 4.8, 5, 3.5, 1.6];
/** Changes that make a level, and as many that end one. */
const NEW_LEVEL_SHARE = 0.144;
/** Of the changes of a level that stays, those that take from it. */
const REDUCTION_SHARE = 0.51;
/** At the lowest price, as in recorded books. 32 bits of 1/100 contract would end at 21 million contracts. */
const LARGEST_SIZE = 1_174_194_00;

type Ladder = {
  /** By price in steps; index 0 is no price. */
  readonly sizes: Int32Array;
  readonly wanted: number;
  levels: number;
};

export class MarketFlow {
  readonly #random: () => number;
  readonly #step: number;
  readonly #ladders: Readonly<Record<Side, Ladder>>;

  constructor(grid: Grid, seed: number) {
    const { step, resting } = GRIDS[grid];
    this.#random = seededRandom(seed);
    this.#step = step;
    // YES bids stay at or below a price and NO bids below its complement, so that they never add up to a dollar.
    const prices = 10_000 / step;
    const touch = Math.round(prices * (0.2 + 0.6 * this.#random()));
    this.#ladders = { yes: this.#ladder(touch, resting), no: this.#ladder(prices - touch - 1, resting) };
  }

  /** A side's levels, ascending by price. */
  levels(side: Side): Level[] {
    const levels: Level[] = [];
    for (const [steps, size] of this.#ladders[side].sizes.entries())
      if (size > 0) levels.push([steps * this.#step, size]);
    return levels;
  }

  /** The highest price of a side, 0 if nothing rests there. */
  best(side: Side): number {
    return this.#ladders[side].sizes.findLastIndex((size) => size > 0) * this.#step;
  }

  /** Makes a change and says which. */
  next(): Change {
    const side = this.#random() < 0.5 ? 'yes' : 'no';
    const ladder = this.#ladders[side];
    const { sizes } = ladder;
    const makesLevel = this.#random() < NEW_LEVEL_SHARE * Math.max(0, 2 - ladder.levels / ladder.wanted);
    const steps = nearest(sizes, this.#draw(sizes.length - 1), makesLevel);
    const before = sizes[steps]!;
    const delta = before === 0 ? this.#amount() : this.#changeOf(before, ladder);
    sizes[steps] = before + delta;
    ladder.levels += Number(before === 0) - Number(before + delta === 0);
    return { side, price: steps * this.#step, delta, size: before + delta };
  }

  #ladder(highest: number, resting: number): Ladder {
    const sizes = new Int32Array(highest + 1);
    for (let steps = 2; steps <= highest; steps++) if (this.#random() < resting) sizes[steps] = this.#amount();
    sizes[1] = LARGEST_SIZE;
    return { sizes, wanted: highest * resting, levels: sizes.reduce((count, size) => count + Number(size > 0), 0) };
  }

  #changeOf(before: number, { levels }: Ladder): number {
    if (levels > 1 && this.#random() < NEW_LEVEL_SHARE / (1 - NEW_LEVEL_SHARE)) return -before;
    const amount = this.#amount();
    return before > 1 && this.#random() < REDUCTION_SHARE ? -Math.min(amount, before >> 1) : amount;
  }

  /** A price in steps, mostly near the highest. */
  #draw(highest: number): number {
    const perCent = 100 / this.#step;
    let rest = this.#random() * 100;
    const cents = PERCENT_BY_CENTS.findIndex((percent) => (rest -= percent) < 0);
    const steps = highest - cents * perCent - Math.floor(this.#random() * perCent);
    return cents < 0 || steps < 1 ? 1 + Math.floor(this.#random() * highest) : steps;
  }

  /** 10 to 2,000 contracts, half of them below 40; one in ten is not whole. */
  #amount(): number {
    const contracts = Math.round(10 ** (1 + 2.3 * this.#random() ** 2));
    return contracts * 100 + (this.#random() < 0.1 ? 1 + Math.floor(this.#random() * 99) : 0);
  }
}

/** The price nearest to one, in steps, where nothing rests, or where something does. The one itself if there is none. */
function nearest(sizes: Int32Array, steps: number, empty: boolean): number {
  for (let away = 0; away < sizes.length; away++) {
    if (steps - away > 0 && (sizes[steps - away] === 0) === empty) return steps - away;
    if (steps + away < sizes.length && (sizes[steps + away] === 0) === empty) return steps + away;
  }
  return steps;
}

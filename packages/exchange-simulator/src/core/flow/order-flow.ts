// What the crowd does in one market: it quotes near the best bids, cancels almost as much as it places, seldom trades,
// and now and then pushes the price. Shares and sizes are near those of recorded markets; `bench/flow-statistics.ts`
// shows both side by side.
import type { Level, Side } from '../market/book.ts';
import { DOLLAR } from '../market/fixed-point.ts';
import type { Episode } from './flow-rhythm.ts';
import type { PriceRange } from '../market/listing.ts';
import type { PriceLevel } from '../market/matching-engine.ts';
import type { TradingFloor, Venue } from '../trading/trading-floor.ts';

const CENT = 100;
const FEWEST_LEVELS = 8;
const ORDERS_PER_LEVEL = 2.6;
/** Share of quotes at the best level; of the others, the same share at the next one, and so on. */
const NEARNESS = 0.14;
/** Share of quotes that improve the best bid, for each cent that is free between the best bids. */
const IMPROVING = 0.1;
/** Cents from the middle at which every push goes back to it, twice over. */
const PULL = 60;
/** Contracts; round numbers are what people and bots type. */
const sizes = [
  1, 2, 3, 5, 7, 10, 10, 12, 15, 20, 20, 25, 25, 25, 40, 50, 50, 50, 50, 75, 100, 100, 150, 300, 500, 2000,
];

export interface OrderFlowOptions {
  readonly venue: Venue;
  readonly floor: TradingFloor;
  readonly random: () => number;
}

export class OrderFlow {
  readonly #venue: Venue;
  readonly #floor: TradingFloor;
  readonly #random: () => number;
  /** Whom the present push favours. */
  #favoured: Side = 'yes';

  constructor({ venue, floor, random }: OrderFlowOptions) {
    this.#venue = venue;
    this.#floor = floor;
    this.#random = random;
  }

  /**
   * One order, cancel or trade.
   *
   * @returns how many changes of levels came of it
   */
  placeNext(episode: Episode, begins: boolean, atMicros: number): number {
    if (begins) this.#favoured = this.#newDirection();
    const favoured = this.#favoured;
    const beaten = favoured === 'yes' ? 'no' : 'yes';
    const choice = this.#random();
    if (episode === 'push') {
      if (choice < 0.016) return this.#takeBest(beaten, atMicros);
      if (choice < 0.16) return this.#cancelOne(beaten, this.#levels(beaten).at(-1), atMicros);
      if (choice < 0.22) return this.#placeBid(favoured, this.#best(favoured) + CENT, atMicros);
    } else if (choice < 0.013) {
      return this.#takeBest(this.#random() < 0.5 ? 'yes' : 'no', atMicros);
    }
    return this.#quoteOrCancel(this.#random() < 0.5 ? 'yes' : 'no', atMicros);
  }

  /** Places an order at some price or takes one away there: the more there are, the sooner one goes. */
  #quoteOrCancel(side: Side, atMicros: number): number {
    const best = this.#best(side);
    const anywhere = Math.floor((this.#random() * best) / CENT);
    const near =
      Math.floor(Math.log(1 - this.#random()) / Math.log(1 - NEARNESS)) -
      Number(this.#random() < IMPROVING * (this.#spread / CENT - 1));
    const price = best - (this.#random() < 0.1 ? anywhere : near) * CENT;
    const level = this.#levels(side).findLast((one) => one.price > price - CENT && one.price <= price);
    const orders = level?.orders.length ?? 0;
    return this.#random() < 1 - orders / (2 * ORDERS_PER_LEVEL)
      ? this.#placeBid(side, price, atMicros)
      : this.#cancelOne(side, level, atMicros);
  }

  #best(side: Side): number {
    const { engine } = this.#venue;
    return engine.best(side) || DOLLAR - engine.best(side === 'yes' ? 'no' : 'yes') - 2 * CENT;
  }

  #levels(side: Side): readonly PriceLevel[] {
    return this.#venue.engine.levels(side);
  }

  get #spread(): number {
    return DOLLAR - this.#best('yes') - this.#best('no');
  }

  #newDirection(): Side {
    const mid = (this.#venue.engine.best('yes') + DOLLAR - this.#venue.engine.best('no')) / 2 / CENT;
    // The further from the middle, the more of the pushes go back to it.
    return this.#random() < 0.5 + (50 - mid) / PULL ? 'yes' : 'no';
  }

  /** Somebody buys the other outcome from the best bids of a side. */
  #takeBest(makers: Side, atMicros: number): number {
    const levels = this.#levels(makers);
    const top = levels.at(-1);
    if (!top || levels.length < FEWEST_LEVELS) return this.#placeBid(makers, this.#best(makers) - CENT, atMicros);
    const size = Math.min(newSize(this.#random), Math.ceil(top.size * 1.2));
    const side = makers === 'yes' ? 'no' : 'yes';
    const worst = Math.max(stepAt(this.#ranges, top.price), top.price - CENT);
    const order = { side, price: DOLLAR - worst, size, timeInForce: 'immediate_or_cancel' } as const;
    return this.#floor.place(this.#venue, order, atMicros).fills.length;
  }

  #placeBid(side: Side, wanted: number, atMicros: number): number {
    const { engine } = this.#venue;
    const highest = DOLLAR - engine.best(side === 'yes' ? 'no' : 'yes');
    const step = stepAt(this.#ranges, wanted);
    const finer = step < CENT ? Math.floor((this.#random() * CENT) / step) * step : 0;
    const lowest = stepAt(this.#ranges, 0);
    const price = Math.min(Math.max(lowest, onGrid(this.#ranges, wanted - finer)), onGrid(this.#ranges, highest - 1));
    // No room below what the other side bids.
    if (price < lowest) return 0;
    this.#floor.place(this.#venue, { side, price, size: newSize(this.#random) }, atMicros);
    return 1;
  }

  #cancelOne(side: Side, level: PriceLevel | undefined, atMicros: number): number {
    // What an account has placed is its own to cancel.
    const order = level?.orders.findLast(({ account }) => account === undefined);
    if (!order || this.#levels(side).length < FEWEST_LEVELS)
      return this.#placeBid(side, this.#best(side) - CENT, atMicros);
    const part = this.#random() < 0.1 && order.remaining > 1;
    const size = part ? 1 + Math.floor(this.#random() * (order.remaining - 1)) : order.remaining;
    return this.#floor.reduce(this.#venue, order, size, atMicros) > 0 ? 1 : 0;
  }

  get #ranges(): readonly PriceRange[] {
    return this.#venue.market.listing.priceRanges;
  }
}

/** The levels that a market opens with: 20 to 40 a side around a price of its own, with some gaps. */
export function openingLevels(random: () => number): Record<Side, Level[]> {
  const mid = 25 + Math.floor(random() * 50);
  const side = (best: number): Level[] => {
    const lowest = Math.max(1, best - 40);
    const cents = Array.from({ length: best - lowest + 1 }, (_, index) => lowest + index);
    const kept = cents.filter((cent) => cent > best - 3 || random() < 0.85 || cents.length <= 20);
    return kept.map((cent): Level => [cent * CENT, newSize(random)]);
  };
  return { yes: side(mid), no: side(98 - mid) };
}

/** One in seven has a part of a contract. */
function newSize(random: () => number): number {
  const contracts = sizes[Math.floor(random() * sizes.length)] as number;
  return contracts * 100 + (random() < 0.14 ? Math.floor(random() * 100) : 0);
}

/** The next price down: where it lies decides how fine the grid is, not where it comes from. */
function onGrid(ranges: readonly PriceRange[], price: number): number {
  const step = stepAt(ranges, price);
  return Math.floor(price / step) * step;
}

const stepAt = (ranges: readonly PriceRange[], price: number): number =>
  (ranges.find(({ start, end }) => price >= start && price < end) ?? ranges[0])?.step ?? CENT;

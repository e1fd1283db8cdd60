import { type BookChange, GeneratedMarket } from './generated-market.ts';
import { Market } from './market.ts';
import { seededUuid, shuffled } from './seeded-random.ts';

/** Changes of one market at one moment. */
export interface GeneratedOrder {
  /** Microseconds since the generator's start. */
  readonly atMicros: number;
  readonly market: Market;
  /** To be applied in order before the next order is asked for. */
  readonly changes: readonly BookChange[];
}

export interface GeneratorOptions {
  readonly markets: number;
  /** Mean over all markets. */
  readonly deltasPerSecond: number;
  readonly random: () => number;
}

/**
 * Markets that live: some busy, most quiet, in a time of their own that starts at zero. Who drives it decides when that
 * time is; the same options give the same orders.
 */
export class Generator {
  /** Ascending by ticker, their books filled. */
  readonly markets: readonly Market[];
  readonly #flows: readonly GeneratedMarket[];
  /** Ascending; the last one is the sum of all activity. */
  readonly #cumulativeActivity: readonly number[];
  readonly #meanGapMicros: number;
  readonly #random: () => number;
  #atMicros = 0;

  constructor({ markets, deltasPerSecond, random }: GeneratorOptions) {
    this.#random = random;
    this.#meanGapMicros = 1_000_000 / deltasPerSecond;
    this.markets = Array.from({ length: markets }, (_, index) => new Market(tickerOf(index), seededUuid(random)));
    this.#flows = this.markets.map((market) => new GeneratedMarket(market.book, random));
    let sum = 0;
    // A power law, as over real markets: of twenty, the busiest three have most of the deltas.
    const ranks = shuffled([...this.markets.keys()], random);
    this.#cumulativeActivity = ranks.map((rank) => (sum += (rank + 1) ** -1.3));
  }

  next(): GeneratedOrder {
    const index = this.#pickMarket();
    const changes = (this.#flows[index] as GeneratedMarket).next();
    // One gap per change, so that the mean over all changes is exact however many an order has.
    for (const _ of changes) this.#atMicros -= Math.log(1 - this.#random()) * this.#meanGapMicros;
    return { atMicros: Math.floor(this.#atMicros), market: this.markets[index] as Market, changes };
  }

  #pickMarket(): number {
    const activity = this.#cumulativeActivity;
    const wanted = this.#random() * (activity.at(-1) as number);
    let low = 0;
    let high = activity.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((activity[middle] as number) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const tickerOf = (index: number): string => `KXSIM-${String(index + 1).padStart(5, '0')}`;

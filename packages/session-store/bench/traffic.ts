// Seeded traffic of many markets on two subscriptions, deltas on one and trades on the other. Its shape is that of recorded
// 15-minute gold markets: changes fall near the best price, half of the amounts are below 40 contracts and one in ten is
// not whole, arrivals lie 12 to 46 ms behind the exchange, and a hundred deltas come with 2.5 trades. Folded, no level is
// ever negative and no book crossed.
import { seededRandom } from '@trader/testkit';
import type { DeltaRecord, SnapshotRecord, StoredLevel, StoreRecord, TradeRecord } from '../src/index.ts';

export type Side = 'yes' | 'no';

export type TrafficOptions = {
  readonly markets: number;
  /** Deltas a second, which spaces the arrivals. */
  readonly perSecond: number;
  /** @default 2.5 */
  readonly tradesPerHundred?: number;
  /** Share of the deltas that belong to the first market; the others share the rest evenly. @default an even share */
  readonly firstShare?: number;
  /** Subscriptions that the deltas are spread over, one after the other. @default 1 */
  readonly sids?: number;
  /** @default 1 */
  readonly seed?: number;
};

/** The arrival of the first record, at night: a day of records fits into one day of the database. */
export const startMs = Date.UTC(2026, 7, 11);

export const tickerOf = (market: number): string => `GOLD15M-26AUG11-${market}`;

const tradeSid = 1_000_000;
/** Changes that make a level where there is none, or end one. */
const endedShare = 0.15;
const reducedShare = 0.55;

type Market = {
  readonly ticker: string;
  readonly touch: Record<Side, number>;
  readonly sizes: Record<Side, Int32Array>;
};

export class Traffic {
  readonly #options: Required<TrafficOptions>;
  readonly #random: () => number;
  readonly #markets: readonly Market[];
  readonly #seqs: number[];
  #deltas = 0;
  #trades = 0;

  constructor(options: TrafficOptions) {
    const { markets, seed = 1 } = options;
    this.#options = { tradesPerHundred: 2.5, firstShare: 1 / markets, sids: 1, seed, ...options };
    this.#random = seededRandom(seed);
    this.#seqs = Array.from({ length: this.#options.sids }, () => 0);
    this.#markets = Array.from({ length: markets }, (_, market) => this.#market(market));
  }

  /** The books as they are now, which is how a recording begins. */
  snapshots(): SnapshotRecord[] {
    return this.#markets.map(({ ticker, sizes }) => ({
      kind: 'snapshot',
      epoch: 1,
      sid: 1,
      seq: ++this.#seqs[0]!,
      market: ticker,
      receivedAtMs: startMs,
      yes: levelsOf(sizes.yes),
      no: levelsOf(sizes.no),
    }));
  }

  /** The next so many deltas, with the trades that come between them. */
  take(deltas: number): StoreRecord[] {
    const records: StoreRecord[] = [];
    for (let count = 0; count < deltas; count++) {
      records.push(this.#delta());
      if (this.#random() * 100 < this.#options.tradesPerHundred)
        records.push(this.#trade(records.at(-1) as DeltaRecord));
    }
    return records;
  }

  /** The next so many deltas without the trades. */
  deltas(count: number): DeltaRecord[] {
    return Array.from({ length: count }, () => this.#delta());
  }

  #delta(): DeltaRecord {
    const random = this.#random;
    const { ticker, touch, sizes } = this.#markets[this.#pick()]!;
    const side: Side = random() < 0.5 ? 'yes' : 'no';
    const ladder = sizes[side];
    const cents = Math.max(1, touch[side] - Math.floor(-Math.log(1 - random()) * 4));
    const before = ladder[cents]!;
    const delta = before === 0 ? this.#amount() : this.#change(before);
    ladder[cents] = before + delta;
    const sid = this.#deltas % this.#options.sids;
    const receivedAtMs = startMs + Math.floor((this.#deltas++ * 1000) / this.#options.perSecond);
    const exchangeAtMs = receivedAtMs - 12 - Math.floor(random() ** 3 * 34);
    const seq = ++this.#seqs[sid]!;
    const price = cents * 100;
    return {
      kind: 'delta',
      epoch: 1,
      sid: sid + 1,
      seq,
      market: ticker,
      side,
      price,
      delta,
      exchangeAtMs,
      exchangeAtUs: exchangeAtMs * 1000 + Math.floor(random() * 1000),
      receivedAtMs,
    };
  }

  #trade({ market, side, price, exchangeAtMs, receivedAtMs }: DeltaRecord): TradeRecord {
    const hex = (digits: number) =>
      Math.floor(this.#random() * 16 ** digits)
        .toString(16)
        .padStart(digits, '0');
    return {
      kind: 'trade',
      epoch: 1,
      sid: tradeSid,
      seq: ++this.#trades,
      market,
      tradeId: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
      yesPrice: side === 'yes' ? price : 10_000 - price,
      size: this.#amount(),
      takerSide: side === 'yes' ? 'no' : 'yes',
      isBlockTrade: null,
      exchangeAtMs,
      receivedAtMs,
    };
  }

  #market(market: number): Market {
    const touch = 20 + Math.floor(this.#random() * 60);
    const ladder = (highest: number) =>
      new Int32Array(100).map((_, cents) =>
        cents > 0 && cents <= highest && this.#random() < 0.88 ? this.#amount() : 0,
      );
    return {
      ticker: tickerOf(market),
      touch: { yes: touch, no: 99 - touch },
      sizes: { yes: ladder(touch), no: ladder(99 - touch) },
    };
  }

  #pick(): number {
    const { markets, firstShare } = this.#options;
    if (markets === 1 || this.#random() < firstShare) return 0;
    return 1 + Math.floor(this.#random() * (markets - 1));
  }

  #change(before: number): number {
    const drawn = this.#random();
    if (drawn < endedShare) return -before;
    const amount = this.#amount();
    return drawn < reducedShare && before > 1 ? -Math.min(amount, before >> 1) : amount;
  }

  /** 10 to 2,000 contracts in hundredths. */
  #amount(): number {
    const contracts = Math.round(10 ** (1 + 2.3 * this.#random() ** 2));
    return contracts * 100 + (this.#random() < 0.1 ? 1 + Math.floor(this.#random() * 99) : 0);
  }
}

const levelsOf = (sizes: Int32Array): StoredLevel[] => {
  const levels: StoredLevel[] = [];
  for (const [cents, size] of sizes.entries()) if (size > 0) levels.push([cents * 100, size]);
  return levels;
};

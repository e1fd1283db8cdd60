// Seeded books and changes in the shape of recorded 15-minute gold markets, as the exchange words them: changes fall near the
// best price, half of the amounts are below 40 contracts, one in ten is not whole, some make a level and some end one. No size
// is ever negative, and no book crossed.
import { createHash } from 'node:crypto';
import { formatPrice, formatSize, type Level, type Side } from '@trader/orderbook-client';
import { seededRandom } from '@trader/testkit';

/** The one subscription that all of it comes on. */
export const SID = 1;

/** What must be in the database: each field weighs with its number, so that two deltas that changed places are seen. */
export type Sums = { deltas: number; changes: number; prices: number; times: number };

type Market = { readonly touch: Record<Side, number>; readonly sizes: Record<Side, Int32Array> };

export class Traffic {
  readonly tickers: readonly string[];
  readonly sums: Sums = { deltas: 0, changes: 0, prices: 0, times: 0 };
  readonly #random: () => number;
  readonly #markets: readonly Market[];
  #seq = 0;

  constructor(markets: number, seed: number) {
    this.#random = seededRandom(seed);
    this.#markets = Array.from({ length: markets }, () => this.#market());
    this.tickers = this.#markets.map((_, market) => `KXGOLD15M-26NOV221815-${market}`);
  }

  /** The books as they are now, a frame each, which is how a subscription begins. */
  snapshots(): string[] {
    return this.#markets.map((market, index) => {
      const wire = (side: Side) =>
        levelsOf(market, side).map(([price, size]) => [formatPrice(price), formatSize(size)]);
      const levels = { yes_dollars_fp: wire('yes'), no_dollars_fp: wire('no') };
      const msg = { market_ticker: this.tickers[index], market_id: idOf(index), ...levels };
      return JSON.stringify({ type: 'orderbook_snapshot', sid: SID, seq: ++this.#seq, msg });
    });
  }

  /** The next change of a random market, as a frame. @param atMs the exchange's time of it */
  delta(atMs: number): string {
    const random = this.#random;
    const index = Math.floor(random() * this.#markets.length);
    const { touch, sizes } = this.#markets[index]!;
    const side: Side = random() < 0.5 ? 'yes' : 'no';
    const cents = Math.max(1, touch[side] - Math.floor(-Math.log(1 - random()) * 4));
    const before = sizes[side][cents]!;
    const delta = before === 0 ? this.#amount() : this.#change(before);
    sizes[side][cents] = before + delta;
    const seq = ++this.#seq;
    this.#sum(seq, index, side, cents * 100, delta, atMs);
    const ts = `${new Date(atMs).toISOString().slice(0, -1)}${100 + (seq % 900)}Z`;
    return (
      `{"type":"orderbook_delta","sid":${SID},"seq":${seq},"msg":{"market_ticker":"${this.tickers[index]}",` +
      `"market_id":"${idOf(index)}","price_dollars":"${formatPrice(cents * 100)}","delta_fp":"${formatSize(delta)}",` +
      `"side":"${side}","ts":"${ts}","ts_ms":${atMs}}}`
    );
  }

  /** Of the books as they are now. */
  digest(): string {
    return digestOf(this.tickers, (ticker, side) => levelsOf(this.#markets[this.tickers.indexOf(ticker)]!, side));
  }

  #sum(seq: number, market: number, side: Side, price: number, delta: number, atMs: number): void {
    const weight = 1 + (seq % 101);
    this.sums.deltas++;
    this.sums.changes += delta * weight;
    this.sums.prices += (price + (side === 'yes' ? 1 : 0) + market) * weight;
    this.sums.times += (atMs % 100_000) * weight;
  }

  #market(): Market {
    const touch = 20 + Math.floor(this.#random() * 60);
    const ladder = (highest: number) =>
      new Int32Array(100).map((_, cents) =>
        cents > 0 && cents <= highest && this.#random() < 0.88 ? this.#amount() : 0,
      );
    // A dollar between the two best bids and one cent: such a book is never crossed.
    return { touch: { yes: touch, no: 99 - touch }, sizes: { yes: ladder(touch), no: ladder(99 - touch) } };
  }

  #change(before: number): number {
    const drawn = this.#random();
    if (drawn < 0.15) return -before;
    const amount = this.#amount();
    return drawn < 0.55 && before > 1 ? -Math.min(amount, before >> 1) : amount;
  }

  /** 10 to 2,000 contracts in hundredths. */
  #amount(): number {
    const contracts = Math.round(10 ** (1 + 2.3 * this.#random() ** 2));
    return contracts * 100 + (this.#random() < 0.1 ? 1 + Math.floor(this.#random() * 99) : 0);
  }
}

const levelsOf = ({ sizes }: Market, side: Side): Level[] =>
  [...sizes[side]].flatMap((size, cents): Level[] => (size > 0 ? [[cents * 100, size]] : []));

const idOf = (market: number): string => `6f1c3a52-8d4e-4b7a-9c21-${String(market).padStart(12, '0')}`;

/** Equal for equal books only. @param levels a side's levels, ascending by price */
export function digestOf(tickers: readonly string[], levels: (ticker: string, side: Side) => readonly Level[]): string {
  const hash = createHash('sha256');
  for (const ticker of tickers) {
    for (const side of ['yes', 'no'] as const)
      hash.update(`${ticker} ${side} ${JSON.stringify(levels(ticker, side))}\n`);
  }
  return hash.digest('hex');
}

/** The same sums over what the database has, for the view `deltas`; parameter $1 is the session. */
export const SUMS_OF_SESSION = `
  select
    count(*)::float8 as deltas,
    sum(delta * (1 + seq % 101))::float8 as changes,
    sum((price + (side = 'yes')::int + substring(market from '[0-9]+$')::bigint) * (1 + seq % 101))::float8 as prices,
    sum((round(extract(epoch from exchange_at) * 1000)::bigint % 100000) * (1 + seq % 101))::float8 as times
  from deltas where session_id = $1`;

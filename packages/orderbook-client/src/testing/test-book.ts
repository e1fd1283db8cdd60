// One market's book on the exchange's side, and how the exchange writes it. A mistake in a test is an error here: a
// real exchange sends no delta that breaks its own book.
import type { Side } from '../core/price/book-level.ts';
import { formatPrice, formatSize, ONE_DOLLAR, parsePrice, parseSize } from '../core/price/price.ts';
import type { OrderbookDeltaFrame, OrderbookSnapshotFrame, WireLevel } from '../wire.ts';
import type { TestBookLevels, TestLevel } from './test-exchange.ts';

/** Every market has one; the client takes no notice of it. */
const MARKET_ID = '00000000-0000-4000-8000-000000000000';

/** Size in 1/100 contract by price in 1/10,000 dollar. */
type Bids = Map<number, number>;

export class TestBook {
  readonly market: string;
  readonly #bids: Readonly<Record<Side, Bids>>;

  constructor(market: string, { yes = [], no = [] }: TestBookLevels = {}) {
    this.market = market;
    this.#bids = { yes: bidsOf(yes), no: bidsOf(no) };
    this.#refuseCrossed();
  }

  /** Applies a change, and says how the exchange tells it. @throws {RangeError} if no exchange would */
  change(side: Side, priceText: string, changeText: string, nowMs: number): OrderbookDeltaFrame['msg'] {
    const price = priceOf(priceText);
    const change = sizeOf(changeText);
    const bids = this.#bids[side];
    const before = bids.get(price) ?? 0;
    const at = `${side} ${formatPrice(price)} of ${this.market}`;
    if (change === 0) throw new RangeError(`a change of 0 at ${at} would not be sent`);
    if (before + change < 0) {
      throw new RangeError(`only ${formatSize(before)} rest at ${at}: ${formatSize(-change)} cannot be taken away`);
    }
    setSize(bids, price, before + change);
    try {
      this.#refuseCrossed();
    } catch (error) {
      setSize(bids, price, before);
      throw error;
    }
    return {
      market_ticker: this.market,
      market_id: MARKET_ID,
      price_dollars: formatPrice(price),
      delta_fp: formatSize(change),
      side,
      ts: new Date(nowMs).toISOString(),
      ts_ms: nowMs,
    };
  }

  snapshot(): OrderbookSnapshotFrame['msg'] {
    const yes = levelsOf(this.#bids.yes);
    const no = levelsOf(this.#bids.no);
    return {
      market_ticker: this.market,
      market_id: MARKET_ID,
      // The exchange leaves the key of an empty side out.
      ...(yes.length > 0 && { yes_dollars_fp: yes }),
      ...(no.length > 0 && { no_dollars_fp: no }),
    };
  }

  #refuseCrossed(): void {
    const yes = Math.max(...this.#bids.yes.keys());
    const no = Math.max(...this.#bids.no.keys());
    if (yes + no >= ONE_DOLLAR) {
      const text = `YES ${formatPrice(yes)} and NO ${formatPrice(no)} of ${this.market} add up to a dollar or more`;
      throw new RangeError(`${text}: they would have traded`);
    }
  }
}

/** @throws {TypeError} if the text is no price from 0 to 1 dollar */
export function priceOf(text: string): number {
  const price = parsePrice(text);
  if (price === undefined) throw new TypeError(`${JSON.stringify(text)} is no price like '0.40', in dollars`);
  return price;
}

/** @throws {TypeError} if the text is no number of contracts */
export function sizeOf(text: string): number {
  const size = parseSize(text);
  if (size === undefined) throw new TypeError(`${JSON.stringify(text)} is no size like '10.00', in contracts`);
  return size;
}

function bidsOf(levels: readonly TestLevel[]): Bids {
  const bids: Bids = new Map();
  for (const [priceText, sizeText] of levels) {
    const size = sizeOf(sizeText);
    if (size <= 0) throw new RangeError(`a level of ${formatSize(size)} contracts cannot rest`);
    bids.set(priceOf(priceText), size);
  }
  return bids;
}

function setSize(bids: Bids, price: number, size: number): void {
  if (size === 0) bids.delete(price);
  else bids.set(price, size);
}

/** Ascending, as the exchange sends them. */
const levelsOf = (bids: Bids): WireLevel[] =>
  [...bids].toSorted(([a], [b]) => a - b).map(([price, size]) => [formatPrice(price), formatSize(size)]);

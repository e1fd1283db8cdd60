// Trades for a picture: those of a column at one price and of one taker are one mark.
import type { TradeRecord } from '@trader/session-store';

export type TradeMark = {
  /** Where the column begins. */
  readonly atMs: number;
  /** In 1/10,000 dollar, as a YES price. */
  readonly price: number;
  /** Of all, in 1/100 contract. */
  readonly size: number;
  readonly takerSide: 'yes' | 'no' | null;
  /** How many. */
  readonly count: number;
};

export class TradeMarks {
  readonly #fromMs: number;
  readonly #stepMs: number;
  readonly #marks = new Map<string, TradeMark>();

  constructor(fromMs: number, stepMs: number) {
    this.#fromMs = fromMs;
    this.#stepMs = stepMs;
  }

  add({
    receivedAtMs,
    yesPrice,
    size,
    takerSide,
  }: Pick<TradeRecord, 'receivedAtMs' | 'yesPrice' | 'size' | 'takerSide'>): void {
    const column = Math.floor((receivedAtMs - this.#fromMs) / this.#stepMs);
    const key = `${column} ${yesPrice} ${takerSide}`;
    const { size: others, count } = this.#marks.get(key) ?? { size: 0, count: 0 };
    const atMs = this.#fromMs + column * this.#stepMs;
    this.#marks.set(key, { atMs, price: yesPrice, size: others + size, takerSide, count: count + 1 });
  }

  before(endMs: number): TradeMark[] {
    return [...this.#marks.values()].filter(({ atMs }) => atMs < endMs);
  }
}

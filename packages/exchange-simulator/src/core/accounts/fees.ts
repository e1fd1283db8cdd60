// What a fill costs: 0.07 × contracts × price × (1 − price) for the taker, times the series' multiplier; for the maker a
// share of that, which is none in most series. Rounded up to a millionth of a dollar, as since late 2026. Rounding fees
// and rebates are not simulated.
import { DOLLAR } from '../market/fixed-point.ts';

/** What differs between series. */
export interface SeriesFees {
  /** Of the taker's fee. @default 1 */
  readonly multiplier?: number;
  /** The maker's fee as a part of the taker's: 0.25 or 0.5 where makers pay. @default 0 */
  readonly makerMultiplier?: number;
}

/** Multipliers have up to six decimals. */
const MULTIPLIER_SCALE = 1_000_000;

export class FeeSchedule {
  readonly #bySeries: Readonly<Record<string, SeriesFees>>;

  /** @param bySeries `*` stands for every series that is not named */
  constructor(bySeries: Readonly<Record<string, SeriesFees>> = {}) {
    this.#bySeries = bySeries;
  }

  /**
   * In millionths of a dollar.
   *
   * @param size 1/100 contract
   * @param price 1/10,000 dollar; of which side makes no difference
   */
  fee(series: string, isTaker: boolean, size: number, price: number): number {
    const { multiplier, makerMultiplier } = this.#of(series);
    const factor = Math.round(multiplier * (isTaker ? 1 : makerMultiplier) * MULTIPLIER_SCALE);
    const scaled = 7n * BigInt(factor) * BigInt(size) * BigInt(price) * BigInt(DOLLAR - price);
    const divisor = 1_000_000n * BigInt(MULTIPLIER_SCALE);
    return Number((scaled + divisor - 1n) / divisor);
  }

  /** As REST says it of a series. */
  kindOf(series: string): { fee_multiplier: number; fee_type: string } {
    const { multiplier, makerMultiplier } = this.#of(series);
    return {
      fee_multiplier: multiplier,
      fee_type: makerMultiplier > 0 ? 'quadratic_with_maker_fees' : 'quadratic',
    };
  }

  #of(series: string): Required<SeriesFees> {
    const own = Object.hasOwn(this.#bySeries, series) ? this.#bySeries[series] : this.#bySeries['*'];
    return { multiplier: own?.multiplier ?? 1, makerMultiplier: own?.makerMultiplier ?? 0 };
  }
}

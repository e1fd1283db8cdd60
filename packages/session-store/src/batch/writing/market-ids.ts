import type { Engine } from '../../database/engines/engine.ts';
import { insertMarketIds } from './insert-market-ids.ts';

/** Names that are remembered; beyond that all are forgotten and asked for again, so that memory does not grow. */
const maxRemembered = 100_000;

/** The database's numbers of markets, remembered. A number never changes, so nothing here goes stale. */
export class MarketIds {
  readonly #engine: Engine;
  readonly #known = new Map<string, number>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * The numbers of `tickers`, in their order. New ones are committed on their own, before the records that use them, so
   * that what is remembered here is true whatever becomes of those.
   */
  async of(tickers: readonly string[]): Promise<readonly number[]> {
    const unknown = tickers.filter((ticker) => !this.#known.has(ticker));
    if (unknown.length > 0) {
      const found = await this.#engine.transact(async (run) => insertMarketIds(run, unknown), {
        doing: 'Entering new markets',
      });
      if (this.#known.size + found.size > maxRemembered) {
        this.#known.clear();
        return this.of(tickers);
      }
      for (const [ticker, id] of found) this.#known.set(ticker, id);
    }
    return tickers.map((ticker) => this.#known.get(ticker)!);
  }
}

import { sql, type SQL } from 'drizzle-orm';
import { integers, texts } from '../../database/array-parameters.ts';
import type { Engine } from '../../database/engines/engine.ts';
import { insertMarketIds } from './insert-market-ids.ts';

/** Names that are remembered; beyond that all but those of one batch are forgotten, so that memory does not grow. */
const maxRemembered = 100_000;

/**
 * The database's numbers of markets, remembered. In one database a number never changes; but an older copy of it may have taken
 * its place. So whoever writes them asks in the same transaction whether they still hold.
 */
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
    // Taken now: what others do meanwhile may make all be forgotten.
    const known = tickers.map((ticker) => this.#known.get(ticker));
    const unknown = tickers.filter((_, index) => known[index] === undefined);
    if (unknown.length === 0) return known as number[];
    const found = await this.#engine.transact(async (run) => insertMarketIds(run, unknown), {
      doing: 'Entering new markets',
    });
    if (this.#known.size + found.size > maxRemembered) this.#known.clear();
    for (const [ticker, id] of found) this.#known.set(ticker, id);
    return tickers.map((ticker, index) => known[index] ?? found.get(ticker)!);
  }

  forget(): void {
    this.#known.clear();
  }
}

/** How many of these numbers stand for these names, as `known`: all of them, unless it is another database. */
export const countKnown = (tickers: readonly string[], ids: readonly number[]): SQL => sql`
  select count(*) as known
  from unnest(${integers(ids)}, ${texts(tickers)}) as mine (id, ticker)
  join markets on markets.id = mine.id and markets.ticker = mine.ticker`;

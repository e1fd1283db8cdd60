// Markets as REST lists them: all that fit the filters, page by page, or some by name.
import type { DiscoveryConfig } from '../config-types.ts';
import type { ListedMarket } from '../core/market-set-rules.ts';
import { readListedMarket } from './listed-market.ts';
import { RestError, type RestClient } from './rest-client.ts';

export interface MarketSource {
  /** Every market that the filters on the exchange's side let through. Fails as a whole: half a listing is none. */
  list(rules: DiscoveryConfig, signal: AbortSignal): Promise<Listing>;
  /** Those of the named markets that the exchange knows, whatever their state. */
  lookUp(tickers: readonly string[], signal: AbortSignal): Promise<Listing>;
}

export type Listing = {
  readonly markets: readonly ListedMarket[];
  /** Entries that name no market or say nothing of its state. */
  readonly unreadable: number;
};

/** The exchange's most. */
const PAGE_SIZE = 1_000;
/** A cursor that never ends is a fault of the exchange, not a million markets. */
const MAX_PAGES = 1_000;
/** About 4,000 characters of URL. */
const NAMES_PER_LOOK_UP = 100;

export class RestMarketSource implements MarketSource {
  readonly #rest: RestClient;
  readonly #pageSize: number;

  /** @param pageSize for tests */
  constructor(rest: RestClient, pageSize: number = PAGE_SIZE) {
    this.#rest = rest;
    this.#pageSize = pageSize;
  }

  async list({ series, events, status }: DiscoveryConfig, signal: AbortSignal): Promise<Listing> {
    const named = [
      ...series.map((ticker) => ({ series_ticker: ticker })),
      ...events.map((ticker) => ({ event_ticker: ticker })),
    ];
    // Combinations have a lifecycle channel of their own, which is not followed.
    const scopes: readonly Record<string, string>[] = named.length > 0 ? named : [{ mve_filter: 'exclude' }];
    const listings: Listing[] = [];
    // One after the other: a listing is in no hurry, and the account's read budget is shared with other programs.
    for (const scope of scopes) {
      for (const one of status) listings.push(await this.#pages({ ...scope, status: one }, signal));
    }
    return together(listings);
  }

  async lookUp(tickers: readonly string[], signal: AbortSignal): Promise<Listing> {
    const listings: Listing[] = [];
    for (let from = 0; from < tickers.length; from += NAMES_PER_LOOK_UP) {
      const names = tickers.slice(from, from + NAMES_PER_LOOK_UP).join(',');
      listings.push(await this.#pages({ tickers: names }, signal));
    }
    return together(listings);
  }

  async #pages(filters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Listing> {
    const markets: ListedMarket[] = [];
    let unreadable = 0;
    let cursor = '';
    for (let page = 0; page < MAX_PAGES; page++) {
      const query = new URLSearchParams({ ...filters, limit: String(this.#pageSize), ...(cursor && { cursor }) });
      const { body } = await this.#rest.get(`/markets?${query.toString()}`, { signal });
      const { markets: entries, cursor: next } = (body ?? {}) as { markets?: unknown; cursor?: unknown };
      if (!Array.isArray(entries))
        throw new RestError('REST_UNREADABLE', 'GET /markets: the answer has no list of markets');
      for (const entry of entries) {
        const market = readListedMarket(entry);
        if (market) markets.push(market);
        else unreadable++;
      }
      if (typeof next !== 'string' || next === '') return { markets, unreadable };
      if (next === cursor) break;
      cursor = next;
    }
    throw new RestError('REST_UNREADABLE', 'GET /markets: the pages do not end');
  }
}

const together = (listings: readonly Listing[]): Listing => ({
  markets: listings.flatMap(({ markets }) => markets),
  unreadable: listings.reduce((sum, { unreadable }) => sum + unreadable, 0),
});

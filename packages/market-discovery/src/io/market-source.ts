// Markets as REST lists them: all that fit the filters, page by page, or some by name. A part that cannot be had, a series or
// a page, keeps nobody from the others.
import type { ListedMarket, MarketRules } from '../core/rules.ts';
import type { Refusal } from '../core/state.ts';
import { MarketDiscoveryError } from '../errors.ts';
import type { RestClient } from './rest-client.ts';

export interface MarketSource {
  /** Every market that the filters on the exchange's side let through. Rejects only when it is aborted. */
  list(rules: MarketRules, signal: AbortSignal): Promise<Listing>;
  /** Those of the named markets that the exchange knows, whatever their state. Rejects only when it is aborted. */
  lookUp(tickers: readonly string[], signal: AbortSignal): Promise<Answers>;
}

export type Listing<Market = ListedMarket> = {
  readonly markets: readonly Market[];
  /** Entries that cannot be recorded as they are. */
  readonly refused: readonly Refusal[];
  /** Of each part that could not be had whole: what was asked for, and why not. */
  readonly failures: readonly Failure[];
};

export type Failure = { readonly part: string; readonly error: unknown };

export type Answers<Market = ListedMarket> = Listing<Market> & {
  /** Those that were not answered. */
  readonly unanswered: readonly string[];
};

/** More pages are a fault of the exchange, not a million markets. */
const MAX_PAGES = 1_000;
/** About 4,000 characters of URL. */
const NAMES_PER_LOOK_UP = 100;

/** Reads an entry of a listing. @param place stands for the name of what has none */
export type ReadMarket<Market> = (entry: unknown, place: string) => Market | Refusal;

export class RestMarketSource<Market extends object> {
  readonly #rest: RestClient;
  readonly #pageSize: number;
  readonly #read: ReadMarket<Market>;

  constructor(rest: RestClient, pageSize: number, read: ReadMarket<Market>) {
    this.#rest = rest;
    this.#pageSize = pageSize;
    this.#read = read;
  }

  async list({ series, events, status }: MarketRules, signal: AbortSignal): Promise<Listing<Market>> {
    const named = [
      ...series.map((ticker) => ({ part: ticker, filters: { series_ticker: ticker } })),
      ...events.map((ticker) => ({ part: ticker, filters: { event_ticker: ticker } })),
    ];
    // Combinations have a lifecycle channel of their own, which is not followed.
    const scopes = named.length > 0 ? named : [{ part: 'all markets', filters: { mve_filter: 'exclude' } }];
    const listings: Listing<Market>[] = [];
    // One after the other: a listing is in no hurry, and the account's read budget is shared with other programs.
    for (const { part, filters } of scopes) {
      for (const one of status) {
        listings.push(await this.#pages(part, { ...filters, status: one }, signal));
        if (isAway(listings)) return together(listings);
      }
    }
    return together(listings);
  }

  async lookUp(tickers: readonly string[], signal: AbortSignal): Promise<Answers<Market>> {
    const answers: Answers<Market>[] = [];
    let away = false;
    for (let from = 0; from < tickers.length; from += NAMES_PER_LOOK_UP) {
      const names = tickers.slice(from, from + NAMES_PER_LOOK_UP);
      away ||= isAway(answers);
      answers.push(away ? { ...NOTHING, unanswered: names } : await this.#lookUp(names, signal));
    }
    return { ...together(answers), unanswered: answers.flatMap(({ unanswered }) => unanswered) };
  }

  /** Where the exchange refuses the request for one of the names, the others are asked for without it. */
  async #lookUp(tickers: readonly string[], signal: AbortSignal): Promise<Answers<Market>> {
    const part = tickers.length === 1 ? tickers[0]! : `${tickers.length} markets by name`;
    const listing = await this.#pages(part, { tickers: tickers.join(',') }, signal);
    const error = listing.failures[0]?.error;
    if (error === undefined) return { ...listing, unanswered: [] };
    if (tickers.length === 1 || !(error instanceof MarketDiscoveryError) || error.status !== 400) {
      return { ...listing, unanswered: tickers };
    }
    const half = Math.ceil(tickers.length / 2);
    const [one, other] = [
      await this.#lookUp(tickers.slice(0, half), signal),
      await this.#lookUp(tickers.slice(half), signal),
    ];
    return { ...together([one, other]), unanswered: [...one.unanswered, ...other.unanswered] };
  }

  async #pages(part: string, filters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Listing<Market>> {
    const markets: Market[] = [];
    const refused: Refusal[] = [];
    const seen = new Set(['']);
    let entries = 0;
    try {
      for (let cursor = ''; seen.size <= MAX_PAGES;) {
        const query = new URLSearchParams({ ...filters, limit: String(this.#pageSize), ...(cursor && { cursor }) });
        const { body } = await this.#rest.get(`/markets?${query.toString()}`, { signal });
        const { markets: page, cursor: next } = (body ?? {}) as { markets?: unknown; cursor?: unknown };
        if (!Array.isArray(page))
          throw new MarketDiscoveryError('REST_UNREADABLE', 'GET /markets: the answer has no list of markets');
        for (const entry of page as unknown[]) {
          const market = this.#read(entry, `entry ${++entries} of ${part}`);
          if ('reason' in market) refused.push(market);
          else markets.push(market);
        }
        if (typeof next !== 'string' || next === '') return { markets, refused, failures: [] };
        if (seen.has(next)) break;
        seen.add(next);
        cursor = next;
      }
      throw new MarketDiscoveryError('REST_UNREADABLE', 'GET /markets: the pages do not end');
    } catch (error) {
      signal.throwIfAborted();
      return { markets, refused, failures: [{ part, error }] };
    }
  }
}

const NOTHING: Listing<never> = { markets: [], refused: [], failures: [] };

/** Two parts in a row failed for reasons that are not their own: the others would only cost the time of as many tries. */
function isAway(listings: readonly Listing<unknown>[]): boolean {
  const last = listings.slice(-2).map(({ failures }) => failures[0]?.error);
  return last.length === 2 && last.every((error) => error !== undefined && !isOwn(error));
}

/** What is wrong with what was asked for, or with the answer to it. */
const isOwn = (error: unknown): boolean =>
  error instanceof MarketDiscoveryError &&
  (error.code === 'REST_UNREADABLE' || error.status === 400 || error.status === 404);

const together = <Market>(listings: readonly Listing<Market>[]): Listing<Market> => ({
  markets: listings.flatMap(({ markets }) => markets),
  refused: listings.flatMap(({ refused }) => refused),
  failures: listings.flatMap(({ failures }) => failures),
});

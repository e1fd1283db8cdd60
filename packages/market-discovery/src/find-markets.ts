// One question, one answer: for checks before a search, and for whoever needs no search.
import { readListedMarket } from './core/listed-market.ts';
import type { ListedMarket } from './core/rules.ts';
import { step } from './core/set.ts';
import { initialMarketSet, type MarketChange, type Refusal } from './core/state.ts';
import { RestMarketSource, type Failure } from './io/market-source.ts';
import { RestClient } from './io/rest-client.ts';
import { resolveOptions, type MarketDiscoveryOptions } from './options.ts';

export type FoundMarkets = {
  /** What a search would want now. */
  readonly markets: readonly MarketChange[];
  /** Markets, and entries, that cannot be followed as they are. */
  readonly refused: readonly Refusal[];
  /** Markets that fit and found no room under the limit. */
  readonly overLimit: number;
  /** Series, events and pages that could not be had: with any, what is in `markets` is not all. */
  readonly failures: readonly Failure[];
};

type Ask = { readonly signal?: AbortSignal };

const sourceOf = (options: ReturnType<typeof resolveOptions>): RestMarketSource<ListedMarket> =>
  new RestMarketSource(new RestClient(options), options.pageSize, readListedMarket);

/**
 * What a search with these options would want now.
 *
 * @throws {TypeError | RangeError} for a wrong option; rejects with the signal's reason when it is aborted
 */
export async function findMarkets(
  options: MarketDiscoveryOptions,
  { signal = new AbortController().signal }: Ask = {},
): Promise<FoundMarkets> {
  const resolved = resolveOptions(options);
  const { rules, runtime } = resolved;
  const { markets, refused, failures } = await sourceOf(resolved).list(rules, signal);
  signal.throwIfAborted();
  const times = { atMs: runtime.monotonicMs(), wallMs: runtime.nowMs(), random: 0.5 };
  const state = initialMarketSet(rules, times.atMs);
  const found = step(state, { type: 'listed', markets, refused, isWhole: failures.length === 0, ...times });
  return { markets: found.add, refused: found.refused, overLimit: state.counters.overLimit, failures };
}

/**
 * Which of these markets the exchange does not know, whatever their state.
 *
 * @returns `failures` names what could not be asked: those markets are in none of the lists
 * @throws as {@link findMarkets}
 */
export async function unknownMarkets(
  options: MarketDiscoveryOptions,
  tickers: readonly string[],
  { signal = new AbortController().signal }: Ask = {},
): Promise<Pick<FoundMarkets, 'refused' | 'failures'> & { readonly unknown: readonly string[] }> {
  const { markets, refused, failures, unanswered } = await sourceOf(resolveOptions(options)).lookUp(tickers, signal);
  signal.throwIfAborted();
  const answered = new Set([
    ...unanswered,
    ...refused.map(({ market }) => market),
    ...markets.map(({ ticker }) => ticker),
  ]);
  return { unknown: tickers.filter((market) => !answered.has(market)), refused, failures };
}

// Which market is wanted: the exchange's words for a market's life, and the filters of the configuration.
import type { DiscoveryConfig, MarketStatusFilter } from '../config/config-types.ts';

/** A market as REST lists it, as far as it decides whether its book is wanted. */
export type ListedMarket = {
  readonly ticker: string;
  readonly eventTicker: string;
  /** The exchange's word; new ones may appear. */
  readonly status: string;
  /** Ms since the Unix epoch; `null` if the exchange does not say. */
  readonly openAtMs: number | null;
  readonly closeAtMs: number | null;
  /** Traded so far, in 1/100 contract. */
  readonly volume: number;
};

/** Objects and filters have different words for the same (docs.kalshi.com, market lifecycle). */
const FILTER_OF: Readonly<Record<string, MarketStatusFilter>> = {
  initialized: 'unopened',
  active: 'open',
  inactive: 'paused',
};

const ENDED: ReadonlySet<string> = new Set(['closed', 'determined', 'disputed', 'amended', 'finalized', 'settled']);

/** It will not trade again. A paused market will. */
export const hasEnded = ({ status }: ListedMarket): boolean => ENDED.has(status);

/** A word of the exchange that is not among those which are known: nobody can say whether its book is wanted. */
export const isUnknownStatus = ({ status }: ListedMarket): boolean =>
  !Object.hasOwn(FILTER_OF, status) && !ENDED.has(status);

export type Verdict = 'wanted' | 'not-yet' | 'unwanted';

/**
 * `not-yet`: it is only waiting for its opening.
 *
 * @param wallMs now, in ms since the Unix epoch
 */
export function judge(market: ListedMarket, rules: DiscoveryConfig, wallMs: number): Verdict {
  if (!isNamed(market.ticker, market.eventTicker, rules) || market.volume < rules.minVolume * 100) return 'unwanted';
  const { closesWithinMs } = rules;
  if (closesWithinMs !== null && (market.closeAtMs === null || market.closeAtMs > wallMs + closesWithinMs)) {
    return 'unwanted';
  }
  const status = FILTER_OF[market.status];
  if (status === undefined) return 'unwanted';
  if (rules.status.includes(status)) return 'wanted';
  return status === 'unopened' && rules.status.includes('open') ? 'not-yet' : 'unwanted';
}

/** An event's ticker begins with its series', and a market's with its event's: so a ticker alone tells, too. */
export function isNamed(ticker: string, eventTicker: string | null, { series, events }: DiscoveryConfig): boolean {
  if (series.length === 0 && events.length === 0) return true;
  const isOf = (name: string): boolean =>
    ticker.startsWith(`${name}-`) || eventTicker === name || (eventTicker?.startsWith(`${name}-`) ?? false);
  return series.some(isOf) || events.some(isOf);
}

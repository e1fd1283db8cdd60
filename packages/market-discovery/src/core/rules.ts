// Which market is wanted: the exchange's words for a market's life, and the filters of the options.

/** As the exchange's REST filter calls it. */
export const MARKET_STATUSES = ['unopened', 'open', 'paused'] as const;
export type MarketStatusFilter = (typeof MARKET_STATUSES)[number];

/** Which markets are looked for, and how often. */
export type MarketRules = {
  /** Series tickers; with `events` empty too, the whole exchange. @default [] */
  readonly series: readonly string[];
  /** Event tickers. @default [] */
  readonly events: readonly string[];
  /** In which states a market is wanted. @default ['open'] */
  readonly status: readonly MarketStatusFilter[];
  /** Whole contracts traded so far. @default 0 */
  readonly minVolume: number;
  /** Markets that close later than this from now, in ms, are left for later; `null` for any. @default null */
  readonly closesWithinMs: number | null;
  /** Most markets at once, those with the most volume first. @default 1000 */
  readonly limit: number;
  /** Between two full listings, in ms; a tenth of it is jitter. @default 60000 */
  readonly reconcileEveryMs: number;
  /** A market stays wanted this long, in ms, after it was seen closed, so that its last messages are read. @default 60000 */
  readonly keepAfterCloseMs: number;
};

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
export function judge(market: ListedMarket, rules: MarketRules, wallMs: number): Verdict {
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
export function isNamed(ticker: string, eventTicker: string | null, { series, events }: MarketRules): boolean {
  if (series.length === 0 && events.length === 0) return true;
  const isOf = (name: string): boolean =>
    ticker.startsWith(`${name}-`) || eventTicker === name || (eventTicker?.startsWith(`${name}-`) ?? false);
  return series.some(isOf) || events.some(isOf);
}

// A market as REST describes it, into what it is: without its prices and its volume, which the books tell.
import { shown, tickerRefusal } from './listed-market.ts';
import type { Refusal } from './state.ts';

/** A band of valid prices, all in 1/10,000 dollar: from `start` to `end` in steps of `step`. */
export type PriceRange = { readonly start: number; readonly end: number; readonly step: number };

/** What the exchange's words for a market's life come to. */
export type MarketStatus = 'unopened' | 'open' | 'paused' | 'closed' | 'determined' | 'settled';

/** `null` where the exchange does not say, or says it in a way that cannot be read. Times are ms since the Unix epoch. */
export interface MarketDescription {
  readonly market: string;
  readonly eventTicker: string | null;
  /** Where the exchange does not name it: the event's ticker up to its first dash. */
  readonly seriesTicker: string | null;
  readonly title: string | null;
  readonly subtitle: string | null;
  readonly yesSubtitle: string | null;
  readonly noSubtitle: string | null;
  readonly primaryRules: string | null;
  readonly secondaryRules: string | null;
  readonly openAtMs: number | null;
  readonly closeAtMs: number | null;
  readonly expectedExpirationAtMs: number | null;
  readonly canCloseEarly: boolean | null;
  /** Which of the strikes count, and how: `greater`, `between`, `custom`, … */
  readonly strikeType: string | null;
  /** In the unit of what the market is about, as the exchange sent it: neither money nor scaled. */
  readonly floorStrike: number | null;
  readonly capStrike: number | null;
  readonly customStrike: Readonly<Record<string, unknown>> | null;
  readonly priceLevelStructure: string | null;
  readonly priceRanges: readonly PriceRange[] | null;
  /** Of the series. */
  readonly feeType: string | null;
  readonly feeMultiplier: number | null;
  readonly status: MarketStatus | null;
  /** The exchange's own word. */
  readonly exchangeStatus: string | null;
  readonly result: string | null;
  /** What a YES contract pays, in 1/10,000 dollar. */
  readonly settlementValue: number | null;
  readonly settledAtMs: number | null;
}

export type SeriesFees = Pick<MarketDescription, 'feeType' | 'feeMultiplier'>;

const STATUSES: Readonly<Record<string, MarketStatus>> = {
  initialized: 'unopened',
  active: 'open',
  inactive: 'paused',
  closed: 'closed',
  determined: 'determined',
  disputed: 'determined',
  amended: 'determined',
  finalized: 'settled',
};

type Fields = Readonly<Record<string, unknown>>;

/** @returns without fees, which the series has; why there is none, for what names no market */
export function readMarketDescription(value: unknown, place: string): MarketDescription | Refusal {
  if (!isFields(value)) return { market: place, reason: 'it is no object' };
  const { ticker, status } = value;
  if (typeof ticker !== 'string') return { market: place, reason: 'it has no ticker' };
  const refusal = tickerRefusal(ticker);
  if (refusal !== null) return { market: shown(ticker), reason: refusal };
  const eventTicker = text(value['event_ticker']);
  const word = text(status);
  return {
    market: ticker,
    eventTicker,
    seriesTicker: text(value['series_ticker']) ?? text(eventTicker?.split('-')[0]),
    title: text(value['title']),
    subtitle: text(value['subtitle']),
    yesSubtitle: text(value['yes_sub_title']),
    noSubtitle: text(value['no_sub_title']),
    primaryRules: text(value['rules_primary']),
    secondaryRules: text(value['rules_secondary']),
    openAtMs: readTime(value['open_time']),
    closeAtMs: readTime(value['close_time']),
    expectedExpirationAtMs: readTime(value['expected_expiration_time']),
    canCloseEarly: flag(value['can_close_early']),
    strikeType: text(value['strike_type']),
    floorStrike: number(value['floor_strike']),
    capStrike: number(value['cap_strike']),
    customStrike: isFields(value['custom_strike']) ? value['custom_strike'] : null,
    priceLevelStructure: text(value['price_level_structure']),
    priceRanges: readPriceRanges(value['price_ranges']),
    feeType: null,
    feeMultiplier: null,
    status: word === null ? null : ((Object.hasOwn(STATUSES, word) ? STATUSES[word] : null) ?? null),
    exchangeStatus: word,
    result: text(value['result']),
    settlementValue: dollars(value['settlement_value_dollars']),
    settledAtMs: readTime(value['settlement_ts']),
  };
}

/** Of `GET /series/{ticker}`. */
export function readSeriesFees(body: unknown): SeriesFees {
  const series = isFields(body) && isFields(body['series']) ? body['series'] : {};
  return { feeType: text(series['fee_type']), feeMultiplier: number(series['fee_multiplier']) };
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The exchange writes nothing as an empty text. */
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
export const flag = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);
const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** Moments from 1970 on, which is what anybody can store. */
export function readTime(value: unknown): number | null {
  const atMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return atMs >= 0 ? atMs : null;
}

/** Text of dollars, exact in 1/10,000: what is finer is not rounded. */
function dollars(value: unknown): number | null {
  const [, whole = '', part = ''] = (typeof value === 'string' && /^(\d{1,5})(?:\.(\d{1,4})0*)?$/.exec(value)) || [];
  return whole === '' ? null : Number(whole) * 10_000 + Number(part.padEnd(4, '0'));
}

/** All or none: a grid of which a part is missing is another grid. */
function readPriceRanges(value: unknown): readonly PriceRange[] | null {
  if (!Array.isArray(value)) return null;
  const ranges: PriceRange[] = [];
  for (const range of value as unknown[]) {
    const [start, end, step] = isFields(range) ? [range['start'], range['end'], range['step']].map(dollars) : [];
    if (typeof start !== 'number' || typeof end !== 'number' || typeof step !== 'number') return null;
    ranges.push({ start, end, step });
  }
  return ranges;
}

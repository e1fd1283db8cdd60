// The objects of REST answers. In go what the exchange has, out come bodies with their keys in alphabetical order at every
// depth, as the real exchange writes them. Optional fields are left out, not null, but for the few that were seen as null.
// Prices and sizes are decimal text, times RFC 3339.
import type { BookLevels, Level } from '../market/book.ts';
import type { ExchangeState } from '../exchange-state.ts';
import type { FeeSchedule } from '../accounts/fees.ts';
import { DOLLAR, formatDollars, formatPrice, formatSize } from '../market/fixed-point.ts';
import { formatTimestamp } from '../timestamp.ts';
import type { PublicTrade } from '../market/listing.ts';
import type { Market } from '../market/market.ts';

/** There is one shard. */
const EXCHANGE_INDEX = 0;

const CENT_OF_MONEY = 10_000;

const timeOf = (atMs: number): string => formatTimestamp(atMs * 1000);

/** What remains to be decided after a market's close takes a week at most. */
const LONGEST_DECISION_MS = 604_800_000;

export function marketBody({ listing, book, marketId }: Market): object {
  const { yes, no } = book.levels();
  const [yesBid, yesBidSize] = yes.at(-1) ?? [0, 0];
  const [noBid, noBidSize] = no.at(-1) ?? [0, 0];
  const closeTime = timeOf(listing.closeAtMs);
  const latestExpiration = timeOf(listing.closeAtMs + LONGEST_DECISION_MS);
  return {
    can_close_early: true,
    close_time: closeTime,
    created_time: timeOf(listing.createdAtMs),
    custom_strike: { simulated_market: marketId },
    early_close_condition: 'This market closes early when somebody at the simulator closes it.',
    event_ticker: listing.eventTicker,
    exchange_index: EXCHANGE_INDEX,
    expected_expiration_time: closeTime,
    expiration_time: latestExpiration,
    expiration_value: listing.result,
    last_price_dollars: formatPrice(listing.lastPrice ?? 0),
    latest_expiration_time: latestExpiration,
    market_type: 'binary',
    no_ask_dollars: formatPrice(DOLLAR - yesBid),
    no_bid_dollars: formatPrice(noBid),
    no_sub_title: listing.noSubtitle,
    notional_value_dollars: formatPrice(DOLLAR),
    occurrence_datetime: closeTime,
    open_interest_fp: formatSize(listing.openInterest),
    open_time: timeOf(listing.openAtMs),
    previous_price_dollars: formatPrice(listing.previousPrice),
    previous_yes_ask_dollars: formatPrice(listing.previousYesAsk),
    previous_yes_bid_dollars: formatPrice(listing.previousYesBid),
    price_level_structure: listing.priceLevelStructure,
    price_ranges: listing.priceRanges.map(({ start, end, step }) => ({
      end: formatPrice(end),
      start: formatPrice(start),
      step: formatPrice(step),
    })),
    result: listing.result,
    rules_primary: 'This market exists on a simulated exchange only.',
    rules_secondary: '',
    settlement_timer_seconds: 1,
    ...(listing.settledAtMs !== null && { settlement_ts: timeOf(listing.settledAtMs) }),
    ...(listing.settlementValue !== null && { settlement_value_dollars: formatPrice(listing.settlementValue) }),
    status: listing.status,
    strike_type: 'structured',
    ticker: listing.ticker,
    title: listing.title,
    updated_time: timeOf(listing.updatedAtMs),
    volume_24h_fp: formatSize(listing.volume24h),
    volume_fp: formatSize(listing.volume),
    yes_ask_dollars: formatPrice(DOLLAR - noBid),
    yes_ask_size_fp: formatSize(noBidSize),
    yes_bid_dollars: formatPrice(yesBid),
    yes_bid_size_fp: formatSize(yesBidSize),
    yes_sub_title: listing.yesSubtitle,
  };
}

/**
 * NO prices on the NO side, levels ascending (the best is last), an empty side is an empty list.
 *
 * @param depth the best so many levels of each side; 0 is all
 */
export function orderbookBody({ yes, no }: BookLevels, depth = 0): object {
  const side = (levels: readonly Level[]) =>
    levels.slice(-depth).map(([price, size]) => [formatPrice(price), formatSize(size)]);
  return { no_dollars: side(no), yes_dollars: side(yes) };
}

export const tradeBody = ({ tradeId, ticker, size, yesPrice, takerOutcome, isBlockTrade, atMicros }: PublicTrade) => ({
  count_fp: formatSize(size),
  created_time: formatTimestamp(atMicros),
  is_block_trade: isBlockTrade,
  no_price_dollars: formatPrice(DOLLAR - yesPrice),
  taker_book_side: takerOutcome === 'yes' ? 'bid' : 'ask',
  taker_outcome_side: takerOutcome,
  taker_side: takerOutcome,
  ticker,
  trade_id: tradeId,
  yes_price_dollars: formatPrice(yesPrice),
});

/** An event or a series: what its markets have in common. */
export interface MarketGroup {
  readonly ticker: string;
  readonly markets: readonly [Market, ...Market[]];
}

const CATEGORY = 'Simulation';
const SETTLEMENT_SOURCES = [{ name: "The simulator's seed", url: 'https://example.invalid/' }];

const lastUpdateOf = ({ markets }: MarketGroup): number =>
  Math.max(...markets.map(({ listing }) => listing.updatedAtMs));

export function eventBody(event: MarketGroup, withMarkets: boolean): object {
  const [{ listing }] = event.markets;
  return {
    category: CATEGORY,
    collateral_return_type: '',
    event_ticker: event.ticker,
    exchange_index: EXCHANGE_INDEX,
    last_updated_ts: timeOf(lastUpdateOf(event)),
    ...(withMarkets && { markets: event.markets.map(marketBody) }),
    mutually_exclusive: false,
    product_metadata: {},
    series_ticker: listing.seriesTicker,
    settlement_sources: SETTLEMENT_SOURCES,
    strike_date: timeOf(Math.max(...event.markets.map((market) => market.listing.closeAtMs))),
    strike_period: '',
    sub_title: '',
    title: listing.title,
  };
}

export function seriesBody(series: MarketGroup, fees: FeeSchedule, withVolume: boolean): object {
  const volume = series.markets.reduce((sum, { listing }) => sum + listing.volume, 0);
  return {
    additional_prohibitions: null,
    categories: [CATEGORY],
    category: CATEGORY,
    contract_terms_url: '',
    contract_url: '',
    exchange_index: EXCHANGE_INDEX,
    ...fees.kindOf(series.ticker),
    frequency: 'custom',
    last_updated_ts: timeOf(lastUpdateOf(series)),
    settlement_sources: SETTLEMENT_SOURCES,
    tags: ['Simulated'],
    ticker: series.ticker,
    title: series.ticker,
    ...(withVolume && { volume_fp: formatSize(volume) }),
  };
}

export const SERIES_CATEGORY = CATEGORY;

export function exchangeStatusBody({ exchangeActive, tradingActive, maintenance }: ExchangeState): object {
  const trading_active = exchangeActive && tradingActive;
  const whole = { exchange_active: exchangeActive };
  const transfers = { intra_exchange_transfers_active: exchangeActive, trading_active };
  return {
    ...whole,
    exchange_estimated_resume_time: !trading_active && maintenance ? timeOf(maintenance.endMs) : null,
    exchange_index_statuses: [{ description: 'default', ...whole, exchange_index: EXCHANGE_INDEX, ...transfers }],
    ...transfers,
  };
}

/** Hours of New York: all day, except Thursday from three to five. */
export function exchangeScheduleBody({ maintenance }: ExchangeState): object {
  const always = [{ close_time: '00:00', open_time: '00:00' }];
  const hours = {
    end_time: '2200-12-01T00:00:00Z',
    friday: always,
    monday: always,
    saturday: always,
    start_time: '2024-12-01T00:00:00Z',
    sunday: always,
    thursday: [
      { close_time: '03:00', open_time: '00:00' },
      { close_time: '00:00', open_time: '05:00' },
    ],
    tuesday: always,
    wednesday: always,
  };
  const windows = maintenance
    ? [{ end_datetime: timeOf(maintenance.endMs), start_datetime: timeOf(maintenance.startMs) }]
    : [];
  return { schedule: { maintenance_windows: windows, standard_hours: [hours] } };
}

/** The account's reads are never late here. */
export const userDataTimestampBody = (nowMs: number): object => ({ as_of_time: timeOf(Math.floor(nowMs)) });

/** Whole cents are cut off, as an account cannot spend what it has not. */
export function balanceBody(balance: number, portfolioValue: number, nowMs: number): object {
  const dollars = formatDollars(balance);
  return {
    balance: Math.floor(balance / CENT_OF_MONEY),
    balance_breakdown: [{ balance: dollars, exchange_index: EXCHANGE_INDEX }],
    balance_dollars: dollars,
    portfolio_value: Math.floor(portfolioValue / CENT_OF_MONEY),
    updated_ts: Math.floor(nowMs / 1000),
  };
}

// The objects of REST answers, field by field in the order of Kalshi's OpenAPI document. Optional fields are left out,
// not null. Prices and sizes are decimal text, times RFC 3339.
import type { BookLevels, Level } from '../market/book.ts';
import type { ExchangeState } from '../exchange-state.ts';
import { DOLLAR, formatPrice, formatSize } from '../market/fixed-point.ts';
import { formatTimestamp } from '../socket/frames.ts';
import type { PublicTrade } from '../market/listing.ts';
import type { Market } from '../market/market.ts';

/** There is one shard. */
const EXCHANGE_INDEX = 0;

const timeOf = (atMs: number): string => formatTimestamp(atMs * 1000);

export function marketBody({ listing, book }: Market): object {
  const { yes, no } = book.levels();
  const [yesBid, yesBidSize] = yes.at(-1) ?? [0, 0];
  const [noBid, noBidSize] = no.at(-1) ?? [0, 0];
  return {
    ticker: listing.ticker,
    event_ticker: listing.eventTicker,
    market_type: 'binary',
    title: listing.title,
    subtitle: '',
    yes_sub_title: listing.yesSubtitle,
    no_sub_title: listing.noSubtitle,
    created_time: timeOf(listing.createdAtMs),
    updated_time: timeOf(listing.updatedAtMs),
    open_time: timeOf(listing.openAtMs),
    close_time: timeOf(listing.closeAtMs),
    expected_expiration_time: timeOf(listing.closeAtMs),
    expiration_time: timeOf(listing.closeAtMs),
    latest_expiration_time: timeOf(listing.closeAtMs),
    settlement_timer_seconds: 1,
    status: listing.status,
    yes_bid_dollars: formatPrice(yesBid),
    yes_bid_size_fp: formatSize(yesBidSize),
    yes_ask_dollars: formatPrice(DOLLAR - noBid),
    yes_ask_size_fp: formatSize(noBidSize),
    no_bid_dollars: formatPrice(noBid),
    no_ask_dollars: formatPrice(DOLLAR - yesBid),
    last_price_dollars: formatPrice(listing.lastPrice ?? 0),
    volume_fp: formatSize(listing.volume),
    volume_24h_fp: formatSize(listing.volume24h),
    result: listing.result,
    can_close_early: true,
    open_interest_fp: formatSize(listing.openInterest),
    notional_value_dollars: formatPrice(DOLLAR),
    previous_yes_bid_dollars: formatPrice(listing.previousYesBid),
    previous_yes_ask_dollars: formatPrice(listing.previousYesAsk),
    previous_price_dollars: formatPrice(listing.previousPrice),
    liquidity_dollars: formatPrice(0),
    ...(listing.settlementValue !== null && { settlement_value_dollars: formatPrice(listing.settlementValue) }),
    ...(listing.settledAtMs !== null && { settlement_ts: timeOf(listing.settledAtMs) }),
    expiration_value: listing.result,
    rules_primary: 'This market exists on a simulated exchange only.',
    rules_secondary: '',
    price_level_structure: listing.priceLevelStructure,
    price_ranges: listing.priceRanges.map(({ start, end, step }) => ({
      start: formatPrice(start),
      end: formatPrice(end),
      step: formatPrice(step),
    })),
    exchange_index: EXCHANGE_INDEX,
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
  return { yes_dollars: side(yes), no_dollars: side(no) };
}

export const tradeBody = ({ tradeId, ticker, size, yesPrice, takerOutcome, isBlockTrade, atMicros }: PublicTrade) => ({
  trade_id: tradeId,
  ticker,
  count_fp: formatSize(size),
  yes_price_dollars: formatPrice(yesPrice),
  no_price_dollars: formatPrice(DOLLAR - yesPrice),
  taker_side: takerOutcome,
  taker_outcome_side: takerOutcome,
  taker_book_side: takerOutcome === 'yes' ? 'bid' : 'ask',
  created_time: formatTimestamp(atMicros),
  is_block_trade: isBlockTrade,
});

/** An event or a series: what its markets have in common. */
export interface MarketGroup {
  readonly ticker: string;
  readonly markets: readonly [Market, ...Market[]];
}

const CATEGORY = 'Simulation';

const lastUpdateOf = ({ markets }: MarketGroup): number =>
  Math.max(...markets.map(({ listing }) => listing.updatedAtMs));

export function eventBody(event: MarketGroup, withMarkets: boolean): object {
  const [{ listing }] = event.markets;
  return {
    event_ticker: event.ticker,
    series_ticker: listing.seriesTicker,
    sub_title: '',
    title: listing.title,
    collateral_return_type: '',
    mutually_exclusive: false,
    category: CATEGORY,
    ...(withMarkets && { markets: event.markets.map(marketBody) }),
    available_on_brokers: false,
    settlement_sources: [],
    last_updated_ts: timeOf(lastUpdateOf(event)),
    exchange_index: EXCHANGE_INDEX,
  };
}

export function seriesBody(series: MarketGroup, withVolume: boolean): object {
  const volume = series.markets.reduce((sum, { listing }) => sum + listing.volume, 0);
  return {
    ticker: series.ticker,
    frequency: 'custom',
    title: series.ticker,
    category: CATEGORY,
    tags: [],
    settlement_sources: [],
    contract_url: '',
    contract_terms_url: '',
    fee_type: 'quadratic',
    fee_multiplier: 1,
    additional_prohibitions: [],
    ...(withVolume && { volume_fp: formatSize(volume) }),
    last_updated_ts: timeOf(lastUpdateOf(series)),
    exchange_index: EXCHANGE_INDEX,
  };
}

export const SERIES_CATEGORY = CATEGORY;

export function exchangeStatusBody({ exchangeActive, tradingActive, maintenance }: ExchangeState): object {
  const active = {
    exchange_active: exchangeActive,
    trading_active: exchangeActive && tradingActive,
    intra_exchange_transfers_active: exchangeActive,
  };
  return {
    ...active,
    ...(!active.trading_active && maintenance && { exchange_estimated_resume_time: timeOf(maintenance.endMs) }),
    exchange_index_statuses: [{ exchange_index: EXCHANGE_INDEX, description: 'default', ...active }],
  };
}

/** Hours of New York: all day, except Thursday from three to five. */
export function exchangeScheduleBody({ maintenance }: ExchangeState): object {
  const always = [{ open_time: '00:00', close_time: '00:00' }];
  const thursday = [
    { open_time: '00:00', close_time: '03:00' },
    { open_time: '05:00', close_time: '00:00' },
  ];
  const hours = {
    start_time: '2024-12-01T00:00:00Z',
    end_time: '2200-12-01T00:00:00Z',
    monday: always,
    tuesday: always,
    wednesday: always,
    thursday,
    friday: always,
    saturday: always,
    sunday: always,
  };
  const windows = maintenance
    ? [{ start_datetime: timeOf(maintenance.startMs), end_datetime: timeOf(maintenance.endMs) }]
    : [];
  return { schedule: { standard_hours: [hours], maintenance_windows: windows } };
}

// Tickers and lifecycle as the frames that they were. What was null is left out, or is what the exchange writes for "none".
import type { LifecycleRecord, TickerRecord } from '../../fact-records.ts';
import { ONE_DOLLAR, formatPrice, formatSize } from '../price/price.ts';

type Message = { readonly type: string; readonly msg: Readonly<Record<string, unknown>> };

/** Without a time of the exchange it has that of its arrival. */
export function tickerMessage(record: TickerRecord): Message {
  const { market, marketId, exchangeAtMs, receivedAtMs } = record;
  const atMs = exchangeAtMs ?? receivedAtMs;
  const msg = {
    market_ticker: market,
    market_id: marketId ?? undefined,
    price_dollars: formatPrice(record.lastPrice ?? 0),
    yes_bid_dollars: formatPrice(record.yesBid ?? 0),
    yes_ask_dollars: formatPrice(record.yesAsk ?? ONE_DOLLAR),
    yes_bid_size_fp: sizeOf(record.yesBidSize),
    yes_ask_size_fp: sizeOf(record.yesAskSize),
    last_trade_size_fp: sizeOf(record.lastTradeSize),
    volume_fp: formatSize(record.volume),
    open_interest_fp: formatSize(record.openInterest),
    dollar_volume: record.volumeDollars ?? undefined,
    dollar_open_interest: record.openInterestDollars ?? undefined,
    ts: Math.floor(atMs / 1000),
    ts_ms: atMs,
  };
  return { type: 'ticker', msg };
}

export function lifecycleMessage(record: LifecycleRecord): Message {
  switch (record.about) {
    case 'market':
      return { type: 'market_lifecycle_v2', msg: marketMessage(record) };
    case 'event':
      return { type: 'event_lifecycle', msg: eventMessage(record) };
    case 'event-fees': {
      const { eventTicker: event_ticker, feeType: fee_type_override, feeMultiplier: fee_multiplier_override } = record;
      return { type: 'event_fee_update', msg: { event_ticker, fee_type_override, fee_multiplier_override } };
    }
  }
}

function marketMessage(record: LifecycleRecord): Message['msg'] {
  const metadata = said({
    name: record.name,
    title: record.title,
    yes_sub_title: record.yesSubtitle,
    no_sub_title: record.noSubtitle,
    rules_primary: record.primaryRules,
    rules_secondary: record.secondaryRules,
    can_close_early: record.canCloseEarly,
    event_ticker: record.eventTicker,
    expected_expiration_ts: secondsOf(record.expectedExpirationAtMs),
    strike_type: record.strikeType,
    floor_strike: record.floorStrike,
    cap_strike: record.capStrike,
    custom_strike: record.customStrike,
  });
  // An update has its metadata beside its other fields.
  const isUpdate = record.change === 'metadata_updated';
  return said({
    market_ticker: record.market,
    event_type: record.change,
    exchange_index: record.exchangeIndex,
    open_ts: secondsOf(record.openAtMs),
    close_ts: secondsOf(record.closeAtMs),
    is_deactivated: record.paused,
    result: record.result,
    determination_ts: secondsOf(record.determinedAtMs),
    settlement_value: priceOf(record.settlementValue),
    settled_ts: secondsOf(record.settledAtMs),
    price_level_structure: record.priceLevelStructure,
    price_ranges: record.priceRanges?.map(({ start, end, step }) => ({
      start: formatPrice(start),
      end: formatPrice(end),
      step: formatPrice(step),
    })),
    ...(isUpdate ? metadata : Object.keys(metadata).length > 0 && { additional_metadata: metadata }),
  });
}

const eventMessage = (record: LifecycleRecord): Message['msg'] =>
  said({
    event_ticker: record.eventTicker,
    exchange_index: record.exchangeIndex,
    title: record.title,
    subtitle: record.subtitle,
    collateral_return_type: record.collateralReturn ?? '',
    series_ticker: record.seriesTicker,
    strike_date: secondsOf(record.strikeAtMs),
    strike_period: record.strikePeriod,
  });

const said = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => (value ?? null) !== null));

const secondsOf = (atMs: number | null): number | null => (atMs === null ? null : atMs / 1000);
const priceOf = (price: number | null): string | null => (price === null ? null : formatPrice(price));
const sizeOf = (size: number | null): string | undefined => (size === null ? undefined : formatSize(size));

// The channel `market_lifecycle_v2`: markets, and the events that group them, from made to paid out.
import type {
  EventFeeUpdate,
  EventLifecycle,
  MarketLifecycle,
  MarketLifecycleChange,
  MarketMetadata,
  PriceRange,
} from '../../channel-events.ts';
import {
  ABSENT,
  field,
  flag,
  isFields,
  object,
  oneOf,
  optional,
  optionalUnless,
  plainNumber,
  reader,
  text,
  time,
  UNREADABLE,
  wholeNumber,
  type Field,
} from './fields.ts';
import { parsePrice } from '../price/price.ts';

/** A price in dollars under a name without a suffix. */
const dollars = (key: string): Field<number> => field(key, [{ key, read: parsePrice }]);

const readMetadata = reader<MarketMetadata>({
  name: optional(text('name')),
  title: optional(text('title')),
  yesSubtitle: optional(text('yes_sub_title')),
  noSubtitle: optional(text('no_sub_title')),
  primaryRules: optional(text('rules_primary')),
  secondaryRules: optional(text('rules_secondary')),
  canCloseEarly: optional(flag('can_close_early')),
  eventTicker: optional(text('event_ticker')),
  expectedExpirationAtMs: optional(time({ seconds: 'expected_expiration_ts' })),
  strikeType: optional(text('strike_type')),
  floorStrike: optional(plainNumber('floor_strike')),
  capStrike: optional(plainNumber('cap_strike')),
  customStrike: optional(object('custom_strike')),
});

/** A new market has its metadata in an object of its own, an update has it beside the other fields. */
const metadata: Field<MarketMetadata | null> = optional({
  wireName: 'additional_metadata',
  find: (msg, unreadable) => {
    const own = object('additional_metadata').find(msg);
    const fields = own === ABSENT && msg['event_type'] === 'metadata_updated' ? msg : own;
    if (fields === ABSENT || fields === UNREADABLE) return fields;
    const found = readMetadata(fields, unreadable);
    return typeof found === 'string' ? UNREADABLE : found;
  },
});

const readPriceRange = reader<PriceRange>({ start: dollars('start'), end: dollars('end'), step: dollars('step') });

const priceRanges: Field<readonly PriceRange[]> = field('price_ranges', [
  {
    key: 'price_ranges',
    read: (value) => {
      if (!Array.isArray(value)) return undefined;
      const ranges = value.map((range: unknown) => (isFields(range) ? readPriceRange(range) : 'no object'));
      return ranges.every((range) => typeof range !== 'string') ? ranges : undefined;
    },
  },
]);

const CHANGE = 'event_type';

export const readMarketLifecycle = reader<MarketLifecycle>({
  market: text('market_ticker'),
  change: oneOf<MarketLifecycleChange>(CHANGE),
  exchangeIndex: optional(wholeNumber('exchange_index')),
  openAtMs: optional(time({ seconds: 'open_ts' })),
  closeAtMs: optionalUnless(CHANGE, ['close_date_updated'], time({ seconds: 'close_ts' })),
  paused: optional(flag('is_deactivated')),
  result: optionalUnless(CHANGE, ['determined'], oneOf<'yes' | 'no' | 'scalar'>('result')),
  determinedAtMs: optional(time({ seconds: 'determination_ts' })),
  settlementValue: optional(dollars('settlement_value')),
  settledAtMs: optional(time({ seconds: 'settled_ts' })),
  priceLevelStructure: optional(text('price_level_structure')),
  priceRanges: optionalUnless(CHANGE, ['price_level_structure_updated'], priceRanges),
  metadata,
});

export const readEventLifecycle = reader<EventLifecycle>({
  eventTicker: text('event_ticker'),
  seriesTicker: text('series_ticker'),
  exchangeIndex: optional(wholeNumber('exchange_index')),
  title: optional(text('title')),
  subtitle: optional(text('subtitle')),
  collateralReturn: optional(oneOf<'MECNET' | 'DIRECNET'>('collateral_return_type')),
  strikeAtMs: optional(time({ seconds: 'strike_date' })),
  strikePeriod: optional(text('strike_period')),
});

/** `null` where the message has `null`, which means "no longer". A missing key does not: it is a violation. */
const orNull = <T>({ wireName, find }: Field<T>): Field<T | null> => ({
  wireName,
  find: (msg) => (msg[wireName] === null ? null : find(msg)),
});

export const readEventFeeUpdate = reader<EventFeeUpdate>({
  eventTicker: text('event_ticker'),
  feeType: orNull(oneOf<NonNullable<EventFeeUpdate['feeType']>>('fee_type_override')),
  feeMultiplier: orNull(plainNumber('fee_multiplier_override')),
});

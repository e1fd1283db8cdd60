// The views, and the tables that are documented beside them, for those who build their queries with Drizzle. Types only:
// what makes them is in the migrations. The README says what each column means.
import { bigint, boolean, doublePrecision, integer, jsonb, pgView, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { PriceRange } from './records.ts';

const number = (name: string) => bigint(name, { mode: 'number' });
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

const place = {
  sessionId: uuid('session_id').notNull(),
  epoch: integer().notNull(),
  sid: number('sid').notNull(),
};

/** One row per delta. */
export const deltas = pgView('deltas', {
  ...place,
  seq: number('seq').notNull(),
  market: text().notNull(),
  side: text({ enum: ['yes', 'no'] }).notNull(),
  price: integer().notNull(),
  delta: number('delta').notNull(),
  exchangeAt: moment('exchange_at'),
  receivedAt: moment('received_at').notNull(),
  /** The same as `exchangeAt` in µs since the epoch, where it is known to the microsecond. */
  exchangeAtUs: number('exchange_at_us'),
}).existing();

/** One row per level of a snapshot; none for an empty one. */
export const snapshots = pgView('snapshots', {
  ...place,
  seq: number('seq').notNull(),
  market: text().notNull(),
  side: text({ enum: ['yes', 'no'] }).notNull(),
  price: integer().notNull(),
  size: number('size').notNull(),
  receivedAt: moment('received_at').notNull(),
}).existing();

/** One row per snapshot, empty ones too. */
export const snapshotFrames = pgView('snapshot_frames', {
  ...place,
  seq: number('seq').notNull(),
  market: text().notNull(),
  yesLevels: integer('yes_levels').notNull(),
  noLevels: integer('no_levels').notNull(),
  receivedAt: moment('received_at').notNull(),
}).existing();

/** One row per trade. */
export const trades = pgView('trades', {
  ...place,
  seq: number('seq'),
  market: text().notNull(),
  tradeId: text('trade_id').notNull(),
  yesPrice: integer('yes_price').notNull(),
  size: number('size').notNull(),
  takerSide: text('taker_side', { enum: ['yes', 'no'] }),
  isBlockTrade: boolean('is_block_trade'),
  exchangeAt: moment('exchange_at'),
  receivedAt: moment('received_at').notNull(),
  ordinal: number('ordinal').notNull(),
}).existing();

/** One row per hole. What retention has dropped has neither an ordinal nor a place. */
export const gaps = pgView('gaps', {
  sessionId: uuid('session_id').notNull(),
  ordinal: number('ordinal'),
  epoch: integer(),
  sid: number('sid'),
  firstSeq: number('first_seq'),
  lastSeq: number('last_seq'),
  fromAt: moment('from_at').notNull(),
  toAt: moment('to_at'),
  cause: text().notNull(),
  shed: number('shed').notNull(),
  /** The one market that misses something; null: any of the subscription may. */
  market: text(),
}).existing();

const definition = {
  eventTicker: text('event_ticker'),
  seriesTicker: text('series_ticker'),
  title: text(),
  subtitle: text(),
  yesSubtitle: text('yes_subtitle'),
  noSubtitle: text('no_subtitle'),
  primaryRules: text('primary_rules'),
  secondaryRules: text('secondary_rules'),
  openAt: moment('open_at'),
  closeAt: moment('close_at'),
  expectedExpirationAt: moment('expected_expiration_at'),
  canCloseEarly: boolean('can_close_early'),
  strikeType: text('strike_type'),
  floorStrike: doublePrecision('floor_strike'),
  capStrike: doublePrecision('cap_strike'),
  customStrike: jsonb('custom_strike').$type<Readonly<Record<string, unknown>>>(),
  priceLevelStructure: text('price_level_structure'),
  priceRanges: jsonb('price_ranges').$type<readonly PriceRange[]>(),
  feeType: text('fee_type'),
  feeMultiplier: doublePrecision('fee_multiplier'),
  result: text(),
  settlementValue: integer('settlement_value'),
  settledAt: moment('settled_at'),
};

const fact = { receivedAt: moment('received_at').notNull(), ordinal: number('ordinal').notNull() };

const numbered = {
  sessionId: uuid('session_id').notNull(),
  epoch: integer().notNull(),
  sid: number('sid'),
  seq: number('seq'),
};

/** One row per description of a market that was stored. */
export const marketDefinitions = pgView('market_definitions', {
  sessionId: uuid('session_id').notNull(),
  epoch: integer().notNull(),
  market: text().notNull(),
  ...definition,
  status: text({ enum: ['unopened', 'open', 'paused', 'closed', 'determined', 'settled'] }),
  exchangeStatus: text('exchange_status'),
  ...fact,
}).existing();

/** One row per announcement. */
export const lifecycle = pgView('lifecycle', {
  ...numbered,
  market: text(),
  about: text({ enum: ['market', 'event', 'event-fees'] }),
  change: text(),
  ...definition,
  exchangeIndex: number('exchange_index'),
  paused: boolean(),
  determinedAt: moment('determined_at'),
  name: text(),
  collateralReturn: text('collateral_return'),
  strikeAt: moment('strike_at'),
  strikePeriod: text('strike_period'),
  ...fact,
}).existing();

/** One row per market whose outcome is known, over all sessions. */
export const settlements = pgView('settlements', {
  market: text().notNull(),
  result: text(),
  settlementValue: integer('settlement_value'),
  determinedAt: moment('determined_at'),
  settledAt: moment('settled_at'),
  receivedAt: moment('received_at').notNull(),
}).existing();

/** One row per change of a market's figures. */
export const tickers = pgView('tickers', {
  ...numbered,
  market: text().notNull(),
  marketId: text('market_id'),
  lastPrice: integer('last_price'),
  yesBid: integer('yes_bid'),
  yesAsk: integer('yes_ask'),
  yesBidSize: number('yes_bid_size'),
  yesAskSize: number('yes_ask_size'),
  lastTradeSize: number('last_trade_size'),
  volume: number('volume'),
  openInterest: number('open_interest'),
  volumeDollars: number('volume_dollars'),
  openInterestDollars: number('open_interest_dollars'),
  exchangeAt: moment('exchange_at'),
  ...fact,
}).existing();

/** One row per state of the exchange. */
export const exchangeStatus = pgView('exchange_status', {
  sessionId: uuid('session_id').notNull(),
  epoch: integer().notNull(),
  exchangeActive: boolean('exchange_active'),
  tradingActive: boolean('trading_active'),
  estimatedResumeAt: moment('estimated_resume_at'),
  schedule: jsonb().$type<Readonly<Record<string, unknown>>>(),
  ...fact,
}).existing();

export { expirations, markets, rawFrames, recorders, sessions } from './database/schema.ts';

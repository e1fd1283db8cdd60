// The views, and the tables that are documented beside them, for those who build their queries with Drizzle. Types only:
// what makes them is in the migrations. The README says what each column means.
import { bigint, boolean, integer, pgView, text, timestamp, uuid } from 'drizzle-orm/pg-core';

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

export { expirations, markets, rawFrames, recorders, sessions } from './database/schema.ts';

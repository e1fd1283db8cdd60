// The tables. Views over them are in `migrations/` as plain SQL: they are what people read.
//
// Large tables carry no foreign keys and no sequences, so that they can be partitioned or distributed as they are; a
// session's rows are guarded by the update of its `sessions` row in the same transaction.
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
  type AnyPgColumn,
} from 'drizzle-orm/pg-core';

const count = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0);
const number = (name: string) => bigint(name, { mode: 'number' });
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

const counters = {
  messages: count('messages'),
  snapshots: count('snapshots'),
  deltas: count('deltas'),
  raw: count('raw'),
  gaps: count('gaps'),
};

/** Who records, over all its sessions. The counters are of a lifetime: they only rise. */
export const recorders = pgTable('recorders', {
  name: text().primaryKey(),
  createdAt: moment('created_at').notNull(),
  ...counters,
});

/** One stretch of recording by one owner. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid().primaryKey(),
    /** The order in which sessions were opened, whatever the clocks said. */
    ordinal: number('ordinal').generatedAlwaysAsIdentity().notNull(),
    recorder: text()
      .notNull()
      .references(() => recorders.name),
    status: text().notNull().default('active'),
    startedAt: moment('started_at').notNull(),
    endedAt: moment('ended_at'),
    endReason: text('end_reason'),
    continues: uuid().references((): AnyPgColumn => sessions.id),
    lastRecordAt: moment('last_record_at'),
    ...counters,
  },
  (table) => [
    uniqueIndex('sessions_ordinal').on(table.ordinal),
    index('sessions_recorder').on(table.recorder, table.ordinal),
    index('sessions_active')
      .on(table.recorder)
      .where(sql`status = 'active'`),
    check('sessions_status', sql`status in ('active', 'closed', 'health_failure', 'reclaimed', 'error')`),
    check('sessions_end', sql`(status = 'active') = (ended_at is null) and (status = 'active') = (end_reason is null)`),
  ],
);

/** Market names by number, so that a chunk holds numbers. */
export const markets = pgTable('markets', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  ticker: text().notNull().unique(),
});

/**
 * Deltas in columns: element i of each array belongs to the i-th delta of the chunk. An offset of a kind that hardly
 * changes compresses to nothing, which is why `skipped` holds only how many numbers of the subscription went to other
 * records so far: seq = first_seq + i + skipped[i].
 */
export const deltaChunks = pgTable(
  'delta_chunks',
  {
    sessionId: uuid('session_id').notNull(),
    epoch: integer().notNull(),
    sid: number('sid').notNull(),
    firstSeq: number('first_seq').notNull(),
    lastSeq: number('last_seq').notNull(),
    records: integer().notNull(),
    /** The arrival of the first delta; the others are ms after it. */
    receivedAt: moment('received_at').notNull(),
    skipped: integer().array().notNull(),
    marketIds: integer('market_ids').array().notNull(),
    yes: boolean().array().notNull(),
    prices: integer().array().notNull(),
    /** 64 bits: a level may change by more than 2^31 of the smallest unit. */
    deltas: bigint({ mode: 'number' }).array().notNull(),
    receivedOffsets: integer('received_offsets').array().notNull(),
    /** Arrival minus the exchange's time in ms, null where the exchange gave none; negative when clocks disagree. */
    delays: bigint({ mode: 'number' }).array().notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.epoch, table.sid, table.firstSeq] })],
);

/** One row per snapshot, its levels in arrays. */
export const snapshotRecords = pgTable(
  'snapshot_records',
  {
    sessionId: uuid('session_id').notNull(),
    epoch: integer().notNull(),
    sid: number('sid').notNull(),
    seq: number('seq').notNull(),
    marketId: integer('market_id').notNull(),
    receivedAt: moment('received_at').notNull(),
    yesPrices: integer('yes_prices').array().notNull(),
    yesSizes: bigint('yes_sizes', { mode: 'number' }).array().notNull(),
    noPrices: integer('no_prices').array().notNull(),
    noSizes: bigint('no_sizes', { mode: 'number' }).array().notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.epoch, table.sid, table.seq] })],
);

/** Frames kept as text, numbered by us because not all have a number of their own. */
export const rawFrames = pgTable(
  'raw_frames',
  {
    sessionId: uuid('session_id').notNull(),
    ordinal: number('ordinal').notNull(),
    epoch: integer().notNull(),
    sid: number('sid'),
    seq: number('seq'),
    receivedAt: moment('received_at').notNull(),
    text: text().notNull(),
    /** PostgreSQL's text cannot hold U+0000 or half a surrogate pair; such a frame is kept as a JSON string literal. */
    escaped: boolean().notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.ordinal] })],
);

/** The ledger: each hole of a session, named. The view `gaps` adds the end of holes that were open when written. */
export const gapRecords = pgTable(
  'gap_records',
  {
    sessionId: uuid('session_id').notNull(),
    ordinal: number('ordinal').notNull(),
    epoch: integer().notNull(),
    sid: number('sid'),
    firstSeq: number('first_seq'),
    lastSeq: number('last_seq'),
    fromAt: moment('from_at').notNull(),
    toAt: moment('to_at'),
    cause: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.ordinal] })],
);

// What the store knows of PostgreSQL is in this room. In go statements (`engines/engine.ts`, a server or an embedded database); out
// come rows (`rows.ts`), or an error with a name (`failure.ts`).
//
// Here are the tables. Views over them are in `migrations/` as plain SQL: they are what people read.
//
// Large tables carry no foreign keys and no sequences, so that they can be partitioned and distributed; a session's rows are
// guarded by the update of its `sessions` row in the same transaction. `delta_chunks`, `snapshot_records`, `trade_chunks`,
// `raw_frames`, `fact_records`, `market_chunks` and `keyframes` are partitioned by the day of `received_at` (which Drizzle cannot say, so only
// the migrations do); that is why `received_at` is the last column of their keys. A record's time is decided when it is
// appended, so a retry has the same key.
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
  type AnyPgColumn,
} from 'drizzle-orm/pg-core';

const count = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0);
const number = (name: string) => bigint(name, { mode: 'number' });
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

const micros = () =>
  smallint()
    .array()
    .notNull()
    .default(sql`'{}'`);

const counters = {
  messages: count('messages'),
  snapshots: count('snapshots'),
  deltas: count('deltas'),
  trades: count('trades'),
  raw: count('raw'),
  facts: count('facts'),
  gaps: count('gaps'),
  shed: count('shed'),
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
    /** Its records arrived on this UTC day or later, as far as they are committed; null while it has none. */
    firstDay: date('first_day'),
    lastRecordAt: moment('last_record_at'),
    /** Which process start writes it, or wrote it last. */
    owner: text(),
    /** Rises by one with each owner, from 1. */
    fencingToken: count('fencing_token'),
    /** Until when the owner's lease runs unless renewed, on the database's clock; null where nobody owns it. */
    leaseUntil: moment('lease_until'),
    /** Ordinal of the last batch that was committed. */
    lastBatch: count('last_batch'),
    ...counters,
  },
  (table) => [
    uniqueIndex('sessions_ordinal').on(table.ordinal),
    index('sessions_recorder').on(table.recorder, table.ordinal),
    uniqueIndex('sessions_active')
      .on(table.recorder)
      .where(sql`status = 'active'`),
    check('sessions_status', sql`status in ('active', 'closed', 'health_failure', 'reclaimed', 'error')`),
    check('sessions_end', sql`(status = 'active') = (ended_at is null) and (status = 'active') = (end_reason is null)`),
    check('sessions_lease', sql`status <> 'active' or (owner is not null and lease_until is not null)`),
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
    /** Of the exchange's time within its ms, 0 to 999; null where they are not known. Empty where none are. */
    micros: micros(),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.epoch, table.sid, table.firstSeq, table.receivedAt] })],
);

/**
 * Deltas of one market, by rising number, into which compaction has rewritten fresh chunks (src/compaction/compaction.ts). A delta is
 * in one of the two tables. The columns are those of `delta_chunks`; the chunks of one market of a (session, epoch, sid) do
 * not overlap.
 */
export const marketChunks = pgTable(
  'market_chunks',
  {
    sessionId: uuid('session_id').notNull(),
    marketId: integer('market_id').notNull(),
    epoch: integer().notNull(),
    sid: number('sid').notNull(),
    firstSeq: number('first_seq').notNull(),
    lastSeq: number('last_seq').notNull(),
    records: integer().notNull(),
    receivedAt: moment('received_at').notNull(),
    skipped: integer().array().notNull(),
    yes: boolean().array().notNull(),
    prices: integer().array().notNull(),
    deltas: bigint({ mode: 'number' }).array().notNull(),
    receivedOffsets: integer('received_offsets').array().notNull(),
    delays: bigint({ mode: 'number' }).array().notNull(),
    micros: micros(),
  },
  (table) => [
    primaryKey({
      name: 'market_chunks_pk',
      columns: [table.sessionId, table.marketId, table.epoch, table.sid, table.firstSeq, table.receivedAt],
    }),
    index('market_chunks_market').on(table.marketId, table.receivedAt),
  ],
);

/**
 * Books of one market that were folded from a snapshot and the deltas after it while they were recorded, so that nobody has to go
 * back to the snapshot: the book after the delta `seq`, which arrived at `received_at`. None is folded across a hole of the feed.
 */
export const keyframes = pgTable(
  'keyframes',
  {
    sessionId: uuid('session_id').notNull(),
    marketId: integer('market_id').notNull(),
    epoch: integer().notNull(),
    sid: number('sid').notNull(),
    seq: number('seq').notNull(),
    receivedAt: moment('received_at').notNull(),
    yesPrices: integer('yes_prices').array().notNull(),
    yesSizes: bigint('yes_sizes', { mode: 'number' }).array().notNull(),
    noPrices: integer('no_prices').array().notNull(),
    noSizes: bigint('no_sizes', { mode: 'number' }).array().notNull(),
  },
  (table) => [
    primaryKey({
      name: 'keyframes_pk',
      columns: [table.sessionId, table.marketId, table.epoch, table.sid, table.seq, table.receivedAt],
    }),
    index('keyframes_market').on(table.marketId, table.receivedAt),
  ],
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
  (table) => [
    primaryKey({ columns: [table.sessionId, table.epoch, table.sid, table.seq, table.receivedAt] }),
    index('snapshot_records_market').on(table.sessionId, table.marketId, table.epoch, table.sid, table.seq),
    index('snapshot_records_time').on(table.marketId, table.receivedAt),
  ],
);

/**
 * Trades in columns, as deltas are in theirs. They are numbered by us in order of arrival, because not all have a `seq`:
 * ordinal = first_ordinal + i + ordinals_skipped[i]. In a chunk all have one or none has: then `first_seq` is null and
 * `skipped` is empty.
 */
export const tradeChunks = pgTable(
  'trade_chunks',
  {
    sessionId: uuid('session_id').notNull(),
    epoch: integer().notNull(),
    sid: number('sid').notNull(),
    firstOrdinal: number('first_ordinal').notNull(),
    firstSeq: number('first_seq'),
    records: integer().notNull(),
    receivedAt: moment('received_at').notNull(),
    ordinalsSkipped: integer('ordinals_skipped').array().notNull(),
    skipped: integer().array().notNull(),
    marketIds: integer('market_ids').array().notNull(),
    /** Trade ids that are UUIDs, which do not compress, in 16 bytes; null where the id is another text. */
    tradeUuids: uuid('trade_uuids').array().notNull(),
    /** The others; empty when there are none. */
    tradeTexts: text('trade_texts').array().notNull(),
    yesPrices: integer('yes_prices').array().notNull(),
    sizes: bigint({ mode: 'number' }).array().notNull(),
    takerYes: boolean('taker_yes').array().notNull(),
    blockTrades: boolean('block_trades').array().notNull(),
    receivedOffsets: integer('received_offsets').array().notNull(),
    delays: bigint({ mode: 'number' }).array().notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.epoch, table.sid, table.firstOrdinal, table.receivedAt] })],
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
  (table) => [primaryKey({ columns: [table.sessionId, table.ordinal, table.receivedAt] })],
);

/**
 * Facts of every kind (src/batch/fact-fields.ts), numbered by us because not all have a number of their own. A view for each kind shows
 * its fields.
 */
export const factRecords = pgTable(
  'fact_records',
  {
    sessionId: uuid('session_id').notNull(),
    ordinal: number('ordinal').notNull(),
    kind: text().notNull(),
    epoch: integer().notNull(),
    sid: number('sid'),
    seq: number('seq'),
    marketId: integer('market_id'),
    exchangeAt: moment('exchange_at'),
    receivedAt: moment('received_at').notNull(),
    /** Its other fields but for those that are null; a JSON string of that where `jsonb` cannot hold it. */
    data: jsonb().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.sessionId, table.ordinal, table.receivedAt] }),
    index('fact_records_market').on(table.marketId, table.kind, table.receivedAt),
  ],
);

/**
 * The ledger: each hole of a session, named. The view `gaps` adds the end of holes that were open when written, and what
 * `expirations` says.
 */
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
    /** Frames that the session itself dropped there, because its queue was full. */
    shed: count('shed'),
    /** The one market that misses something; null: any of the subscription may. */
    marketId: integer('market_id'),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.ordinal] })],
);

/**
 * What retention has dropped of a session, by which its counters exceed what is stored: one row for each session that lost
 * anything. Sessions and their ledger are kept for ever.
 */
export const expirations = pgTable('expirations', {
  sessionId: uuid('session_id').primaryKey(),
  /** The earliest arrival among what was dropped. */
  expiredFrom: moment('expired_from').notNull(),
  /** What the session had received before this time is gone. */
  expiredBefore: moment('expired_before').notNull(),
  /** When the latest drop was done. */
  expiredAt: moment('expired_at').notNull(),
  snapshots: count('snapshots'),
  deltas: count('deltas'),
  trades: count('trades'),
  raw: count('raw'),
  facts: count('facts'),
});

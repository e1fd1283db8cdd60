import { sql, type SQL } from 'drizzle-orm';
import { arrayLiteral } from '../../database/array-literal.ts';
import { batchDays } from '../batch-days.ts';
import type { Batch, BookEntry } from '../collector.ts';
import { storableData } from '../fact-entry.ts';
import { isStorableText, storableText } from '../record-check.ts';
import { render, type Statement } from '../../database/engines/engine.ts';
import type { SessionId, StoredLevel } from '../../records.ts';
import { bigints, integers, texts } from '../../database/array-parameters.ts';
import { insertTrades } from './insert-trades.ts';
import { countKnown } from './market-ids.ts';

/** A batch as it is sent: a statement per kind of record, which inserts what is not there yet and returns what it did. */
export type EncodedBatch = {
  readonly ordinal: number;
  readonly firstOrdinal: number;
  /** The first of the days that its rows lie in, `null` where it holds nothing but gaps. */
  readonly firstDay: number | null;
  readonly lastRecordAtMs: number | null;
  /** Returns as `known` how many of its `markets` the database has under the numbers that are used here. */
  readonly known: Statement | null;
  readonly markets: number;
  /** Returns `records` per chunk. */
  readonly deltas: Statement | null;
  /** Returns a row per snapshot. */
  readonly snapshots: Statement | null;
  readonly keyframes: Statement | null;
  /** Returns `records` per chunk. */
  readonly trades: Statement | null;
  /** Returns a row per frame. */
  readonly raw: Statement | null;
  /** Returns a row per fact. */
  readonly facts: Statement | null;
  /** Returns `shed` per row of the ledger. */
  readonly gaps: Statement | null;
};

/**
 * Makes statements of a batch: most of what writing it costs this process, and none of it needs the database.
 *
 * @param marketIds the database's numbers of `batch.markets`, in that order
 */
export function encodeBatch(id: SessionId, batch: Batch, marketIds: readonly number[]): EncodedBatch {
  const statement = (rows: readonly unknown[], insert: () => SQL) => (rows.length > 0 ? render(insert()) : null);
  return {
    ordinal: batch.ordinal,
    firstOrdinal: batch.firstOrdinal,
    firstDay: batchDays(batch).reduce<number | null>((first, day) => Math.min(first ?? day, day), null),
    lastRecordAtMs: batch.lastRecordAtMs,
    known: statement(batch.markets, () => countKnown(batch.markets, marketIds)),
    markets: batch.markets.length,
    deltas: statement(batch.chunks, () => insertChunks(id, batch, marketIds)),
    snapshots: statement(batch.snapshots, () => insertBooks(id, 'snapshot_records', batch.snapshots, marketIds)),
    keyframes: statement(batch.keyframes, () => insertBooks(id, 'keyframes', batch.keyframes, marketIds)),
    trades: statement(batch.trades, () => insertTrades(id, batch, marketIds)),
    raw: statement(batch.raw, () => insertRaw(id, batch)),
    facts: statement(batch.facts, () => insertFacts(id, batch, marketIds)),
    gaps: statement(batch.gaps, () => insertGaps(id, batch, marketIds)),
  };
}

function insertChunks(id: SessionId, { chunks }: Batch, marketIds: readonly number[]): SQL {
  return sql`
    insert into delta_chunks (
      session_id, epoch, sid, first_seq, last_seq, records, received_at,
      skipped, market_ids, yes, prices, deltas, received_offsets, delays, micros
    )
    select
      ${id}::uuid, epoch, sid, first_seq, last_seq, records,
      timestamptz 'epoch' + received_at_ms * interval '1 millisecond',
      skipped::integer[], market_ids::integer[], yes::boolean[], prices::integer[],
      deltas::bigint[], received_offsets::integer[], delays::bigint[], micros::smallint[]
    from unnest(
      ${integers(chunks.map((chunk) => chunk.epoch))},
      ${bigints(chunks.map((chunk) => chunk.sid))},
      ${bigints(chunks.map((chunk) => chunk.firstSeq))},
      ${bigints(chunks.map((chunk) => chunk.lastSeq))},
      ${integers(chunks.map((chunk) => chunk.length))},
      ${bigints(chunks.map((chunk) => chunk.receivedAtMs))},
      ${columns(chunks.map((chunk) => chunk.skipped))},
      ${columns(chunks.map(({ markets }) => markets.map((market) => marketIds[market]!)))},
      ${columns(chunks.map((chunk) => chunk.yes))},
      ${columns(chunks.map((chunk) => chunk.prices))},
      ${columns(chunks.map((chunk) => chunk.deltas))},
      ${columns(chunks.map((chunk) => chunk.receivedOffsets))},
      ${columns(chunks.map((chunk) => chunk.delays))},
      ${columns(chunks.map((chunk) => chunk.micros))}
    ) as chunk (
      epoch, sid, first_seq, last_seq, records, received_at_ms,
      skipped, market_ids, yes, prices, deltas, received_offsets, delays, micros
    )
    on conflict do nothing
    returning records`;
}

function insertBooks(
  id: SessionId,
  table: 'snapshot_records' | 'keyframes',
  books: readonly BookEntry[],
  marketIds: readonly number[],
): SQL {
  const records = books.map(({ record }) => record);
  return sql`
    insert into ${sql.raw(table)} (
      session_id, epoch, sid, seq, market_id, received_at, yes_prices, yes_sizes, no_prices, no_sizes
    )
    select
      ${id}::uuid, epoch, sid, seq, market_id, timestamptz 'epoch' + received_at_ms * interval '1 millisecond',
      yes_prices::integer[], yes_sizes::bigint[], no_prices::integer[], no_sizes::bigint[]
    from unnest(
      ${integers(records.map((record) => record.epoch))},
      ${bigints(records.map((record) => record.sid))},
      ${bigints(records.map((record) => record.seq))},
      ${integers(books.map(({ market }) => marketIds[market]!))},
      ${bigints(records.map((record) => record.receivedAtMs))},
      ${texts(records.map((record) => arrayLiteral(record.yes.map(price))))},
      ${texts(records.map((record) => arrayLiteral(record.yes.map(size))))},
      ${texts(records.map((record) => arrayLiteral(record.no.map(price))))},
      ${texts(records.map((record) => arrayLiteral(record.no.map(size))))}
    ) as record (epoch, sid, seq, market_id, received_at_ms, yes_prices, yes_sizes, no_prices, no_sizes)
    on conflict do nothing
    returning 1 as one`;
}

function insertRaw(id: SessionId, { raw }: Batch): SQL {
  const escaped = raw.map(({ record }) => !isStorableText(record.text));
  return sql`
    insert into raw_frames (session_id, ordinal, epoch, sid, seq, received_at, text, escaped)
    select
      ${id}::uuid, ordinal, epoch, sid, seq, timestamptz 'epoch' + received_at_ms * interval '1 millisecond', text, escaped
    from unnest(
      ${bigints(raw.map(({ ordinal }) => ordinal))},
      ${integers(raw.map(({ record }) => record.epoch))},
      ${bigints(raw.map(({ record }) => record.sid))},
      ${bigints(raw.map(({ record }) => record.seq))},
      ${bigints(raw.map(({ record }) => record.receivedAtMs))},
      ${texts(raw.map(({ record }, index) => (escaped[index] ? JSON.stringify(record.text) : record.text)))},
      ${arrayLiteral(escaped)}::text::boolean[]
    ) as frame (ordinal, epoch, sid, seq, received_at_ms, text, escaped)
    on conflict do nothing
    returning 1 as one`;
}

function insertFacts(id: SessionId, { facts, markets }: Batch, marketIds: readonly number[]): SQL {
  const idOf = idsByName(markets, marketIds);
  return sql`
    insert into fact_records (session_id, ordinal, kind, epoch, sid, seq, market_id, exchange_at, received_at, data)
    select
      ${id}::uuid, ordinal, kind, epoch, sid, seq, market_id,
      timestamptz 'epoch' + exchange_at_ms * interval '1 millisecond',
      timestamptz 'epoch' + received_at_ms * interval '1 millisecond', data::jsonb
    from unnest(
      ${bigints(facts.map(({ ordinal }) => ordinal))},
      ${texts(facts.map(({ kind }) => kind))},
      ${integers(facts.map(({ epoch }) => epoch))},
      ${bigints(facts.map(({ sid }) => sid))},
      ${bigints(facts.map(({ seq }) => seq))},
      ${integers(facts.map(({ market }) => (market === null ? null : idOf.get(market)!)))},
      ${bigints(facts.map(({ exchangeAtMs }) => exchangeAtMs))},
      ${bigints(facts.map(({ receivedAtMs }) => receivedAtMs))},
      ${texts(facts.map(({ data }) => storableData(data)))}
    ) as fact (ordinal, kind, epoch, sid, seq, market_id, exchange_at_ms, received_at_ms, data)
    on conflict do nothing
    returning 1 as one`;
}

function insertGaps(id: SessionId, { gaps, markets }: Batch, marketIds: readonly number[]): SQL {
  const idOf = idsByName(markets, marketIds);
  return sql`
    insert into gap_records (session_id, ordinal, epoch, sid, first_seq, last_seq, from_at, to_at, cause, shed, market_id)
    select
      ${id}::uuid, ordinal, epoch, sid, first_seq, last_seq,
      timestamptz 'epoch' + from_at_ms * interval '1 millisecond',
      timestamptz 'epoch' + to_at_ms * interval '1 millisecond',
      cause, shed, market_id
    from unnest(
      ${bigints(gaps.map(({ ordinal }) => ordinal))},
      ${integers(gaps.map(({ record }) => record.epoch))},
      ${bigints(gaps.map(({ record }) => record.sid))},
      ${bigints(gaps.map(({ record }) => record.firstSeq))},
      ${bigints(gaps.map(({ record }) => record.lastSeq))},
      ${bigints(gaps.map(({ record }) => record.fromAtMs))},
      ${bigints(gaps.map(({ record }) => record.toAtMs))},
      ${texts(gaps.map(({ record }) => storableText(record.cause)))},
      ${bigints(gaps.map(({ shed }) => shed))},
      ${integers(gaps.map(({ record }) => idOf.get(record.market ?? '') ?? null))}
    ) as gap (ordinal, epoch, sid, first_seq, last_seq, from_at_ms, to_at_ms, cause, shed, market_id)
    on conflict do nothing
    returning shed`;
}

const idsByName = (markets: readonly string[], marketIds: readonly number[]): ReadonlyMap<string, number> =>
  new Map(markets.map((name, index) => [name, marketIds[index]!]));

const price = (level: StoredLevel) => level[0];
const size = (level: StoredLevel) => level[1];

/** A chunk's column is an array within the array of all chunks; nothing in it has to be escaped. */
const columns = (values: readonly (readonly number[])[]): SQL =>
  sql`${`{${values.map((column) => `"${arrayLiteral(column)}"`).join(',')}}`}::text::text[]`;

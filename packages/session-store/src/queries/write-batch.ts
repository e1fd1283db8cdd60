import { sql } from 'drizzle-orm';
import { arrayLiteral } from '../core/array-literal.ts';
import type { Batch } from '../core/collector.ts';
import { isStorableText, storableText } from '../core/record-check.ts';
import type { Run } from '../io/engine.ts';
import type { SessionCounters, SessionId, StoredLevel } from '../records.ts';
import { numberOf } from '../rows.ts';
import { bigints, integers, texts } from './array-parameters.ts';
import { insertTrades } from './insert-trades.ts';
import { moment } from './moment.ts';

/**
 * Writes a batch's rows and counts, in the session and in the recorder's lifetime, what was really added: rows that are
 * there already, from a try whose commit was never confirmed, are left alone and not counted again.
 *
 * @param marketIds the database's numbers of `batch.markets`, in that order
 */
export async function writeBatch(
  run: Run,
  session: { readonly id: SessionId; readonly recorder: string },
  batch: Batch,
  marketIds: readonly number[],
): Promise<SessionCounters> {
  const deltas = await insertChunks(run, session.id, batch, marketIds);
  const snapshots = await insertSnapshots(run, session.id, batch, marketIds);
  const trades = await insertTrades(run, session.id, batch, marketIds);
  const raw = await insertRaw(run, session.id, batch);
  const { gaps, shed } = await insertGaps(run, session.id, batch);
  const added = { messages: deltas + snapshots + trades + raw, snapshots, deltas, trades, raw, gaps, shed };
  const counting = sql`
    messages = messages + ${added.messages}::bigint,
    snapshots = snapshots + ${snapshots}::bigint,
    deltas = deltas + ${deltas}::bigint,
    trades = trades + ${trades}::bigint,
    raw = raw + ${raw}::bigint,
    gaps = gaps + ${gaps}::bigint,
    shed = shed + ${shed}::bigint`;
  await run(sql`
    update sessions set ${counting}, last_record_at = greatest(last_record_at, ${moment(batch.lastRecordAtMs)})
    where id = ${session.id}::uuid`);
  await run(sql`update recorders set ${counting} where name = ${session.recorder}`);
  return added;
}

async function insertChunks(run: Run, id: SessionId, { chunks }: Batch, marketIds: readonly number[]): Promise<number> {
  if (chunks.length === 0) return 0;
  const idOf = (market: number) => marketIds[market]!;
  const rows = await run(sql`
    insert into delta_chunks (
      session_id, epoch, sid, first_seq, last_seq, records, received_at,
      skipped, market_ids, yes, prices, deltas, received_offsets, delays
    )
    select
      ${id}::uuid, epoch, sid, first_seq, last_seq, records,
      timestamptz 'epoch' + received_at_ms * interval '1 millisecond',
      skipped::integer[], market_ids::integer[], yes::boolean[], prices::integer[],
      deltas::bigint[], received_offsets::integer[], delays::bigint[]
    from unnest(
      ${integers(chunks.map((chunk) => chunk.epoch))},
      ${bigints(chunks.map((chunk) => chunk.sid))},
      ${bigints(chunks.map((chunk) => chunk.firstSeq))},
      ${bigints(chunks.map((chunk) => chunk.lastSeq))},
      ${integers(chunks.map((chunk) => chunk.prices.length))},
      ${bigints(chunks.map((chunk) => chunk.receivedAtMs))},
      ${texts(chunks.map((chunk) => arrayLiteral(chunk.skipped)))},
      ${texts(chunks.map((chunk) => arrayLiteral(chunk.markets.map(idOf))))},
      ${texts(chunks.map((chunk) => arrayLiteral(chunk.yes)))},
      ${texts(chunks.map((chunk) => arrayLiteral(chunk.prices)))},
      ${texts(chunks.map((chunk) => arrayLiteral(chunk.deltas)))},
      ${texts(chunks.map((chunk) => arrayLiteral(chunk.receivedOffsets)))},
      ${texts(chunks.map((chunk) => arrayLiteral(chunk.delays)))}
    ) as chunk (
      epoch, sid, first_seq, last_seq, records, received_at_ms,
      skipped, market_ids, yes, prices, deltas, received_offsets, delays
    )
    on conflict do nothing
    returning records`);
  return rows.reduce((sum, row) => sum + numberOf(row, 'records'), 0);
}

async function insertSnapshots(
  run: Run,
  id: SessionId,
  { snapshots }: Batch,
  marketIds: readonly number[],
): Promise<number> {
  if (snapshots.length === 0) return 0;
  const records = snapshots.map(({ record }) => record);
  const rows = await run(sql`
    insert into snapshot_records (
      session_id, epoch, sid, seq, market_id, received_at, yes_prices, yes_sizes, no_prices, no_sizes
    )
    select
      ${id}::uuid, epoch, sid, seq, market_id, timestamptz 'epoch' + received_at_ms * interval '1 millisecond',
      yes_prices::integer[], yes_sizes::bigint[], no_prices::integer[], no_sizes::bigint[]
    from unnest(
      ${integers(records.map((record) => record.epoch))},
      ${bigints(records.map((record) => record.sid))},
      ${bigints(records.map((record) => record.seq))},
      ${integers(snapshots.map(({ market }) => marketIds[market]!))},
      ${bigints(records.map((record) => record.receivedAtMs))},
      ${texts(records.map((record) => arrayLiteral(record.yes.map(price))))},
      ${texts(records.map((record) => arrayLiteral(record.yes.map(size))))},
      ${texts(records.map((record) => arrayLiteral(record.no.map(price))))},
      ${texts(records.map((record) => arrayLiteral(record.no.map(size))))}
    ) as record (epoch, sid, seq, market_id, received_at_ms, yes_prices, yes_sizes, no_prices, no_sizes)
    on conflict do nothing
    returning 1 as one`);
  return rows.length;
}

async function insertRaw(run: Run, id: SessionId, { raw }: Batch): Promise<number> {
  if (raw.length === 0) return 0;
  const escaped = raw.map(({ record }) => !isStorableText(record.text));
  const rows = await run(sql`
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
    returning 1 as one`);
  return rows.length;
}

async function insertGaps(run: Run, id: SessionId, { gaps }: Batch): Promise<{ gaps: number; shed: number }> {
  if (gaps.length === 0) return { gaps: 0, shed: 0 };
  const rows = await run(sql`
    insert into gap_records (session_id, ordinal, epoch, sid, first_seq, last_seq, from_at, to_at, cause, shed)
    select
      ${id}::uuid, ordinal, epoch, sid, first_seq, last_seq,
      timestamptz 'epoch' + from_at_ms * interval '1 millisecond',
      timestamptz 'epoch' + to_at_ms * interval '1 millisecond',
      cause, shed
    from unnest(
      ${bigints(gaps.map(({ ordinal }) => ordinal))},
      ${integers(gaps.map(({ record }) => record.epoch))},
      ${bigints(gaps.map(({ record }) => record.sid))},
      ${bigints(gaps.map(({ record }) => record.firstSeq))},
      ${bigints(gaps.map(({ record }) => record.lastSeq))},
      ${bigints(gaps.map(({ record }) => record.fromAtMs))},
      ${bigints(gaps.map(({ record }) => record.toAtMs))},
      ${texts(gaps.map(({ record }) => storableText(record.cause)))},
      ${bigints(gaps.map(({ shed }) => shed))}
    ) as gap (ordinal, epoch, sid, first_seq, last_seq, from_at_ms, to_at_ms, cause, shed)
    on conflict do nothing
    returning shed`);
  return { gaps: rows.length, shed: rows.reduce((sum, row) => sum + numberOf(row, 'shed'), 0) };
}

const price = (level: StoredLevel) => level[0];
const size = (level: StoredLevel) => level[1];

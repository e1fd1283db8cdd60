import { sql, type SQL } from 'drizzle-orm';
import type { SessionId } from '../records.ts';

/** The records of one (epoch, sid) of a session. */
export type StreamKey = { readonly session: SessionId; readonly epoch: number; readonly sid: number };

export type Regrouping = {
  /** The chunks as a query or table, with their columns. Those of a run lie in one day and within 2^31 numbers. */
  readonly chunks: SQL;
  /** Arrays of `chunk` to unnest besides those that all chunks have, with the names of their elements. */
  readonly arrays: { readonly columns: SQL; readonly names: SQL };
  /** For a delta: `run`, what must not be mixed; `market_id`; and `next_level`, of the chunk that it goes into. */
  readonly columns: SQL;
  /** That level when all is said: from `next_level`, `market_id` and `whole`, the number of the market's deltas. */
  readonly level: SQL;
};

/**
 * A statement that cuts a stream's chunks into chunks of one market each, as `market_chunks` has them. It is all done in the
 * database: no delta passes through this process.
 */
export const regroup = (
  { session, epoch, sid }: StreamKey,
  { chunks, arrays, columns, level }: Regrouping,
  targetRecords: number,
): SQL => sql`
  insert into market_chunks (
    session_id, market_id, epoch, sid, first_seq, last_seq, records, level, received_at,
    skipped, yes, prices, deltas, received_offsets, delays
  )
  select
    ${session}::uuid, market_id, ${epoch}::integer, ${sid}::bigint, min(seq), max(seq), count(*), min(level),
    timestamptz 'epoch' + min(first_at_ms) * interval '1 millisecond',
    array_agg((seq - first_seq - position + 1)::integer order by seq),
    array_agg(yes order by seq),
    array_agg(price order by seq),
    array_agg(change order by seq),
    array_agg((at_ms - first_at_ms)::integer order by seq),
    array_agg(delay order by seq)
  from (
    select
      *,
      ${level}::smallint as level,
      row_number() over piece as position,
      first_value(seq) over piece as first_seq,
      first_value(at_ms) over piece as first_at_ms
    from (
      -- In pieces of one size: a last one that holds the rest would be a small one.
      select *, (number - 1) * ((whole + ${targetRecords - 1}::bigint) / ${targetRecords}::bigint) / whole as piece
      from (
        select *, row_number() over (partition by run, market_id order by seq) as number,
          count(*) over (partition by run, market_id) as whole
        from (
          select
            ${columns},
            chunk.first_seq + delta.position - 1 + delta.skipped as seq,
            delta.yes, delta.price, delta.change, delta.delay,
            ${arrivalMs(sql`chunk`)} + delta.received_offset as at_ms
          from ${chunks} as chunk
          cross join lateral unnest(
            chunk.skipped, chunk.yes, chunk.prices, chunk.deltas, chunk.received_offsets, chunk.delays ${arrays.columns}
          ) with ordinality as delta (skipped, yes, price, change, received_offset, delay ${arrays.names}, position)
        ) as delta
      ) as numbered
    ) as cut
    window piece as (partition by run, market_id, piece order by seq)
  ) as placed
  group by run, market_id, piece
  returning market_id, records, first_seq, last_seq,
    ${arrivalMs(sql`market_chunks`)} + (select min(after) from unnest(received_offsets) as arrival (after)) as first_at_ms,
    ${arrivalMs(sql`market_chunks`)} + (select max(after) from unnest(received_offsets) as arrival (after)) as last_at_ms`;

/** A chunk's arrival in ms since the epoch, exactly: `extract` gives a numeric. */
export const arrivalMs = (row: SQL): SQL => sql`(extract(epoch from ${row}.received_at) * 1000)::bigint`;

/** The condition for a stream's rows of a table. */
export const ofStream = (row: string, { session, epoch, sid }: StreamKey): SQL => {
  const table = sql.raw(row);
  return sql`
    ${table}.session_id = ${session}::uuid and ${table}.epoch = ${epoch}::integer and ${table}.sid = ${sid}::bigint`;
};

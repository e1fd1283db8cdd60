import { sql, type SQL } from 'drizzle-orm';
import { textArrayLiteral } from '../database/array-literal.ts';
import { bigints } from '../database/array-parameters.ts';
import { dayMs, dayOf } from '../database/day.ts';
import type { Run } from '../database/engines/engine.ts';
import { moment } from '../database/moment.ts';
import { numberOf, textOf } from '../database/rows.ts';
import { SessionStoreError } from '../errors.ts';
import type { SessionId } from '../records.ts';
import type { ChunkSpan } from './take-run.ts';

/** The records of one (epoch, sid) of a session. */
export type StreamKey = { readonly session: SessionId; readonly epoch: number; readonly sid: number };

export type DueLimits = {
  /** A stream is due when it has deltas as old as this, by the database's clock. */
  readonly afterMs: number;
  /** Or as many. */
  readonly records: number;
};

/** Chunks that one look at a stream reads. */
const mostChunks = 10_000;

/**
 * The stream whose fresh chunks should be rewritten next: it has enough of them, or old ones, or its session is over.
 * Whatever is seen is committed, and no retry can bring it back once it is gone: a batch up to the session's `last_batch`
 * is never written again.
 *
 * @param except sessions to leave alone
 */
export async function findDue(
  run: Run,
  { afterMs, records }: DueLimits,
  except: ReadonlySet<SessionId>,
): Promise<StreamKey | null> {
  const [found] = await run(sql`
    select chunk.session_id, chunk.epoch, chunk.sid
    from delta_chunks as chunk
    left join sessions as session on session.id = chunk.session_id
    where chunk.session_id <> all (${textArrayLiteral([...except])}::text::uuid[])
    group by chunk.session_id, chunk.epoch, chunk.sid
    having coalesce(bool_and(session.status <> 'active' and session.lease_until is null), true)
      or sum(chunk.records) >= ${records}::bigint
      or min(chunk.received_at) < now() - ${afterMs}::bigint * interval '1 millisecond'
    order by min(chunk.received_at)
    limit 1`);
  return found ? streamKey(found) : null;
}

/** A stream, and the first number of the last chunk of it to take. */
export type FreshStream = { readonly stream: StreamKey; readonly lastChunk: number };

/** All that is fresh now. */
export async function listFresh(run: Run, except: ReadonlySet<SessionId>): Promise<FreshStream[]> {
  const rows = await run(sql`
    select session_id, epoch, sid, max(first_seq) as last_chunk
    from delta_chunks
    where session_id <> all (${textArrayLiteral([...except])}::text::uuid[])
    group by session_id, epoch, sid
    order by min(received_at)`);
  return rows.map((row) => ({ stream: streamKey(row), lastChunk: numberOf(row, 'last_chunk') }));
}

const streamKey = (row: Readonly<Record<string, unknown>>): StreamKey => ({
  session: textOf(row, 'session_id'),
  epoch: numberOf(row, 'epoch'),
  sid: numberOf(row, 'sid'),
});

/** A stream's fresh chunks by rising number, the first ones. */
export async function freshChunks(run: Run, stream: StreamKey): Promise<readonly ChunkSpan[]> {
  const rows = await run(sql`
    select first_seq, last_seq, records, ${arrivalMs(sql`chunk`)} as at_ms
    from delta_chunks as chunk
    where ${ofStream('chunk', stream)}
    order by first_seq
    limit ${sql.raw(String(mostChunks))}`);
  return rows.map((row) => ({
    firstSeq: numberOf(row, 'first_seq'),
    lastSeq: numberOf(row, 'last_seq'),
    records: numberOf(row, 'records'),
    receivedAtMs: numberOf(row, 'at_ms'),
  }));
}

/**
 * Moves fresh chunks into chunks of one market each, of at most `targetRecords`. It is all done in the database: no delta passes through
 * this process.
 *
 * @param chunks what `takeRun` took
 * @returns how many deltas; 0 where retention has dropped them at this moment
 * @throws {SessionStoreError} when they do not hold what they say
 */
export async function moveChunks(
  run: Run,
  stream: StreamKey,
  chunks: readonly ChunkSpan[],
  targetRecords: number,
): Promise<number> {
  const { session, epoch, sid } = stream;
  const day = dayOf(chunks[0]!.receivedAtMs) * dayMs;
  const [row] = await run(sql`
    with taken as (
      delete from delta_chunks as chunk
      where ${ofStream('chunk', stream)} and first_seq = any (${bigints(chunks.map(({ firstSeq }) => firstSeq))})
        and received_at >= ${moment(day)} and received_at < ${moment(day + dayMs)}
      returning *
    ), delta as (
      select
        delta.market_id, delta.yes, delta.price, delta.change, delta.delay, delta.micros,
        chunk.first_seq + delta.position - 1 + delta.skipped as seq,
        ${arrivalMs(sql`chunk`)} + delta.received_offset as at_ms
      from taken as chunk
      cross join lateral unnest(
        chunk.skipped, chunk.market_ids, chunk.yes, chunk.prices, chunk.deltas, chunk.received_offsets, chunk.delays, chunk.micros
      ) with ordinality as delta (skipped, market_id, yes, price, change, received_offset, delay, micros, position)
    ), numbered as (
      select *, row_number() over (partition by market_id order by seq) - 1 as number, count(*) over (partition by market_id) as whole
      from delta
    ), cut as (
      -- In pieces of one size: a last one that holds the rest would be a small one.
      select *, number * ((whole + ${targetRecords - 1}::bigint) / ${targetRecords}::bigint) / whole as piece from numbered
    ), placed as (
      select *,
        row_number() over ordered as position, first_value(seq) over ordered as first_seq, first_value(at_ms) over ordered as first_at_ms
      from cut
      window ordered as (partition by market_id, piece order by seq)
    ), made as (
      insert into market_chunks (
        session_id, market_id, epoch, sid, first_seq, last_seq, records, received_at,
        skipped, yes, prices, deltas, received_offsets, delays, micros
      )
      select
        ${session}::uuid, market_id, ${epoch}::integer, ${sid}::bigint, min(seq), max(seq), count(*),
        timestamptz 'epoch' + min(first_at_ms) * interval '1 millisecond',
        array_agg((seq - first_seq - position + 1)::integer order by seq),
        array_agg(yes order by seq),
        array_agg(price order by seq),
        array_agg(change order by seq),
        array_agg((at_ms - first_at_ms)::integer order by seq),
        array_agg(delay order by seq),
        case when count(micros) = 0 then '{}' else array_agg(micros order by seq) end
      from placed
      group by market_id, piece
      returning records
    )
    select
      (select coalesce(sum(records), 0)::bigint from taken) as taken,
      (select coalesce(sum(records), 0)::bigint from made) as made`);
  const [taken, made] = [numberOf(row!, 'taken'), numberOf(row!, 'made')];
  if (taken === made) return made;
  throw new SessionStoreError(
    'QUERY_FAILED',
    `Compaction would have made ${made} deltas of ${taken}, so nothing was changed: a chunk does not hold what it says.`,
  );
}

/** A chunk's arrival in ms since the epoch, exactly: `extract` gives a numeric. */
const arrivalMs = (row: SQL): SQL => sql`(extract(epoch from ${row}.received_at) * 1000)::bigint`;

/** The condition for a stream's rows of a table. */
const ofStream = (row: string, { session, epoch, sid }: StreamKey): SQL => {
  const table = sql.raw(row);
  return sql`
    ${table}.session_id = ${session}::uuid and ${table}.epoch = ${epoch}::integer and ${table}.sid = ${sid}::bigint`;
};

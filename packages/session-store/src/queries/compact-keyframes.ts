// A market's book after one of its deltas: the levels of the snapshot or keyframe before it, and the sum of the changes since.
// That is what folding them one by one gives, as a level is a sum and a level of 0 is none.
import { sql, type SQL } from 'drizzle-orm';
import { dayMs } from '../core/day.ts';
import type { Row, Run } from '../io/engine.ts';
import { numberOf } from '../rows.ts';
import { bigints, integers } from './array-parameters.ts';
import type { Moved } from './compact-fresh.ts';
import { arrivalMs, ofStream, type StreamKey } from './compact-regroup.ts';

/**
 * A book of sixty levels for each of a quiet market's deltas would be most of what is stored, so there are at least so many
 * deltas from one keyframe to the next, but for the first delta of a day: its book is needed when the day before expires.
 */
const fewestDeltas = 64;

/** A place for a keyframe: after the delta `seq`, computed from the book at `bookSeq`. */
type Place = {
  readonly marketId: number;
  readonly bookSeq: number;
  readonly seq: number;
  readonly receivedAtMs: number;
};

/**
 * Makes the keyframes that belong among deltas that have just been moved into `market_chunks`: with the first delta of each
 * interval of time. All that the stream has before them must be there.
 *
 * @returns how many were made
 */
export async function makeKeyframes(run: Run, stream: StreamKey, moved: Moved, intervalMs: number): Promise<number> {
  const places = await findPlaces(run, stream, moved, intervalMs);
  return places.length === 0 ? 0 : insertKeyframes(run, stream, places);
}

async function findPlaces(
  run: Run,
  stream: StreamKey,
  { firstSeq, lastSeq, firstAtMs, lastAtMs }: Moved,
  intervalMs: number,
): Promise<readonly Place[]> {
  // Each market's intervals and days begin at a time of their own, so that not all books are due in one step.
  const phase = sql`(market_id::bigint * 2654435761 % 4294967296 * ${intervalMs}::bigint / 4294967296)`;
  const interval = (atMs: SQL) => sql`((${atMs} - ${phase}) / ${intervalMs}::bigint)`;
  const day = (atMs: SQL) => sql`((${atMs} - ${phase}) / ${dayMs}::bigint)`;
  const rows = await run(sql`
    with made as (
      select chunk.*, ${arrivalMs(sql`chunk`)} as at_ms from market_chunks as chunk
      where ${ofStream('chunk', stream)} and chunk.first_seq between ${firstSeq}::bigint and ${lastSeq}::bigint
    ), moved as (
      select
        market_id, made.first_seq + delta.position - 1 + delta.skipped as seq,
        at_ms + delta.received_offset as at_ms
      from made
      cross join lateral unnest(skipped, received_offsets)
        with ordinality as delta (skipped, received_offset, position)
      where ${interval(sql`${firstAtMs}::bigint`)} <> ${interval(sql`${lastAtMs}::bigint`)}
      union all
      -- Where no interval begins among them a chunk's first one is enough to know, and nothing is unpacked.
      select market_id, first_seq, at_ms from made
      where ${interval(sql`${firstAtMs}::bigint`)} = ${interval(sql`${lastAtMs}::bigint`)}
    ), market as (
      select market_id, min(seq) as first_seq from moved group by market_id
    ), before as (
      -- The latest book before them, and about how many deltas lie between.
      select market.market_id, book.seq, book.at_ms, (
        select coalesce(sum(chunk.records), 0) from market_chunks as chunk
        where ${ofStream('chunk', stream)} and chunk.market_id = market.market_id
          and chunk.first_seq < market.first_seq and chunk.last_seq > book.seq
      ) as deltas
      from market
      cross join lateral (
        (
          select record.seq, ${arrivalMs(sql`record`)} as at_ms from snapshot_records as record
          where ${ofStream('record', stream)} and record.market_id = market.market_id and record.seq < market.first_seq
          order by record.seq desc limit 1
        )
        union all
        (
          select keyframe.seq, ${arrivalMs(sql`keyframe`)} from keyframes as keyframe
          where ${ofStream('keyframe', stream)} and keyframe.market_id = market.market_id
            and keyframe.seq < market.first_seq
          order by keyframe.seq desc limit 1
        )
        order by seq desc
        limit 1
      ) as book
    ), event as (
      select market_id, seq, at_ms, seq as book_seq, deltas from before
      union all
      select record.market_id, record.seq, ${arrivalMs(sql`record`)}, record.seq, 0
      from snapshot_records as record join market using (market_id)
      where ${ofStream('record', stream)} and record.seq > market.first_seq and record.seq < ${lastSeq}::bigint
      union all
      select market_id, seq, at_ms, null, null from moved
    ), placed as (
      select
        market_id, seq, at_ms, book_seq is null as is_delta,
        max(book_seq) over following as book_seq,
        ${interval(sql`at_ms`)} <> lag(${interval(sql`at_ms`)}) over following as is_first,
        ${day(sql`at_ms`)} <> lag(${day(sql`at_ms`)}) over following as is_first_of_day,
        deltas
      from event
      window following as (partition by market_id order by seq)
    ), counted as (
      select
        *,
        first_value(at_ms) over since as book_at_ms,
        (count(*) filter (where is_delta) over since + max(deltas) over since)::bigint / ${fewestDeltas}::bigint as step
      from placed
      where book_seq is not null
      window since as (partition by market_id, book_seq order by seq)
    ), candidate as (
      select *, lag(step, 1, 0::bigint) over (partition by market_id, book_seq order by seq) as step_before
      from counted
      where is_delta and (is_first or is_first_of_day)
    )
    select market_id, book_seq, seq, at_ms
    from candidate
    where (step > step_before or is_first_of_day) and ${isUnbroken(stream)}
    order by market_id, seq`);
  return rows.map(placeOf);
}

const placeOf = (row: Row): Place => ({
  marketId: numberOf(row, 'market_id'),
  bookSeq: numberOf(row, 'book_seq'),
  seq: numberOf(row, 'seq'),
  receivedAtMs: numberOf(row, 'at_ms'),
});

/**
 * Whether nothing is missing between the book and the delta of a row. A hole of this subscription is where its numbers say, or
 * the one that is known. Any other hole of the epoch is where its time says, as long as the clock did not go back; and
 * retention drops everything before a time.
 */
const isUnbroken = ({ session, epoch, sid }: StreamKey): SQL => sql`
  not exists (
    select from gap_records as gap
    where gap.session_id = ${session}::uuid and gap.epoch = ${epoch}::integer
      and (gap.sid is null or gap.sid = ${sid}::bigint)
      and case
        when gap.sid is not null and coalesce(gap.first_seq, gap.last_seq) is not null
          then coalesce(gap.last_seq, gap.first_seq) > book_seq and coalesce(gap.first_seq, gap.last_seq) < seq
        else book_at_ms > at_ms or extract(epoch from gap.from_at) * 1000 <= at_ms
          and extract(epoch from coalesce(gap.to_at, gap.from_at)) * 1000 >= book_at_ms
      end
  )
  and not exists (
    select from expirations as expired
    where expired.session_id = ${session}::uuid and extract(epoch from expired.expired_before) * 1000 > book_at_ms
  )`;

async function insertKeyframes(run: Run, stream: StreamKey, places: readonly Place[]): Promise<number> {
  const { session, epoch, sid } = stream;
  const rows = await run(sql`
    with place as (
      select * from unnest(
        ${integers(places.map(({ marketId }) => marketId))},
        ${bigints(places.map(({ bookSeq }) => bookSeq))},
        ${bigints(places.map(({ seq }) => seq))},
        ${bigints(places.map(({ receivedAtMs }) => receivedAtMs))}
      ) as place (market_id, book_seq, seq, at_ms)
    ), book as (
      select market_id, book_seq, array_agg(seq order by seq) as places, max(seq) as last_seq
      from place group by market_id, book_seq
    ), base as (
      select record.market_id, record.seq, yes_prices, yes_sizes, no_prices, no_sizes
      from snapshot_records as record
      join book on book.market_id = record.market_id and book.book_seq = record.seq
      where ${ofStream('record', stream)}
      union all
      select keyframe.market_id, keyframe.seq, yes_prices, yes_sizes, no_prices, no_sizes
      from keyframes as keyframe
      join book on book.market_id = keyframe.market_id and book.book_seq = keyframe.seq
      where ${ofStream('keyframe', stream)}
    ), change as (
      select market_id, seq as book_seq, seq, side.yes, side.price, side.size
      from base
      cross join lateral (
        select true, * from unnest(yes_prices, yes_sizes)
        union all
        select false, * from unnest(no_prices, no_sizes)
      ) as side (yes, price, size)
      union all
      select book.market_id, book.book_seq, delta.seq, delta.yes, delta.price, delta.change
      from book
      join market_chunks as chunk on chunk.market_id = book.market_id
        and chunk.last_seq > book.book_seq and chunk.first_seq <= book.last_seq
      cross join lateral (
        select chunk.first_seq + position - 1 + skipped as seq, yes, price, change
        from unnest(chunk.skipped, chunk.yes, chunk.prices, chunk.deltas)
          with ordinality as delta (skipped, yes, price, change, position)
      ) as delta
      where ${ofStream('chunk', stream)} and delta.seq > book.book_seq and delta.seq <= book.last_seq
    ), step as (
      -- What changes from one place to the next; the first place takes the book as well.
      select market_id, book_seq, places[width_bucket(seq - 1, places) + 1] as seq, yes, price, sum(size) as size
      from change join book using (market_id, book_seq)
      group by market_id, book_seq, 3, yes, price
    ), level as (
      select distinct market_id, book_seq, yes, price from step
    ), held as (
      select market_id, place.seq, yes, price,
        sum(coalesce(step.size, 0)) over (partition by market_id, book_seq, yes, price order by place.seq) as size
      from place join level using (market_id, book_seq)
      left join step using (market_id, book_seq, yes, price, seq)
    )
    insert into keyframes (
      session_id, market_id, epoch, sid, seq, received_at, yes_prices, yes_sizes, no_prices, no_sizes
    )
    select
      ${session}::uuid, market_id, ${epoch}::integer, ${sid}::bigint, place.seq,
      timestamptz 'epoch' + place.at_ms * interval '1 millisecond',
      coalesce(array_agg(price order by price) filter (where yes and size <> 0), '{}'),
      coalesce(array_agg(${exactSize} order by price) filter (where yes and size <> 0), '{}'),
      coalesce(array_agg(price order by price) filter (where not yes and size <> 0), '{}'),
      coalesce(array_agg(${exactSize} order by price) filter (where not yes and size <> 0), '{}')
    from place left join held using (market_id, seq)
    group by market_id, place.seq, place.at_ms
    having coalesce(max(abs(size)), 0) <= ${sql.raw(String(Number.MAX_SAFE_INTEGER))}
    returning 1 as one`);
  return rows.length;
}

/** A book that holds more than the store's integers do gets no keyframe. */
const exactSize = sql.raw(`case when abs(size) <= ${Number.MAX_SAFE_INTEGER} then size::bigint end`);

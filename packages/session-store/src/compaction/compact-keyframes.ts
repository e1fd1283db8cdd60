// A market's book after one of its deltas: the levels of the snapshot or keyframe before it, and the sum of the changes since.
// That is what folding them one by one gives, as a level is a sum and a level of 0 is none.
import { sql, type SQL } from 'drizzle-orm';
import { dayMs } from '../database/day.ts';
import type { Row, Run } from '../database/engines/engine.ts';
import { numberOf } from '../database/rows.ts';
import { bigints, integers } from '../database/array-parameters.ts';
import type { MovedMarket } from './compact-fresh.ts';
import { arrivalMs, ofStream, type StreamKey } from './compact-regroup.ts';

export type KeyframeSpacing = {
  /** A market's book is stored with its first delta of each such interval. */
  readonly intervalMs: number;
  /**
   * But at least so many deltas lie from one keyframe to the next, unless a day begins: its book is needed when the day before
   * expires. Otherwise a quiet market's books of a hundred levels each would be most of what is stored.
   */
  readonly fewestDeltas: number;
  /** However short the time: what has to be folded for a book is bounded by it. */
  readonly mostDeltas: number;
  /** Markets that one statement looks at. */
  readonly mostMarkets: number;
};

/** A place for a keyframe: after the delta `seq`, computed from the book at `bookSeq`. */
type Place = {
  readonly marketId: number;
  readonly bookSeq: number;
  readonly bookAtMs: number;
  readonly seq: number;
  readonly receivedAtMs: number;
};

/**
 * Makes the keyframes that belong among deltas that have just been moved into `market_chunks`: with the first delta of each
 * interval of time. All that the stream has before them must be there.
 *
 * The statements say by lateral joins what is looked up for each market by an index, and everything else is joined by hash or by
 * order (see `takeTurn`): a planner that knows nothing of today's partition joins a thousand markets' levels in loops, and an
 * hour is not enough for them.
 *
 * @returns how many were made
 */
export async function makeKeyframes(
  run: Run,
  stream: StreamKey,
  moved: readonly MovedMarket[],
  spacing: KeyframeSpacing,
): Promise<number> {
  let made = 0;
  for (let from = 0; from < moved.length; from += spacing.mostMarkets) {
    const places = await findPlaces(run, stream, moved.slice(from, from + spacing.mostMarkets), spacing);
    if (places.length > 0) made += await insertKeyframes(run, stream, places);
  }
  return made;
}

async function findPlaces(
  run: Run,
  stream: StreamKey,
  markets: readonly MovedMarket[],
  { intervalMs, fewestDeltas, mostDeltas }: KeyframeSpacing,
): Promise<readonly Place[]> {
  // Each market's intervals and days begin at a time of their own, so that not all books are due in one step.
  const phase = sql`(market_id::bigint * 2654435761 % 4294967296 * ${intervalMs}::bigint / 4294967296)`;
  const interval = (atMs: SQL) => sql`((${atMs} - ${phase}) / ${intervalMs}::bigint)`;
  const day = (atMs: SQL) => sql`((${atMs} - ${phase}) / ${dayMs}::bigint)`;
  const differ = (part: (atMs: SQL) => SQL, ...times: readonly SQL[]) =>
    sql`(${sql.join(
      times.slice(1).map((atMs) => sql`${part(atMs)} is distinct from ${part(times[0]!)}`),
      sql` or `,
    )})`;
  const rows = await run(sql`
    with market as (
      select * from unnest(
        ${integers(markets.map(({ marketId }) => marketId))},
        ${bigints(markets.map(({ records }) => records))},
        ${bigints(markets.map(({ firstSeq }) => firstSeq))},
        ${bigints(markets.map(({ lastSeq }) => lastSeq))},
        ${bigints(markets.map(({ firstAtMs }) => firstAtMs))},
        ${bigints(markets.map(({ lastAtMs }) => lastAtMs))}
      ) as market (market_id, records, first_seq, last_seq, first_at_ms, last_at_ms)
    ), due as materialized (
      -- With the latest book before them, and about how many deltas lie between.
      select market.*, book.seq as book_seq, book.at_ms as book_at_ms, between_them.deltas
      from market
      left join lateral (
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
      ) as book on true
      cross join lateral (
        select coalesce(sum(chunk.records), 0)::bigint as deltas from market_chunks as chunk
        where ${ofStream('chunk', stream)} and chunk.market_id = market.market_id
          and chunk.first_seq < market.first_seq and chunk.first_seq >= ${chunkWith(stream, sql`market.market_id`, sql`book.seq`)}
      ) as between_them
      -- Most often nothing can be due, and nothing is unpacked.
      where deltas + records >= ${fewestDeltas}::bigint
          and (${differ(interval, sql`first_at_ms`, sql`last_at_ms`, sql`book.at_ms`)}
            or deltas + records >= ${mostDeltas}::bigint)
        or ${differ(day, sql`first_at_ms`, sql`last_at_ms`, sql`book.at_ms`)}
    ), event as (
      select market_id, book_seq as seq, book_at_ms as at_ms, book_seq, deltas from due where book_seq is not null
      union all
      select market_id, record.seq, record.at_ms, record.seq, 0
      from due
      cross join lateral (
        select record.seq, ${arrivalMs(sql`record`)} as at_ms from snapshot_records as record
        where ${ofStream('record', stream)} and record.market_id = due.market_id
          and record.seq > due.first_seq and record.seq < due.last_seq
      ) as record
      union all
      select market_id, delta.seq, delta.at_ms, null, null
      from due
      cross join lateral (
        select chunk.first_seq + delta.position - 1 + delta.skipped as seq,
          ${arrivalMs(sql`chunk`)} + delta.received_offset as at_ms
        from market_chunks as chunk
        cross join lateral unnest(chunk.skipped, chunk.received_offsets)
          with ordinality as delta (skipped, received_offset, position)
        where ${ofStream('chunk', stream)} and chunk.market_id = due.market_id
          and chunk.first_seq between due.first_seq and due.last_seq
      ) as delta
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
        count(*) filter (where is_delta) over since + max(deltas) over since as count
      from placed
      where book_seq is not null
      window since as (partition by market_id, book_seq order by seq)
    ), candidate as (
      select *,
        count / ${fewestDeltas}::bigint as step,
        lag(count / ${fewestDeltas}::bigint, 1, 0::bigint) over (partition by market_id, book_seq order by seq) as step_before
      from counted
      where is_delta and (is_first or is_first_of_day or count % ${mostDeltas}::bigint = 0)
    ), hole as materialized (
      select * from gap_records as gap
      where gap.session_id = ${stream.session}::uuid and gap.epoch = ${stream.epoch}::integer
        and (gap.sid is null or gap.sid = ${stream.sid}::bigint)
    )
    select market_id, book_seq, book_at_ms, seq, at_ms
    from candidate
    where (step > step_before or is_first_of_day) and ${isUnbroken(stream)}
    order by market_id, seq`);
  return rows.map(placeOf);
}

const placeOf = (row: Row): Place => ({
  marketId: numberOf(row, 'market_id'),
  bookSeq: numberOf(row, 'book_seq'),
  bookAtMs: numberOf(row, 'book_at_ms'),
  seq: numberOf(row, 'seq'),
  receivedAtMs: numberOf(row, 'at_ms'),
});

/** The first number of the market's chunk that holds a number, which is the last one to begin by then; or that number itself. */
const chunkWith = (stream: StreamKey, marketId: SQL, seq: SQL): SQL => sql`
  coalesce((
    select holding.first_seq from market_chunks as holding
    where ${ofStream('holding', stream)} and holding.market_id = ${marketId} and holding.first_seq <= ${seq}
    order by holding.first_seq desc limit 1
  ), ${seq})`;

/**
 * Whether nothing is missing between the book and the delta of a row. A hole of this subscription is where its numbers say, or
 * the one that is known. Any other hole of the epoch is where its time says, as long as the clock did not go back; and
 * retention drops everything before a time.
 */
const isUnbroken = ({ session, sid }: StreamKey): SQL => sql`
  not exists (
    select from hole
    where case
      when hole.sid = ${sid}::bigint and coalesce(hole.first_seq, hole.last_seq) is not null
        then coalesce(hole.last_seq, hole.first_seq) > book_seq and coalesce(hole.first_seq, hole.last_seq) < seq
      else book_at_ms > at_ms or extract(epoch from hole.from_at) * 1000 <= at_ms
        and extract(epoch from coalesce(hole.to_at, hole.from_at)) * 1000 >= book_at_ms
    end
  )
  and not exists (
    select from expirations as expired
    where expired.session_id = ${session}::uuid and extract(epoch from expired.expired_before) * 1000 > book_at_ms
  )`;

/** @param places by market and rising number */
async function insertKeyframes(run: Run, stream: StreamKey, places: readonly Place[]): Promise<number> {
  const { session, epoch, sid } = stream;
  // The places of a book are counted, and a change belongs to the first one at or after it.
  const books = [...Map.groupBy(places, ({ marketId, bookSeq }) => `${marketId}/${bookSeq}`).values()];
  const counted = books.flatMap((book, index) => book.map((place, number) => ({ place, book: index + 1, number })));
  const first = books.map((book) => book[0]!);
  const rows = await run(sql`
    with place as materialized (
      select * from unnest(
        ${integers(counted.map(({ book }) => book))},
        ${integers(counted.map(({ number }) => number))},
        ${bigints(counted.map(({ place }) => place.seq))},
        ${bigints(counted.map(({ place }) => place.receivedAtMs))}
      ) as place (book, number, seq, at_ms)
    ), book as materialized (
      select given.*, places, last_seq
      from unnest(
        ${integers(first.map(({ marketId }) => marketId))},
        ${bigints(first.map(({ bookSeq }) => bookSeq))},
        ${bigints(first.map(({ bookAtMs }) => bookAtMs))}
      ) with ordinality as given (market_id, seq, at_ms, book)
      join (
        select book, array_agg(seq order by seq) as places, max(seq) as last_seq from place group by book
      ) as placed using (book)
    ), change as (
      select book, cardinality(places) as whole, 0 as number, base.*
      from book
      cross join lateral (
        select yes_prices, yes_sizes, no_prices, no_sizes from snapshot_records as record
        where ${ofStream('record', stream)} and record.market_id = book.market_id and record.seq = book.seq
          and record.received_at = timestamptz 'epoch' + book.at_ms * interval '1 millisecond'
        union all
        select yes_prices, yes_sizes, no_prices, no_sizes from keyframes as keyframe
        where ${ofStream('keyframe', stream)} and keyframe.market_id = book.market_id and keyframe.seq = book.seq
          and keyframe.received_at = timestamptz 'epoch' + book.at_ms * interval '1 millisecond'
      ) as levels
      cross join lateral (
        select true as yes, * from unnest(yes_prices, yes_sizes) as side (price, size)
        union all
        select false, * from unnest(no_prices, no_sizes) as side (price, size)
      ) as base
      union all
      select book, cardinality(places), width_bucket(delta.seq - 1, places), yes, price, change
      from book
      cross join lateral (
        select chunk.first_seq + delta.position - 1 + delta.skipped as seq, delta.yes, delta.price, delta.change
        from market_chunks as chunk
        cross join lateral unnest(chunk.skipped, chunk.yes, chunk.prices, chunk.deltas)
          with ordinality as delta (skipped, yes, price, change, position)
        where ${ofStream('chunk', stream)} and chunk.market_id = book.market_id
          and chunk.first_seq between ${chunkWith(stream, sql`book.market_id`, sql`book.seq`)} and book.last_seq
      ) as delta
      where delta.seq > book.seq and delta.seq <= book.last_seq
    ), changed as (
      select book, whole, number, yes, price, sum(size) as change from change group by book, whole, number, yes, price
    ), held as (
      -- A level is what it has become, until it changes again.
      select book, yes, price, ${exactSize(sql`sum(change) over level`)} as size,
        number, lead(number, 1, whole) over level as next_number
      from changed
      window level as (partition by book, yes, price order by number)
    ), shown as (
      select book, yes, price, size, generate_series(number, next_number - 1) as number
      from held
      where size is distinct from 0
    ), made as (
      select book, number, count(*) = count(size) as is_exact,
        array_agg(price order by price) filter (where yes) as yes_prices,
        array_agg(size order by price) filter (where yes) as yes_sizes,
        array_agg(price order by price) filter (where not yes) as no_prices,
        array_agg(size order by price) filter (where not yes) as no_sizes
      from shown
      group by book, number
    )
    insert into keyframes (
      session_id, market_id, epoch, sid, seq, received_at, yes_prices, yes_sizes, no_prices, no_sizes
    )
    select
      ${session}::uuid, book.market_id, ${epoch}::integer, ${sid}::bigint, place.seq,
      timestamptz 'epoch' + place.at_ms * interval '1 millisecond',
      coalesce(yes_prices, '{}'), coalesce(yes_sizes, '{}'), coalesce(no_prices, '{}'), coalesce(no_sizes, '{}')
    from place
    join book using (book)
    left join made using (book, number)
    where is_exact is not false
    returning 1 as one`);
  return rows.length;
}

/** A book that holds more than the store's integers do gets no keyframe. */
const exactSize = (size: SQL): SQL => sql`
  case when abs(${size}) <= ${sql.raw(String(Number.MAX_SAFE_INTEGER))} then (${size})::bigint end`;

import { sql } from 'drizzle-orm';
import { textArrayLiteral } from '../database/array-literal.ts';
import { fanIn, isFull, type MarketChunkSpan, type Merge } from './compaction-plan.ts';
import { dayMs, dayOf } from '../database/day.ts';
import type { Run } from '../database/engines/engine.ts';
import type { SessionId } from '../records.ts';
import { numberOf } from '../database/rows.ts';
import { bigints, integers } from '../database/array-parameters.ts';
import { requireSame, streamKey } from './compact-fresh.ts';
import { arrivalMs, ofStream, regroup, type StreamKey } from './compact-regroup.ts';
import { moment } from '../database/moment.ts';

/** Records of a day may come for so long after its end, by the database's clock, before it counts as complete. */
const lateMs = 3_600_000;

/** A market of a stream: markets are looked at in order. */
export type MergePlace = { readonly stream: StreamKey; readonly marketId: number };

export type UnmergedSearch = {
  readonly targetRecords: number;
  /** Look behind it; null: from the beginning. */
  readonly after: MergePlace | null;
  /** Chunks to look at. */
  readonly mostChunks: number;
  /** Sessions to leave alone. */
  readonly except: ReadonlySet<SessionId>;
};

export type Unmerged = {
  readonly stream: StreamKey;
  /** Of the markets that are due, as `planMerges` then says; by market and rising number. */
  readonly chunks: readonly MarketChunkSpan[];
  /** Nothing is added to a day of this stream that ended before. */
  readonly completeBeforeMs: number;
  /** The last market that was looked at. */
  readonly upTo: MergePlace;
};

/**
 * Looks at the next markets that have something to merge. A market is due when there are enough chunks of a level, or deltas for
 * a full chunk, or a day is complete. There are some ten unmerged chunks a market at any time, so that one look at all of them
 * would take the longer the more markets there are.
 *
 * @returns null where nothing unmerged is left behind that place
 */
export async function findUnmerged(run: Run, search: UnmergedSearch): Promise<Unmerged | null> {
  const found = await nextUnmerged(run, search);
  if (!found) return null;
  const { stream, marketId, completeBeforeMs } = found;
  const { mostChunks } = search;
  const rows = await run(sql`
    with page as materialized (
      select market_id, level, records, ${arrivalMs(sql`chunk`)} / ${dayMs}::bigint as day from market_chunks as chunk
      where ${ofStream('chunk', stream)} and level is not null and market_id >= ${marketId}::integer
      order by market_id
      limit ${sql.raw(String(mostChunks))}
    ), looked as (
      -- The last market may have more than what is seen of it here.
      select coalesce(
        max(market_id) filter (where market_id < page_end), max(market_id)
      ) as up_to
      from page cross join (
        select case when count(*) = ${sql.raw(String(mostChunks))} then max(market_id) else max(market_id) + 1 end as page_end
        from page
      ) as ending
    ), due as (
      select distinct market_id
      from (
        select market_id, day, count(*) as chunks, sum(records) as records from page group by market_id, day, level
      ) as of_level
      where market_id <= (select up_to from looked)
      group by market_id, day
      having max(chunks) >= ${fanIn}::bigint or 2 * sum(records) > ${search.targetRecords}::bigint
        or (day + 1) * ${dayMs}::bigint <= ${completeBeforeMs}::bigint
    )
    select up_to, chunk.*
    from looked
    left join (
      select due.market_id, first_seq, last_seq, records, level, at_ms
      from due
      cross join lateral (
        select first_seq, last_seq, records, level, ${arrivalMs(sql`chunk`)} as at_ms from market_chunks as chunk
        where ${ofStream('chunk', stream)} and chunk.market_id = due.market_id and level is not null
      ) as unmerged
    ) as chunk on true
    order by chunk.market_id, first_seq`);
  const chunks = rows
    .filter((row) => row['market_id'] !== null)
    .map((row) => ({
      marketId: numberOf(row, 'market_id'),
      firstSeq: numberOf(row, 'first_seq'),
      lastSeq: numberOf(row, 'last_seq'),
      records: numberOf(row, 'records'),
      level: numberOf(row, 'level'),
      receivedAtMs: numberOf(row, 'at_ms'),
    }));
  return { stream, chunks, completeBeforeMs, upTo: { stream, marketId: numberOf(rows[0]!, 'up_to') } };
}

/** The next market that has something unmerged, and what to know of its stream. */
async function nextUnmerged(run: Run, { after, except }: UnmergedSearch) {
  const behind =
    after &&
    sql`and (session_id, epoch, sid, market_id) > (
      ${after.stream.session}::uuid, ${after.stream.epoch}::integer, ${after.stream.sid}::bigint, ${after.marketId}::integer
    )`;
  const [row] = await run(sql`
    select
      unmerged.*,
      least(
        case when session.status = 'active' or session.lease_until is not null
          then (extract(epoch from now()) * 1000)::bigint - ${lateMs}::bigint
          else ${Number.MAX_SAFE_INTEGER}::bigint
        end,
        fresh.day * ${dayMs}::bigint
      ) as complete_before_ms
    from (
      select session_id, epoch, sid, market_id from market_chunks
      where level is not null and session_id <> all (${textArrayLiteral([...except])}::text::uuid[]) ${behind ?? sql``}
      order by session_id, epoch, sid, market_id
      limit 1
    ) as unmerged
    left join sessions as session on session.id = unmerged.session_id
    cross join lateral (
      select min(${arrivalMs(sql`chunk`)}) / ${dayMs}::bigint as day
      from delta_chunks as chunk
      where chunk.session_id = unmerged.session_id and chunk.epoch = unmerged.epoch and chunk.sid = unmerged.sid
    ) as fresh`);
  if (!row) return null;
  return {
    stream: streamKey(row),
    marketId: numberOf(row, 'market_id'),
    completeBeforeMs: numberOf(row, 'complete_before_ms'),
  };
}

/** Carries out what was planned for a stream. @returns how many deltas were rewritten */
export async function mergeChunks(
  run: Run,
  stream: StreamKey,
  merges: readonly Merge<MarketChunkSpan>[],
  targetRecords: number,
): Promise<number> {
  // What would come out as it went in need not be rewritten to stay as it is.
  const settles = ({ chunks, level }: Merge<MarketChunkSpan>) =>
    level === null && chunks.every(({ records }) => chunks.length === 1 || isFull(records, targetRecords));
  const settled = merges.filter(settles);
  if (settled.length > 0) await settle(run, stream, settled);
  const rewritten = merges.filter((merge) => !settles(merge));
  return rewritten.length === 0 ? 0 : rewrite(run, stream, rewritten, targetRecords);
}

const chosen = (stream: StreamKey, merges: readonly Merge<MarketChunkSpan>[]) => {
  const parts = merges.flatMap(({ chunks, level }, index) => chunks.map((chunk) => ({ chunk, level, index })));
  const days = parts.map(({ chunk }) => dayOf(chunk.receivedAtMs));
  return {
    source: sql`unnest(
      ${integers(parts.map(({ index }) => index))},
      ${integers(parts.map(({ level }) => level))},
      ${integers(parts.map(({ chunk }) => chunk.marketId))},
      ${bigints(parts.map(({ chunk }) => chunk.firstSeq))}
    ) as chosen (run, level, market_id, first_seq)`,
    condition: sql`
      ${ofStream('chunk', stream)} and chunk.market_id = chosen.market_id and chunk.first_seq = chosen.first_seq
      and chunk.received_at >= ${moment(Math.min(...days) * dayMs)}
      and chunk.received_at < ${moment((Math.max(...days) + 1) * dayMs)}`,
  };
};

async function settle(run: Run, stream: StreamKey, merges: readonly Merge<MarketChunkSpan>[]): Promise<void> {
  const { source, condition } = chosen(stream, merges);
  await run(sql`update market_chunks as chunk set level = null from ${source} where ${condition}`);
}

async function rewrite(
  run: Run,
  stream: StreamKey,
  merges: readonly Merge<MarketChunkSpan>[],
  targetRecords: number,
): Promise<number> {
  const { source, condition } = chosen(stream, merges);
  const regrouped = regroup(
    stream,
    {
      chunks: sql`taken`,
      arrays: { columns: sql``, names: sql`` },
      columns: sql`chunk.run, chunk.market_id, chunk.next_level`,
      level: sql`next_level`,
    },
    targetRecords,
  );
  const [merged] = await run(sql`
    with taken as (
      delete from market_chunks as chunk using ${source} where ${condition}
      returning chunk.*, chosen.run, chosen.level as next_level
    ), made as (${regrouped})
    select
      (select coalesce(sum(records), 0)::bigint from taken) as taken,
      (select coalesce(sum(records), 0)::bigint from made) as made`);
  const made = numberOf(merged!, 'made');
  requireSame(numberOf(merged!, 'taken'), made);
  return made;
}

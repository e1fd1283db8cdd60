import { sql } from 'drizzle-orm';
import { textArrayLiteral } from '../core/array-literal.ts';
import { fanIn, isFull, type MarketChunkSpan, type Merge } from '../core/compaction-plan.ts';
import { dayMs, dayOf } from '../core/day.ts';
import type { Run } from '../io/engine.ts';
import type { SessionId } from '../records.ts';
import { numberOf } from '../rows.ts';
import { bigints, integers } from './array-parameters.ts';
import { sameNumber, streamKey } from './compact-fresh.ts';
import { arrivalMs, ofStream, regroup, type StreamKey } from './compact-regroup.ts';
import { moment } from './moment.ts';

/** Markets that one look reads. */
const mostMarkets = 200;

/** Records of a day may come for so long after its end, by the database's clock, before it counts as complete. */
const lateMs = 3_600_000;

export type Unmerged = {
  readonly stream: StreamKey;
  /** Of the markets that are due; by market and rising number. */
  readonly chunks: readonly MarketChunkSpan[];
  /** Nothing is added to a day of this stream that ended before. */
  readonly completeBeforeMs: number;
};

/**
 * A stream of which something should be merged, as `planMerges` then says: there are enough chunks of a level, or deltas for
 * a full chunk, or the day is complete.
 *
 * @param except sessions to leave alone
 */
export async function findUnmerged(
  run: Run,
  targetRecords: number,
  except: ReadonlySet<SessionId>,
): Promise<Unmerged | null> {
  const rows = await run(sql`
    with unmerged as (
      select session_id, epoch, sid, market_id, level, records, ${arrivalMs(sql`chunk`)} / ${dayMs}::bigint as day
      from market_chunks as chunk
      where level is not null and session_id <> all (${textArrayLiteral([...except])}::text::uuid[])
    ), stream as (
      select
        stream.*,
        least(
          case when session.status = 'active' or session.lease_until is not null
            then (extract(epoch from now()) * 1000)::bigint - ${lateMs}::bigint
            else ${Number.MAX_SAFE_INTEGER}::bigint
          end,
          fresh.day * ${dayMs}::bigint
        ) as complete_before_ms
      from (select distinct session_id, epoch, sid from unmerged) as stream
      left join sessions as session on session.id = stream.session_id
      cross join lateral (
        select min(${arrivalMs(sql`chunk`)}) / ${dayMs}::bigint as day
        from delta_chunks as chunk
        where chunk.session_id = stream.session_id and chunk.epoch = stream.epoch and chunk.sid = stream.sid
      ) as fresh
    ), of_level as (
      select session_id, epoch, sid, market_id, day, count(*) as chunks, sum(records) as records
      from unmerged
      group by session_id, epoch, sid, market_id, day, level
    ), due as (
      select session_id, epoch, sid, market_id, complete_before_ms
      from of_level join stream using (session_id, epoch, sid)
      group by session_id, epoch, sid, market_id, day, complete_before_ms
      having max(chunks) >= ${fanIn}::bigint or 2 * sum(of_level.records) > ${targetRecords}::bigint
        or (day + 1) * ${dayMs}::bigint <= complete_before_ms
    ), chosen as (
      select distinct session_id, epoch, sid, market_id, complete_before_ms
      from due join (select session_id, epoch, sid from due limit 1) as first using (session_id, epoch, sid)
      limit ${sql.raw(String(mostMarkets))}
    )
    select
      session_id, epoch, sid, market_id, chunk.first_seq, chunk.last_seq, chunk.records, chunk.level,
      ${arrivalMs(sql`chunk`)} as at_ms, chosen.complete_before_ms
    from chosen join market_chunks as chunk using (session_id, epoch, sid, market_id)
    where chunk.level is not null
    order by market_id, first_seq`);
  const [first] = rows;
  if (!first) return null;
  const chunks = rows.map((row) => ({
    marketId: numberOf(row, 'market_id'),
    firstSeq: numberOf(row, 'first_seq'),
    lastSeq: numberOf(row, 'last_seq'),
    records: numberOf(row, 'records'),
    level: numberOf(row, 'level'),
    receivedAtMs: numberOf(row, 'at_ms'),
  }));
  return { stream: streamKey(first), chunks, completeBeforeMs: numberOf(first, 'complete_before_ms') };
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
  return sameNumber(numberOf(merged!, 'taken'), numberOf(merged!, 'made'));
}

import { sql } from 'drizzle-orm';
import { textArrayLiteral } from '../database/array-literal.ts';
import type { ChunkSpan } from './compaction-plan.ts';
import { dayMs, dayOf } from '../database/day.ts';
import { SessionStoreError } from '../errors.ts';
import type { Row, Run } from '../database/engines/engine.ts';
import type { SessionId } from '../records.ts';
import { numberOf, textOf } from '../database/rows.ts';
import { bigints } from '../database/array-parameters.ts';
import { arrivalMs, ofStream, regroup, type StreamKey } from './compact-regroup.ts';
import { moment } from '../database/moment.ts';

export type FreshSearch = {
  /** Compact a stream that has deltas as old as this, by the database's clock. */
  readonly afterMs: number;
  /** Or as many. */
  readonly records: number;
};

/** What was moved of one market: all of a stream's deltas of it from one number to another. */
export type MovedMarket = {
  readonly marketId: number;
  readonly records: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** When the earliest and the latest arrived, in ms since the epoch. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
};

/** Chunks that one look at a stream reads. */
const mostChunks = 2000;

/**
 * The stream whose fresh chunks should be compacted next: it has enough of them, or old ones, or its session is over.
 * Whatever is seen is committed, and no retry can bring it back once it is gone: a batch up to the session's `last_batch`
 * is never written again.
 *
 * @param except sessions to leave alone
 */
export async function findFresh(
  run: Run,
  { afterMs, records }: FreshSearch,
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

export const streamKey = (row: Readonly<Record<string, unknown>>): StreamKey => ({
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
 * Moves fresh chunks into chunks of one market each. A market's are full, and stay as they are, when there are enough
 * deltas for it and nothing before them waits to be merged; otherwise they wait to be merged themselves.
 *
 * @param chunks the stream's first ones, of one day
 * @returns none where retention has dropped them at this moment
 * @throws {SessionStoreError} when they do not hold what they say
 */
export async function moveFresh(
  run: Run,
  stream: StreamKey,
  chunks: readonly ChunkSpan[],
  targetRecords: number,
): Promise<readonly MovedMarket[]> {
  const day = dayOf(chunks[0]!.receivedAtMs) * dayMs;
  const regrouped = regroup(
    stream,
    {
      chunks: sql`taken`,
      arrays: { columns: sql`, chunk.market_ids`, names: sql`, market_id` },
      columns: sql`0 as run, delta.market_id`,
      level: sql`
        case
          when 2 * whole > ${targetRecords}::bigint and market_id not in (
            select market_id from market_chunks as unmerged where ${ofStream('unmerged', stream)} and level is not null
          ) then null
          else 1
        end`,
    },
    targetRecords,
  );
  const rows = await run(sql`
    with taken as (
      delete from delta_chunks as chunk
      where ${ofStream('chunk', stream)} and first_seq = any (${bigints(chunks.map(({ firstSeq }) => firstSeq))})
        and received_at >= ${moment(day)} and received_at < ${moment(day + dayMs)}
      returning *
    ), made as (${regrouped}), market as (
      select market_id, sum(records)::bigint as records, min(first_seq) as first_seq, max(last_seq) as last_seq,
        min(first_at_ms) as first_at_ms, max(last_at_ms) as last_at_ms
      from made
      group by market_id
    )
    select taken, market.*
    from (select coalesce(sum(records), 0)::bigint as taken from taken) as taken
    left join market on true`);
  const markets = rows.filter((row) => row['market_id'] !== null).map(movedMarketOf);
  const made = markets.reduce((sum, { records }) => sum + records, 0);
  requireSame(numberOf(rows[0]!, 'taken'), made);
  return markets;
}

const movedMarketOf = (row: Row): MovedMarket => ({
  marketId: numberOf(row, 'market_id'),
  records: numberOf(row, 'records'),
  firstSeq: numberOf(row, 'first_seq'),
  lastSeq: numberOf(row, 'last_seq'),
  firstAtMs: numberOf(row, 'first_at_ms'),
  lastAtMs: numberOf(row, 'last_at_ms'),
});

/**
 * What is deleted and what is made must be the same deltas: a chunk whose columns do not fit each other is left as it is.
 *
 * @throws {SessionStoreError} and so nothing is changed
 */
export function requireSame(taken: number, made: number): void {
  if (taken === made) return;
  throw new SessionStoreError(
    'QUERY_FAILED',
    `Compaction would have made ${made} deltas of ${taken}, so nothing was changed: a chunk does not hold what it says.`,
  );
}

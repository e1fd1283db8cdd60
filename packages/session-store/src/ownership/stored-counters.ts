import { sql } from 'drizzle-orm';
import type { Row, Run } from '../database/engines/engine.ts';
import { lieIn, sessionDays } from '../partitions/session-days.ts';
import type { SessionId } from '../records.ts';

/**
 * Counts what of a session is stored, and what was stored until it expired: a column per counter, and `last_record_at`, the
 * latest arrival that can be read without unpacking a chunk.
 */
export async function storedCounters(run: Run, id: SessionId): Promise<Row> {
  const lies = lieIn(await sessionDays(run, id));
  const [row] = await run(sql`
    select
      snapshots + deltas + trades + raw + facts as messages, snapshots, deltas, trades, raw, facts, gaps, shed, last_record_at
    from (
      select
        snapshot.stored + expired.snapshots as snapshots,
        delta.stored + compacted.stored + expired.deltas as deltas,
        trade.stored + expired.trades as trades,
        frame.stored + expired.raw as raw,
        fact.stored + expired.facts as facts,
        gap.gaps,
        gap.shed,
        greatest(delta.last_at, compacted.last_at, snapshot.last_at, trade.last_at, frame.last_at, fact.last_at) as last_record_at
      from
        (select coalesce(sum(records), 0)::bigint as stored, max(received_at) as last_at
          from delta_chunks where session_id = ${id}::uuid and ${lies}) as delta,
        (select coalesce(sum(records), 0)::bigint as stored, max(received_at) as last_at
          from market_chunks where session_id = ${id}::uuid and ${lies}) as compacted,
        (select count(*) as stored, max(received_at) as last_at
          from snapshot_records where session_id = ${id}::uuid and ${lies}) as snapshot,
        (select coalesce(sum(records), 0)::bigint as stored, max(received_at) as last_at
          from trade_chunks where session_id = ${id}::uuid and ${lies}) as trade,
        (select count(*) as stored, max(received_at) as last_at
          from raw_frames where session_id = ${id}::uuid and ${lies}) as frame,
        (select count(*) as stored, max(received_at) as last_at
          from fact_records where session_id = ${id}::uuid and ${lies}) as fact,
        (select count(*) as gaps, coalesce(sum(shed), 0)::bigint as shed
          from gap_records where session_id = ${id}::uuid) as gap,
        (select
            coalesce(max(snapshots), 0) as snapshots, coalesce(max(deltas), 0) as deltas,
            coalesce(max(trades), 0) as trades, coalesce(max(raw), 0) as raw,
            coalesce(max(facts), 0) as facts
          from expirations where session_id = ${id}::uuid) as expired
    ) as counted`);
  return row!;
}

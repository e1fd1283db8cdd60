import { sql } from 'drizzle-orm';
import type { Run } from '../../database/engines/engine.ts';
import { dayMs, dayOf } from '../../database/day.ts';
import { numberOf, timeOf } from '../../database/rows.ts';
import { lieIn } from '../../partitions/session-days.ts';
import type { SessionId } from '../../records.ts';
import { streamKey, type Stored } from '../stream-ends.ts';

/** What a session has in the database of its last day: earlier subscriptions are not looked for. */
export async function storedEnds(run: Run, id: SessionId): Promise<Stored> {
  const [session] = await run(sql`
    select last_record_at from sessions where id = ${id}::uuid and last_record_at is not null`);
  if (!session) return { ends: new Map(), lastRecordAtMs: null };
  const lastRecordAtMs = timeOf(session, 'last_record_at');
  const days = { fromMs: (dayOf(lastRecordAtMs) - 1) * dayMs, untilMs: (dayOf(lastRecordAtMs) + 1) * dayMs };
  const mine = sql`session_id = ${id}::uuid and ${lieIn(days)}`;
  const rows = await run(sql`
    select epoch, sid, max(seq) as seq
    from (
      select epoch, sid, last_seq as seq from delta_chunks where ${mine}
      union all select epoch, sid, last_seq from market_chunks where ${mine}
      union all select epoch, sid, seq from snapshot_records where ${mine}
      union all select epoch, sid, first_seq + records - 1 + skipped[records] from trade_chunks where ${mine}
      union all select epoch, sid, seq from raw_frames where ${mine}
      union all select epoch, sid, seq from fact_records where ${mine}
      union all select epoch, sid, last_seq from gap_records where session_id = ${id}::uuid
    ) as record
    where seq is not null and sid is not null
    group by epoch, sid`);
  const ends = rows.map(
    (row) => [streamKey(numberOf(row, 'epoch'), numberOf(row, 'sid')), numberOf(row, 'seq')] as const,
  );
  return { ends: new Map(ends), lastRecordAtMs };
}

import { sql } from 'drizzle-orm';
import type { Run } from '../../database/engines/engine.ts';
import type { GapRecord, SessionId } from '../../records.ts';
import { numberOf, textOf } from '../../database/rows.ts';
import { lockSession } from '../../ownership/lock-session.ts';
import { moment } from '../../database/moment.ts';

/**
 * Enters in the ledger of a session that is over what was set aside of it. Its batches count as seen from then on, so that
 * the same is not entered twice.
 */
export async function nameSetAside(
  run: Run,
  id: SessionId,
  rows: readonly GapRecord[],
  throughBatch: number,
): Promise<void> {
  const session = await lockSession(run, id);
  if (!session || numberOf(session, 'last_batch') >= throughBatch) return;
  for (const { epoch, sid, firstSeq, lastSeq, fromAtMs, toAtMs, cause } of rows) {
    await run(sql`
      insert into gap_records (session_id, ordinal, epoch, sid, first_seq, last_seq, from_at, to_at, cause, shed)
      select ${id}::uuid, coalesce(max(ordinal) + 1, 0), ${epoch}::integer, ${sid}::bigint, ${firstSeq}::bigint,
        ${lastSeq}::bigint, ${moment(fromAtMs)}, ${moment(toAtMs)}, ${cause}::text, 0
      from gap_records where session_id = ${id}::uuid`);
  }
  const count = rows.length;
  await run(sql`update recorders set gaps = gaps + ${count}::bigint where name = ${textOf(session, 'recorder')}`);
  await run(sql`
    update sessions set gaps = gaps + ${count}::bigint, last_batch = ${throughBatch}::bigint where id = ${id}::uuid`);
}

import { sql } from 'drizzle-orm';
import type { Row, Run } from '../database/engines/engine.ts';
import type { SessionId } from '../records.ts';

/**
 * What has to be known of a session that was found in the spool: its row, and in `next_gap` the ordinal of the next row of its
 * ledger. `null` when this database does not have it.
 */
export async function findSession(run: Run, id: SessionId): Promise<Row | null> {
  const [row] = await run(sql`
    select sessions.*,
      (select coalesce(max(ordinal) + 1, 0) from gap_records where session_id = sessions.id) as next_gap
    from sessions where id = ${id}::uuid`);
  return row ?? null;
}

import { sql } from 'drizzle-orm';
import type { Run } from '../io/engine.ts';

/**
 * Ends every session that is still active, at the time of its last committed record. Only for a caller who knows that
 * none of them has a living owner.
 *
 * @returns how many
 */
export async function reclaimSessions(run: Run): Promise<number> {
  const rows = await run(sql`
    update sessions
    set status = 'reclaimed', end_reason = 'owner gone', ended_at = coalesce(last_record_at, started_at)
    where status = 'active'
    returning id`);
  return rows.length;
}

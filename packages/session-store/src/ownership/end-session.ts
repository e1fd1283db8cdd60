import { sql } from 'drizzle-orm';
import type { Row, Run } from '../database/engines/engine.ts';
import type { SessionId, SessionStatus } from '../records.ts';
import { moment } from '../database/moment.ts';

export type SessionEnd = {
  readonly status: Exclude<SessionStatus, 'active'>;
  readonly reason: string;
  readonly endedAtMs: number;
};

/** Ends a session that the transaction holds and its lease with it, and gives its row as it is then. */
export async function endSession(run: Run, id: SessionId, end: SessionEnd): Promise<Row> {
  const [row] = await run(sql`
    update sessions set
      status = ${end.status}, end_reason = ${end.reason}, ended_at = ${moment(end.endedAtMs)}, lease_until = null
    where id = ${id}::uuid
    returning *`);
  return row!;
}

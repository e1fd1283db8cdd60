import { sql, type SQL } from 'drizzle-orm';
import type { Row, Run } from '../database/engines/engine.ts';
import type { SessionStoreError, SessionStoreErrorCode } from '../errors.ts';
import type { SessionId } from '../records.ts';
import { numberOf } from '../database/rows.ts';
import { lockSession } from './lock-session.ts';
import { storedCounters } from './stored-counters.ts';

export type Reclaim = {
  /** What became of the owner, for people. */
  readonly reason: string;
  /** Whether to count what is stored, which takes longer the more that is. */
  readonly recount: boolean;
};

/** What a reason says when counting would have left a session without an owner, or a recorder without a session. */
export const notCounted = '; counters: not counted anew, which failed or took too long';

const unfitToCount: readonly SessionStoreErrorCode[] = [
  'QUERY_TIMEOUT',
  'QUERY_FAILED',
  'DATABASE_OVERLOADED',
  'DATABASE_REFUSED',
];

/** Whether what failed may be the counting, so that another try should do without: to end a session never depends on it. */
export const mayBeCounting = (error: SessionStoreError): boolean => unfitToCount.includes(error.code);

/**
 * Ends a session in its owner's place, as `reclaimed`, at the time of its last stored record. Its counters are counted
 * anew; where they differ from what was kept, which no crash should bring about, they are put right, and the reason says
 * so. The recorder's lifetime counters follow upwards only. Only for a caller whose transaction holds the row and who
 * knows that it has no owner.
 */
export async function reclaimSession(run: Run, id: SessionId, { reason, recount }: Reclaim): Promise<Row> {
  const session = (await lockSession(run, id))!;
  const { last_record_at: lastStoredAt = null, ...stored } = recount ? await storedCounters(run, id) : {};
  const wrong = Object.keys(stored).filter((name) => stored[name] !== session[name]);
  const corrections = wrong.map((name) => `${name} ${numberOf(session, name)} -> ${numberOf(stored, name)}`);
  if (wrong.length > 0) {
    const missing = wrong.map((name): SQL => {
      const more = Math.max(0, numberOf(stored, name) - numberOf(session, name));
      return sql`${sql.identifier(name)} = ${sql.identifier(name)} + ${more}::bigint`;
    });
    await run(sql`
      update recorders set ${sql.join(missing, sql`, `)}
      where name = (select recorder from sessions where id = ${id}::uuid)`);
  }
  const counters = wrong.map((name) => sql`${sql.identifier(name)} = ${numberOf(stored, name)}::bigint,`);
  const [row] = await run(sql`
    update sessions set
      status = 'reclaimed', lease_until = null, ${sql.join(counters, sql` `)}
      end_reason = ${wrong.length === 0 ? reason : `${reason}; counters: ${corrections.join(', ')}`},
      ended_at = coalesce(greatest(last_record_at, ${timeText(lastStoredAt)}::timestamptz), started_at),
      last_record_at = greatest(last_record_at, ${timeText(lastStoredAt)}::timestamptz)
    where id = ${id}::uuid
    returning *`);
  return row!;
}

const timeText = (value: unknown) => (value instanceof Date ? value.toISOString() : null);

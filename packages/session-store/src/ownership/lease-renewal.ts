import { sql } from 'drizzle-orm';
import { arrayLiteral, textArrayLiteral } from '../database/array-literal.ts';
import type { OwnedSession } from './owned-session.ts';
import type { Row, Run } from '../database/engines/engine.ts';
import type { SessionId } from '../records.ts';
import { textOf } from '../database/rows.ts';
import { leaseFromNow } from './lease.ts';

/**
 * Renews the leases of all these sessions, also one that has run out when nobody has taken the session since. A row that
 * is locked is passed over: it is being written, which renews it too, and a long write must not hold up its neighbours.
 *
 * @returns the rows as they were; whoever is not the owner any more sees it there
 */
export async function renewLeases(
  run: Run,
  owned: readonly OwnedSession[],
  durationMs: number,
): Promise<ReadonlyMap<SessionId, Row>> {
  const ids = textArrayLiteral(owned.map(({ id }) => id));
  const tokens = arrayLiteral(owned.map(({ fencingToken }) => fencingToken));
  const statuses = textArrayLiteral(owned.map(({ status }) => status));
  const rows = await run(sql`
    with owned as (
      select * from unnest(${ids}::text::uuid[], ${tokens}::text::bigint[], ${statuses}::text::text[])
        as owned (id, token, status)
    ), free as (
      select session.id from sessions as session
      join owned on owned.id = session.id and owned.token = session.fencing_token and owned.status = session.status
      where session.lease_until is not null
      for no key update of session skip locked
    ), renewed as (
      update sessions set lease_until = ${leaseFromNow(durationMs)} from free where sessions.id = free.id
    )
    select sessions.* from sessions join owned using (id)`);
  return new Map(rows.map((row) => [textOf(row, 'id'), row]));
}

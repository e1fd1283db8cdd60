// A dead process may have left records on its disk that the database does not have. The next one takes the session over
// for as long as it takes to write them. The session is `reclaimed` all the while: it records nothing new.
import { sql } from 'drizzle-orm';
import { textArrayLiteral } from '../database/array-literal.ts';
import { requireOwnership, type OwnedSession } from './owned-session.ts';
import type { Row, Run } from '../database/engines/engine.ts';
import type { SessionId } from '../records.ts';
import { numberOf, textOf } from '../database/rows.ts';
import { leaseFromNow, leaseRanOut } from './lease.ts';
import { lockSession } from './lock-session.ts';
import { notCounted, reclaimSession } from './reclaim-session.ts';

export type Adoption = {
  readonly id: SessionId;
  readonly recorder: string;
  readonly owner: string;
  readonly leaseMs: number;
  /** Owners that are known to be gone, so that their lease need not be waited for. */
  readonly goneOwners?: readonly string[];
};

export type Adopted = {
  readonly fencingToken: number;
  /** Batches up to this one are in the database. */
  readonly lastBatch: number;
  readonly status: 'reclaimed';
};

/**
 * Takes over a session of `recorder` whose owner is gone: one that is `reclaimed`, or active with its lease run out, which
 * is reclaimed here. Until `finishAdoption` it may be written with the new fencing token, and its lease be renewed.
 *
 * The row is taken whatever it says: what was only read may be what a primary has that its synchronous standby does not, and the spool
 * lets go of a session that is over.
 *
 * @returns null when it is none of these: it ended otherwise, its owner lives, or somebody else is about it
 */
export async function adoptSession(
  run: Run,
  { id, recorder, owner, leaseMs, goneOwners = [] }: Adoption,
): Promise<Adopted | null> {
  const [session] = await run(sql`
    select *, lease_until::text as until,
      status in ('active', 'reclaimed') and (
        ${leaseRanOut(leaseMs)} or owner = any(${textArrayLiteral(goneOwners)}::text::text[])
        or status = 'reclaimed' and (lease_until is null or owner = ${owner})) as free
    from sessions where id = ${id}::uuid and recorder = ${recorder}
    for update`);
  if (session?.['free'] !== true) return null;
  if (session['status'] === 'active') {
    const gone = textOf(session, 'owner');
    const reason = goneOwners.includes(gone)
      ? `owner gone: the spool of ${gone} was left behind`
      : `owner gone: the lease of ${gone} ran out at ${textOf(session, 'until')}`;
    // It is counted when it is finished.
    await reclaimSession(run, id, { reason, recount: false });
  }
  const [row] = await run(sql`
    update sessions
    set owner = ${owner}, fencing_token = fencing_token + 1, lease_until = ${leaseFromNow(leaseMs)}
    where id = ${id}::uuid
    returning fencing_token, last_batch`);
  return {
    fencingToken: numberOf(row!, 'fencing_token'),
    lastBatch: numberOf(row!, 'last_batch'),
    status: 'reclaimed',
  };
}

/**
 * Lets go of an adopted session: it ends at its last record, as stored now, with its counters counted anew unless that would
 * take too long. Harmless when repeated.
 *
 * @param note what more is to be said of its end
 * @throws {SessionStoreError} SESSION_FENCED when somebody else has taken it since
 */
export async function finishAdoption(run: Run, session: OwnedSession, note = '', recount = true): Promise<Row> {
  const row = await lockSession(run, session.id);
  const finished =
    row?.['status'] === 'reclaimed' && row['fencing_token'] === session.fencingToken && row['lease_until'] === null;
  if (finished) return row;
  const reason = textOf(requireOwnership(row, session), 'end_reason') + note;
  return reclaimSession(run, session.id, { reason: recount ? reason : reason + notCounted, recount });
}

import { sql } from 'drizzle-orm';
import { lockOf } from '../database/advisory-lock.ts';
import { textArrayLiteral } from '../database/array-literal.ts';
import type { Run } from '../database/engines/engine.ts';
import type { SessionId } from '../records.ts';
import { textOf } from '../database/rows.ts';
import { leaseRanOut } from './lease.ts';
import { notCounted, reclaimSession } from './reclaim-session.ts';

/** Any number will do, as long as nothing else in the database locks it. */
const advisoryLock = 7_402_118_657;

export type OrphanSearch = {
  /** How long leases are. */
  readonly leaseMs: number;
  /** Sessions that the caller knows to be alive, whatever their lease says. */
  readonly alive: readonly SessionId[];
};

/** One step of closing all that there are. */
export type ClosingStep = {
  readonly recount: boolean;
  /** Sessions that could not be reclaimed, and are to be passed over. */
  readonly stuck: readonly SessionId[];
  /** Told which session it is before it is touched. */
  readonly onFound: (id: SessionId) => void;
};

/**
 * Reclaims one session whose lease ran out, or lets go of one that was adopted by somebody who is gone: there may be nobody who has
 * anything of it any more. Not one whose row is locked: somebody is writing it, so it is alive, or is
 * reclaiming it. One process at a time looks, so that a hundred of them do not count the same records.
 *
 * @returns which; null when there is none, or another process is looking
 */
export async function closeNextOrphan(
  run: Run,
  { leaseMs, alive }: OrphanSearch,
  { recount, stuck, onFound }: ClosingStep,
): Promise<SessionId | null> {
  const [turn] = await run(sql`select pg_try_advisory_xact_lock(${lockOf(advisoryLock)}) as mine`);
  if (turn?.['mine'] !== true) return null;
  const [orphan] = await run(sql`
    select id, owner, lease_until::text as lease_until, end_reason from sessions
    where lease_until is not null and ${leaseRanOut(leaseMs)} and id <> all (${textArrayLiteral([...alive, ...stuck])}::text::uuid[])
    order by lease_until
    limit 1
    for update skip locked`);
  if (!orphan) return null;
  const id = textOf(orphan, 'id');
  onFound(id);
  const why = `owner gone: the lease of ${textOf(orphan, 'owner')} ran out at ${textOf(orphan, 'lease_until')}`;
  const reason = (orphan['end_reason'] as string | null) ?? why;
  await reclaimSession(run, id, { reason: recount ? reason : reason + notCounted, recount });
  return id;
}

/**
 * Reclaims one active session whatever its lease says, for a caller who knows that no owner lives.
 *
 * @returns which; null when there is none
 */
export async function closeNextActive(run: Run, { recount, stuck, onFound }: ClosingStep): Promise<SessionId | null> {
  const [found] = await run(sql`
    select id, owner from sessions
    where status = 'active' and id <> all (${textArrayLiteral(stuck)}::text::uuid[]) limit 1 for update`);
  if (!found) return null;
  const id = textOf(found, 'id');
  onFound(id);
  const reason = `owner gone: nobody had the folder of ${textOf(found, 'owner')} any more`;
  await reclaimSession(run, id, { reason: recount ? reason : reason + notCounted, recount });
  return id;
}

import { sql } from 'drizzle-orm';
import type { Run } from '../io/engine.ts';
import type { SessionId } from '../records.ts';
import { leaseFromNow } from './lease.ts';

/**
 * Enters a batch as the session's last one. A write shows that the owner lives, so it renews the lease: last of all in its
 * transaction, because while it runs the row is locked and nobody else can.
 */
export async function commitBatch(run: Run, id: SessionId, ordinal: number, leaseMs: number): Promise<void> {
  await run(sql`
    update sessions set last_batch = ${ordinal}::bigint, lease_until = ${leaseFromNow(leaseMs)}
    where id = ${id}::uuid`);
}

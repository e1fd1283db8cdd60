// Leases are read and written on the database's clock alone: the clocks of the processes that hold them may say anything.
import { sql, type SQL } from 'drizzle-orm';

/** The end of a lease that is taken now. Not the start of the transaction, which may have waited for a lock. */
export const leaseFromNow = (durationMs: number): SQL =>
  sql`(clock_timestamp() + ${durationMs}::bigint * interval '1 millisecond')`;

/**
 * Whether the owner let its lease run out. Nobody could renew one while the server was down, so after a start of the server
 * every owner has a lease's time to come back.
 */
export const leaseRanOut = (durationMs: number): SQL => sql`(
  greatest(lease_until, pg_postmaster_start_time() + ${durationMs}::bigint * interval '1 millisecond') < clock_timestamp()
)`;

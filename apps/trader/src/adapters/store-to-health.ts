// What the store's status says of the health of the database and of the disk in front of it.
import type { ObservedStatus } from '@trader/health';
import type { StoreStatus } from '@trader/session-store';

type Observation = { readonly status: ObservedStatus; readonly reason: string };

/** A code that begins with `SPOOL_` is about the disk, any other about the database. */
export function storeToHealth(status: StoreStatus): { readonly spool: Observation; readonly store: Observation } {
  const healthy: Observation = { status: 'healthy', reason: 'writing' };
  if (status.state === 'writing') return { spool: healthy, store: healthy };
  const failing: Observation = { status: 'unhealthy', reason: status.error.code };
  return status.error.code.startsWith('SPOOL_')
    ? { spool: failing, store: healthy }
    : { spool: healthy, store: failing };
}

// What fails in the store, as the health of the database and of the disk in front of it.
import type { ObservedStatus } from '@trader/health';
import type { StoreFailure } from '../store/store-failures.ts';

type Observation = { readonly status: ObservedStatus; readonly reason: string };

const HEALTHY: Observation = { status: 'healthy', reason: 'writing' };

export const storeToHealth = (failures: readonly StoreFailure[]): { spool: Observation; store: Observation } => ({
  spool: observationOf(failures.find(({ part }) => part === 'spool')),
  store: observationOf(failures.find(({ part }) => part === 'database')),
});

const observationOf = (failure: StoreFailure | undefined): Observation =>
  failure ? { status: 'unhealthy', reason: failure.code } : HEALTHY;

// What the store does by itself, and nobody waits for: it is said in the log, above all when records were set aside.
import type { MaintenanceFailure, SpoolRecovery } from '@trader/session-store';
import type { Log } from '../log/log.ts';

export function reportRecovery(log: Log, { session, outcome, written, setAside, file, reason }: SpoolRecovery): void {
  const recovery = { left: session, written, setAside, file, reason };
  if (outcome === 'set-aside' || setAside > 0) {
    log.error({ recovery }, `${setAside} records of session ${session} are not in the database; they are in ${file}`);
  } else {
    log.info({ recovery }, `session ${session} was completed from the spool: ${written} records`);
  }
}

export function reportMaintenanceFailure(log: Log, { job, error, failures }: MaintenanceFailure): void {
  log.warn({ job, code: error.code, failures }, `${job} failed: ${error.message}`);
}

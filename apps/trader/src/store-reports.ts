// What the store does by itself, and nobody waits for: it is said in the log, above all when records were set aside.
import type { Log } from './log.ts';
import type { StoreReports } from './open-store.ts';

export function storeReports(log: Log): Required<Omit<StoreReports, 'onWrite'>> {
  return {
    onRecovery: ({ session, outcome, written, setAside, file, reason }) => {
      const recovery = { left: session, written, setAside, file, reason };
      if (outcome === 'set-aside' || setAside > 0) {
        log.error(
          { recovery },
          `${setAside} records of session ${session} are not in the database; they are in ${file}`,
        );
      } else {
        log.info({ recovery }, `session ${session} was completed from the spool: ${written} records`);
      }
    },
    onMaintenanceFailure: ({ job, error, failures }) => {
      log.warn({ job, code: error.code, failures }, `${job} failed: ${error.message}`);
    },
  };
}

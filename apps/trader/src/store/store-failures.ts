// What fails in the store, by the part that an operator can do something about.
import type { SessionStoreError, StoreStatus } from '@trader/session-store';

export type StoreFailure = {
  /** The disk in front of the database, or the database. */
  readonly part: 'spool' | 'database';
  readonly code: SessionStoreError['code'];
  /** Of the first one in a row, ms since the Unix epoch. */
  readonly sinceMs: number;
};

/** At most one of each part, the worse one's first. */
export function storeFailures(status: StoreStatus): readonly StoreFailure[] {
  if (status.state === 'writing') return [];
  const all = status.failures.map(({ error: { code }, sinceMs }): StoreFailure => ({
    // Whatever is done with it, to record or to bring in what was left: a code that begins so is about the disk.
    part: code.startsWith('SPOOL_') ? 'spool' : 'database',
    code,
    sinceMs,
  }));
  return all.filter(({ part }, index) => all.findIndex((other) => other.part === part) === index);
}

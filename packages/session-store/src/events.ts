// What a store tells of what it does by itself.
import type { SessionStoreError } from './errors.ts';
import type { SessionId } from './records.ts';

/**
 * Whether what is appended reaches the spool and the database. Reported only when it changes; a store begins as `writing`.
 * A code that begins with `SPOOL_` is about the spool's disk: records then wait in memory, and reach the database from there.
 */
export type StoreStatus =
  | { readonly state: 'writing' }
  /**
   * Writes fail, and are tried again unless `error` is of one session and ends it (`SESSION_FENCED`, `RECORD_REFUSED`, …).
   * `sinceMs` is the time of the first failure, ms since the epoch.
   */
  | {
      readonly state: 'failing';
      readonly error: SessionStoreError;
      readonly sinceMs: number;
      /** All that fails now, the worst first, whose `error` and `sinceMs` stand beside. */
      readonly failures: readonly StoreFailure[];
    };

/** Something that fails: the spool's disk, the database, or the bringing in of what earlier sessions left in the spool. */
export type StoreFailure = {
  readonly source: 'spool' | 'database' | 'recovery';
  /** The first one in a row. */
  readonly error: SessionStoreError;
  /** Its time, ms since the epoch. */
  readonly sinceMs: number;
};

/** What one transaction committed: a batch, or several that were joined. */
export type StoreWrite = {
  /** Records of all kinds, ledger rows included. */
  readonly records: number;
  /** Memory that they took, estimated, as `batch.maxBytes` counts it. */
  readonly bytes: number;
  /** The latest arrival among them, ms since the epoch; `null` where they are rows of the ledger alone. */
  readonly lastRecordAtMs: number | null;
  /** From the first try to the answer to the commit that worked, with the pauses between, in ms. */
  readonly elapsedMs: number;
};

/** A background job that failed, by its name, and how many times in a row it has. */
export type MaintenanceFailure = {
  readonly job: string;
  readonly error: SessionStoreError;
  readonly failures: number;
};

/** Something that a store does by itself. */
export type StoreEvent =
  /** Writing begins to fail, or works again. */
  | { readonly type: 'status'; readonly status: StoreStatus }
  /**
   * A transaction committed records of a session of this store, the last one of a session included; what an earlier process left in
   * the spool comes as `recovery`.
   */
  | { readonly type: 'write'; readonly write: StoreWrite }
  /** A session that was found in the spool has been dealt with. */
  | { readonly type: 'recovery'; readonly recovery: SpoolRecovery }
  /**
   * A background job has failed: renewing leases, closing orphans, making partitions ahead of time, dropping expired ones, compacting. It
   * is tried again at its next time, and recording goes on meanwhile.
   */
  | { readonly type: 'maintenance-failure'; readonly failure: MaintenanceFailure };

/** What became of a session that another process, or this one, left behind in the spool. */
export type SpoolRecovery = {
  readonly session: SessionId;
  /**
   * - `recovered`: the database has all that the spool had of it, and the session its end.
   * - `set-aside`: the database does not take the records; they are in the file.
   */
  readonly outcome: 'recovered' | 'set-aside';
  /** Records written by this recovery, ledger rows included. */
  readonly written: number;
  /** Records that the database does not have and that are in `file`. */
  readonly setAside: number;
  /** A JSON text per line and record, for people; `null` when there are none. */
  readonly file: string | null;
  /** Why they were set aside, or what the spool had lost; `null` when there is nothing to say. */
  readonly reason: string | null;
};

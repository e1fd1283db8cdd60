import type { SessionStoreError } from '../errors.ts';
import type { SessionCounters, SessionId, SessionRow, StoreRecord } from '../records.ts';

/**
 * What became of a record.
 *
 * - `taken`: go on.
 * - `full`: taken, and the queue is above `queue.highWaterRecords` or `queue.highWaterBytes`. Please pause until `drained`. With
 *   `whenFull: 'shed'` the next ones are dropped.
 * - `dropped`: not taken, as the queue is full and `whenFull` is `'shed'`. The ledger names it. So it goes on until the queue is down
 *   to its low-water marks; gaps are always taken.
 */
export type Appended = 'taken' | 'full' | 'dropped';

/** How a session took its last record: with its row where it was closed, or why it was over before. */
export type SessionEnding =
  | { readonly row: SessionRow; readonly error: null }
  | { readonly row: null; readonly error: SessionStoreError };

/** How a session is ended. */
export interface SessionCloseOptions {
  readonly status: 'closed' | 'health_failure' | 'error';
  /** For people, and for good: it stands in the session's row. */
  readonly reason: string;
  /** How long to try, in ms. @default 30000 */
  readonly timeoutMs?: number;
}

/** One stretch of recording: takes records, and is ended once. */
export interface RecordingSession {
  readonly id: SessionId;
  readonly recorder: string;
  /** When it began, ms since the epoch. */
  readonly startedAtMs: number;
  /** The session that it continues, and when that had ended when this one was opened. `null`: none, or it began without its row. */
  readonly predecessor: { readonly id: SessionId; readonly endedAtMs: number } | null;
  /**
   * Resolves once the session takes no more records: it was closed, or the database has refused its records or said that it is
   * over. Never rejects.
   */
  readonly ended: Promise<SessionEnding>;
  /**
   * Takes a record. Never waits, whatever the database does. The record is kept by reference until it is written: do not
   * change it.
   *
   * @returns what became of it: see {@link Appended}
   * @throws {SessionStoreError} RECORD_INVALID when it could never be stored (it was not taken), SESSION_CLOSED after
   *   `close`, SESSION_FENCED, SESSION_DIVERGED, RECORD_REFUSED or SESSION_CLOSED once the database has said that this
   *   session is over; RECORDER_BUSY, SCHEMA_TOO_NEW or MIGRATION_FAILED where it began without the database
   */
  append(record: StoreRecord): Appended;
  /** Resolves once the queue is down to its low-water marks; at once if it is. @throws {SessionStoreError} as `append` */
  drained(): Promise<void>;
  /** Resolves once everything appended before is committed, however long that takes. @throws {SessionStoreError} as `append` */
  flush(): Promise<void>;
  /**
   * Resolves once everything appended before survives the death of this process and of the system: it is in the spool and
   * synced, or, where there is none, committed.
   *
   * @throws {SessionStoreError} as `append`; SPOOL_FULL or SPOOL_FAILED while the spool takes nothing, which is worth another call
   */
  durable(): Promise<void>;
  /** What was appended so far, committed or not. */
  counters(): SessionCounters;
  /**
   * Writes what is left and ends the session: the last records, the counters and the end in one transaction. Later calls
   * get the first one's result, whatever they ask for. If the database refused records before, the session ends as
   * `error` with the number of records lost in its reason.
   *
   * @throws {SessionStoreError} CLOSE_TIMEOUT when it could not be done in time: `unwrittenRecords` says how many the database
   *   may not have. With a spool they and the end wait there, and are written by this store when the database is back, or
   *   by the next one on that folder. Without, they are lost, and unless it was closed after all the session is reclaimed
   *   when its lease runs out. SESSION_FENCED or SESSION_CLOSED when somebody else ended it.
   */
  close(end: SessionCloseOptions): Promise<SessionRow>;
}

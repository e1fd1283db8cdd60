/** What went wrong, as a stable name. The README lists each with its meaning and what to do. */
export type SessionStoreErrorCode =
  | 'DATABASE_UNREACHABLE'
  | 'DATABASE_REFUSED'
  | 'DATABASE_OVERLOADED'
  | 'DATABASE_UNUSABLE'
  | 'DATA_DIR_LOCKED'
  | 'DATA_DIR_UNUSABLE'
  | 'EMBEDDED_DATABASE_MISSING'
  | 'SCHEMA_TOO_NEW'
  | 'SCHEMA_TOO_OLD'
  | 'MIGRATION_FAILED'
  | 'QUERY_TIMEOUT'
  | 'QUERY_FAILED'
  | 'RECORD_INVALID'
  | 'RECORD_REFUSED'
  | 'SESSION_UNKNOWN'
  | 'SESSION_CLOSED'
  | 'SESSION_FENCED'
  | 'SESSION_DIVERGED'
  | 'RECORDER_BUSY'
  | 'CLOSE_TIMEOUT'
  | 'SPOOL_FULL'
  | 'SPOOL_FAILED'
  | 'SPOOL_DAMAGED'
  | 'SPOOL_CLOSED'
  | 'SPOOL_OF_OTHER_VERSION'
  | 'DATASET_DIFFERS'
  | 'DATASET_DAMAGED'
  | 'DATASET_LOCKED'
  | 'STORE_CLOSED';

const brand = Symbol.for('@trader/session-store/error');

/** Another process that is at work as a recorder, and its session. */
export type RecorderHolder = { readonly sessionId: string; readonly owner: string };

type Details = {
  readonly cause?: unknown;
  readonly sqlState?: string | undefined;
  readonly retryable?: boolean;
  readonly unwrittenRecords?: number;
  readonly holder?: RecorderHolder;
};

/**
 * Every failure of this package. Branch on `code`; the message is for people. Neither the message nor the cause holds a
 * connection string, a password, a query parameter or the content of a record.
 */
export class SessionStoreError extends Error {
  override readonly name = 'SessionStoreError';
  readonly code: SessionStoreErrorCode;
  /** PostgreSQL's five-character condition, where the database gave one. */
  readonly sqlState: string | undefined;
  /** Whether the same call may work later without anybody changing anything. */
  readonly retryable: boolean;
  /** With whatever ended a session before its time: appended records that are not known to be stored. */
  readonly unwrittenRecords: number | undefined;
  /** With `RECORDER_BUSY`, where it is another store that has the recorder: who records into which session. */
  readonly holder: RecorderHolder | undefined;
  readonly [brand] = true;

  constructor(code: SessionStoreErrorCode, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.sqlState = details.sqlState;
    this.retryable = details.retryable ?? false;
    this.unwrittenRecords = details.unwrittenRecords;
    this.holder = details.holder;
  }

  /** Recognises the errors of another installed copy of this package too, which `instanceof` does not. */
  static isInstance(value: unknown): value is SessionStoreError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
